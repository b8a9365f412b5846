"""A stretch of a document → its words as the reader of a page sees them, each where it stands.

In: a document and a stretch of it. Out: a text of the same length in which tags, comments, the targets of links and
marks of emphasis are spaces, so that a position in it is a position in the stretch. Plain text stays as it is.
"""

import re

from assistant.documents.document import Document, Span, format_of
from assistant.documents.markup import BREAK, INLINE, TAG

_LINK = re.compile(r"!?\[(?P<words>[^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"\*\*|__|(?<![\w*])[*_](?=\w)|(?<=[\w.,:;!?])[*_](?![\w*])")
_TAG_BEFORE = re.compile(r"<(?P<name>[a-z]+)(?:\s[^<>]*)?>\Z", re.IGNORECASE)
_TAG_BEHIND = re.compile(r"</(?P<name>[a-z]+)>", re.IGNORECASE)
LONGEST_TAG = 400


def readable(document: Document, start: int, end: int) -> str:
    """`document.text[start:end]` with its markup made spaces."""
    words = document.text[start:end]
    if format_of(document.source.path) == "text":
        return words
    words = _LINK.sub(lambda match: _only(match, "words"), blank_tags(words))
    return _EMPHASIS.sub(lambda match: " " * len(match[0]), words)


def blank_tags(words: str) -> str:
    """Words with tags, comments and `&nbsp;` made spaces."""
    if "<" not in words and "&" not in words:
        return words
    words = TAG.sub(lambda match: re.sub(r"[^\r\n]", " ", match[0]), words)
    return BREAK.sub(lambda match: " " * len(match[0]), words)


def with_its_tags(text: str, span: Span) -> Span:
    """The span with the tags of emphasis right around it whose other halves it holds: "<b>Note:</b> …"."""
    start, end = span.start, span.end
    while (tag := _TAG_BEFORE.search(text, max(0, start - LONGEST_TAG), start)) and _lacks(text[start:end], tag):
        start = tag.start()
    while (tag := _TAG_BEHIND.match(text, end)) and _lacks(text[start:end], tag):
        end = tag.end()
    return Span(start, end)


def _lacks(words: str, tag: re.Match[str]) -> bool:
    """Whether words hold the other half of a tag."""
    name = tag["name"].lower()
    halves = [one["close"] for one in TAG.finditer(words) if (one["name"] or "").lower() == name]
    missing = halves.count("/") - halves.count("")
    return name in INLINE and (missing < 0 if tag[0].startswith("</") else missing > 0)


def _only(match: re.Match[str], group: str) -> str:
    """A match with everything but one of its groups made spaces."""
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    return " " * start + match[group] + " " * (len(match[0]) - end)
