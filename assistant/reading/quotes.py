"""A passage and the words that answer → what a person would underline.

In: a hit and the answering span. Out: the quote's extent: the whole list item or table row, or the whole sentences that
hold the span.
"""

from assistant.documents.document import Document, Passage, Span
from assistant.documents.sentences import sentences


def units(document: Document, passage: Passage) -> tuple[Span, ...]:
    """The pieces of a passage that can be quoted by themselves: its sentences, or the whole item or row."""
    whole = Span(passage.start, passage.end)
    if passage.kind != "paragraph":
        return (whole,)
    return sentences(document.text, passage.start, passage.end) or (whole,)


def quote_around(document: Document, passage: Passage, span: Span) -> Span:
    """The smallest run of whole units that holds the span; positions in the document's text."""
    touched = [unit for unit in units(document, passage) if unit.start < span.end and span.start < unit.end]
    if not touched:
        return Span(passage.start, passage.end)
    return Span(touched[0].start, touched[-1].end)
