"""A passage → the pieces of it that a person would underline.

In: a document and a passage. Out: exact spans: the whole list item or table row, or the sentences of a paragraph.
"""

import itertools
import re

from assistant.documents.document import Document, Passage, Span
from assistant.documents.readable import blank_tags, with_its_tags
from assistant.documents.sentences import sentences

_NEW_ELEMENT = re.compile(r"(?<=>)\s*\n\s*(?=<\w)")  # "About 1 year</span>", and in a line below "<span>The Board …"


def units(document: Document, passage: Passage) -> tuple[Span, ...]:
    """The pieces of a passage that can be quoted by themselves: its sentences, or the whole item or row."""
    whole = Span(passage.start, passage.end)
    if passage.kind != "paragraph":
        return (whole,)
    text = document.text[passage.start : passage.end]
    words = blank_tags(text)
    edges = [0, *(gap.end() for gap in _NEW_ELEMENT.finditer(text)), len(text)]
    cut = [one for start, end in itertools.pairwise(edges) for one in sentences(words, start, end)]
    cut = [with_its_tags(text, one) for one in cut]
    return tuple(Span(passage.start + one.start, passage.start + one.end) for one in cut) or (whole,)


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
_UNIT = re.compile(r"\s?(?:%|‰|€|£|\$|°[CF]?)|\s+per\s?cent\b")
_LINKS = re.compile(
    r"\s+(?:of|in|on|at|and|or|to|from|for|by|as|is|are|was|were|the|a|an|that|which|with|per)\b", re.IGNORECASE
)


_WHOLE = re.compile(  # what makes sense only whole: addresses, telephone numbers, times, dates, sums, persons
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s<>\")\]]+|www\.[^\s<>\")\]]+|"
    r"(?<![\w.,+-])\+?\(?\d{1,4}\)?(?:[ ./–-]\(?\d{2,}\)?){1,5}(?:[ ./–-]\d{1,4})*(?![\w%])|"
    r"\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s?(?:[–-]|to)\s?\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?)?|"
    r"(?:EUR|USD|GBP|CHF|JPY|[€£$¥])\s?\d[\d.,]*\d|(?:EUR|USD|GBP|CHF|JPY|[€£$¥])\s?\d|"
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.?(?:\s[A-Z][\w’'-]+){1,3}"
)


def completed(text: str, within: Span, answer: Span) -> Span:
    """An answer with what it makes no sense without: "about 90%", "30 times", "Ms Lindqvist", all of an address.

    "90%" for "about 90%" would say more than the document does, "30" less.
    """
    for whole in _WHOLE.finditer(text, within.start, within.end):
        if whole.start() < answer.end and answer.start < whole.end():
            answer = Span(min(answer.start, whole.start()), max(answer.end, whole.end()))
    words = text[answer.start : answer.end]
    start, end = answer.start, answer.end
    if _BARE.fullmatch(words) and not words.rstrip().endswith("%"):
        unit = _UNIT.match(text, end, within.end)
        counted = None if _LINKS.match(text, end, within.end) else _COUNTED.match(text, end, within.end)
        if following := unit or counted:
            end = following.end()
    before = _QUALIFIED.search(text[within.start : start])
    if before and re.match(_NUMBER, words, re.IGNORECASE):
        start = within.start + before.start()
    return Span(start, end)
