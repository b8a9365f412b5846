"""Lines → pieces: the lines of a plain text joined to paragraphs, list items, lines of a table.

In: lines with their layout. Out: `Piece`s in order, none judged yet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents import headings
from assistant.documents.lines import Line, is_wrapped, wrap_width
from assistant.documents.numbering import bullet_length, keyword_number, label_length

TABLE_LINE = re.compile(r"\|.*\||[^|]+(?:\s\|\s[^|]+){2,}")
LONGEST_FRAGMENT = 60
# A label or bullet on a line of its own, as converters of laws leave it: its text is on the next line.
_BARE_LABEL = re.compile(r"\((?:\d{1,3}|[a-z]{1,4}|[A-Z])\)|[a-z][.)]|\d{1,3}[.)]|[•‣◦▪●○■□·]")
MARKED_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<words>\S.*?)\s*#*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that belong together: a paragraph, an item, one line of a table, a heading.

    `words` is the text from `start` to `end`, without bullet; `label` a list label at its beginning; `bullet` says
    whether a bullet stood before it; `alone` whether blank lines surround it.
    """

    first: Line
    last: Line
    start: int
    end: int
    words: str
    bullet: bool
    label: str

    @property
    def alone(self) -> bool:
        """Whether blank lines, or nothing, surround the piece."""
        return self.first.blank_before and self.last.blank_after

    @property
    def listed(self) -> bool:
        """Whether a bullet or a label begins it."""
        return self.bullet or bool(self.label)

    @property
    def short(self) -> bool:
        """Whether it is one line, or no longer than a heading may be."""
        return self.first.number == self.last.number or len(self.words) <= headings.LONGEST_HEADING

    @property
    def fragment(self) -> bool:
        """Whether it is a line of an address or the like: short, and no sentence."""
        return len(self.words) < LONGEST_FRAGMENT and not (self.listed or self.last.ends_sentence)


def read_pieces(text: str, lines: Sequence[Line]) -> tuple[Piece, ...]:
    """Join the lines of a text to pieces; in a wrapped text a paragraph is one piece, else every line is one."""
    width = wrap_width(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1], line, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    return tuple(_piece(text, group) for group in groups)


def leads_into(piece: Piece, below: Piece) -> bool:
    """Whether a labelled item goes on with the sentence that a line begins: "You have the right", "a) to object;"."""
    words = below.words[len(below.label) :].lstrip()
    return bool(below.label) and words[:1].islower() and words[-1:] in ";," and len(piece.words.split()) > 2


def _continues(group: list[Line], line: Line, width: int | None) -> bool:
    previous = group[-1]
    if len(group) == 1 and _BARE_LABEL.fullmatch(previous.words):
        return not (bullet_length(line.words) or label_length(line.words) or _BARE_LABEL.fullmatch(line.words))
    if line.blank_before or headings.is_rule(line.words) or headings.is_rule(previous.words):
        return False
    if TABLE_LINE.fullmatch(line.words) or MARKED_HEADING.fullmatch(previous.words):
        return False
    if bullet_length(line.words):
        return False
    length = label_length(line.words)
    wrapped = is_wrapped(previous, line, width)
    if length:
        # "… under paragraph\n(2) of the Act": a label that a wrapped sentence happens to begin a line with.
        return wrapped and not previous.ends_sentence and line.words[length:].lstrip()[:1].islower()
    if wrapped:
        heading_above = headings.is_capitals(previous.words) and not headings.is_capitals(line.words)
        return not heading_above and not (previous.ends_sentence and keyword_number(line.words))
    first = group[0]
    in_item = bullet_length(first.words) or label_length(first.words)
    return bool(in_item) and line.indent > first.indent


def _piece(text: str, group: Sequence[Line]) -> Piece:
    first, last = group[0], group[-1]
    bullet = bullet_length(text[first.start : last.end])
    words = text[first.start + bullet : last.end]
    label = words[: label_length(words)]
    return Piece(first, last, first.start + bullet, last.end, words, bullet > 0, label)
