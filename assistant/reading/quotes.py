"""A passage → the pieces of it that a person would underline.

In: a document and a passage. Out: exact spans: the whole list item or table row, or the sentences of a paragraph.
"""

import re

from assistant.documents.document import Document, Passage, Span
from assistant.documents.sentences import sentences


def units(document: Document, passage: Passage) -> tuple[Span, ...]:
    """The pieces of a passage that can be quoted by themselves: its sentences, or the whole item or row."""
    whole = Span(passage.start, passage.end)
    if passage.kind != "paragraph":
        return (whole,)
    return sentences(document.text, passage.start, passage.end) or (whole,)


_NUMBER = (
    r"(?:\d[\d.,]*\s?%?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred)"
)
_BARE = re.compile(rf"(?:.*\s)?{_NUMBER}", re.IGNORECASE | re.DOTALL)
_QUALIFIED = re.compile(
    r"(?:about|around|approximately|nearly|almost|at least|at most|up to|more than|less than|fewer than|over|under|"
    r"no more than|no less than|not more than)\s+$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s+[^\W\d_]+(?=[\s.,;:)]|$)")
_LINKS = re.compile(
    r"\s+(?:of|in|on|at|and|or|to|from|for|by|as|is|are|was|were|the|a|an|that|which|with)\b", re.IGNORECASE
)


def completed(text: str, within: Span, answer: Span) -> Span:
    """A bare number with what bounds and what it counts: "about 90%", "30 times"; any other answer as it is.

    "90%" for "about 90%" would say more than the document does, "30" less.
    """
    words = text[answer.start : answer.end]
    start, end = answer.start, answer.end
    if _BARE.fullmatch(words) and not words.rstrip().endswith("%"):
        following = _COUNTED.match(text, end, within.end)
        if following and not _LINKS.match(text, end, within.end):
            end = following.end()
    before = _QUALIFIED.search(text[within.start : start])
    if before and re.match(_NUMBER, words, re.IGNORECASE):
        start = within.start + before.start()
    return Span(start, end)
