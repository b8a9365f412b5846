"""A passage → the pieces of it that a person would underline.

In: a document and a passage. Out: exact spans: the whole list item or table row, or the sentences of a paragraph.
"""

from assistant.documents.document import Document, Passage, Span
from assistant.documents.sentences import sentences


def units(document: Document, passage: Passage) -> tuple[Span, ...]:
    """The pieces of a passage that can be quoted by themselves: its sentences, or the whole item or row."""
    whole = Span(passage.start, passage.end)
    if passage.kind != "paragraph":
        return (whole,)
    return sentences(document.text, passage.start, passage.end) or (whole,)
