"""A document → its references: "tasks listed in (1) to (19)", "Articles 3 to 5", "the above-mentioned principles".

In: the outline of a document. Out: `Link`s from the exact span of each reference to the places it names, and the
references that name a number which does not exist. A reference to another text ("Article 9 of the Constitution") is a
link without targets. Headings and the labels of items are never references.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.documents.addresses import Address, addresses, singular
from assistant.documents.document import Passage, Span
from assistant.documents.outline import Outline, Resolved

_OTHER_TEXT = re.compile(r"^\s*(?:,\s*)?(?:of|to|in)\s+(?:the\s+|that\s+)?(?P<name>[A-Z][\w’'-]+)")
_ABOVE = re.compile(
    r"\b(?:the|these|those|such|all|any|of)\s+"
    r"(?:above(?:[- ]mentioned)?|aforementioned|aforesaid|foregoing|preceding)\s+(?P<noun>[^\W\d_]{3,}s)\b|"
    r"\b(?P<other>[^\W\d_]{3,}s)\s+(?:mentioned|listed|named|set out|referred to)\s+above\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\bthe\s+(?:(?P<back>preceding|previous|foregoing)|following|next)\s+"
    r"(?P<noun>paragraph|subparagraph|item|point|article|section|chapter|part)\b(?!\s*[\d(:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """`text[start:end]` names the targets, in the order named; none where it names another text."""

    document: str
    start: int
    end: int
    targets: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to a number that does not exist, and what does."""

    document: str
    start: int
    words: str
    exists: str

    def __str__(self) -> str:
        return f"{self.document}, position {self.start}: “{self.words}” points nowhere; {self.exists}"


@dataclass(frozen=True, slots=True)
class References:
    """Everything that a document refers to, in the order of the text."""

    links: tuple[Link, ...]
    dangling: tuple[Dangling, ...]


def references(outline: Outline) -> References:
    """The references printed in a document's passages."""
    links: list[Link] = []
    dangling: list[Dangling] = []
    for passage in outline.passages:
        for span, found, is_own in _found(outline, passage):
            if is_own and not found.places and found.exists:
                words = outline.document.text[span.start : span.end]
                dangling.append(Dangling(passage.document, span.start, words, found.exists))
            else:
                targets = tuple(Span(place.start, place.end) for place in found.places) if is_own else ()
                links.append(Link(passage.document, span.start, span.end, targets))
    return References(tuple(links), tuple(dangling))


def _found(outline: Outline, passage: Passage) -> Iterator[tuple[Span, Resolved, bool]]:
    """The span of each reference, what it stands for, and whether it speaks of this document."""
    text = outline.document.text[passage.start : passage.end]
    for one in addresses(text, outline.nouns, bare=True):
        span = Span(passage.start + one.start, passage.start + one.end)
        if one.start < len(passage.label):
            continue
        yield span, outline.resolve(one, at=span.start), not _is_elsewhere(outline, text, one)
    for match in _BESIDE.finditer(text):
        span = Span(passage.start + match.start(), passage.start + match.end())
        beside = outline.beside(span.start, match["noun"].casefold(), -1 if match["back"] else 1)
        if beside is not None:
            yield span, Resolved((beside,)), True
    for match in _ABOVE.finditer(text):
        span = Span(passage.start + match.start(), passage.start + match.end())
        targets = _above(outline, span, singular(match["noun"] or match["other"]))
        if targets.places:
            yield span, targets, True


def _is_elsewhere(outline: Outline, text: str, address: Address) -> bool:
    """Whether the words behind an address name another text: "Article 9 of the Constitution of Japan"."""
    following = _OTHER_TEXT.match(text[address.end :])
    return following is not None and following["name"] not in outline.document.title


def _above(outline: Outline, span: Span, noun: str) -> Resolved:
    """What "the above-mentioned NOUN" names: the items before this one, or the last list of that name before it."""
    for one in reversed(outline.lists):
        item = one.holding(span.start, span.end)
        if item is not None:
            earlier = [outline.place_of(one, other) for other in one.items if other.start < item.start]
            return Resolved(tuple(earlier))
    named = [one for one in outline.nouns.get(noun, ()) if one.items[-1].end <= span.start]
    return Resolved(tuple(outline.place_of(one, item) for one in named[-1:] for item in one.items))
