"""A piece of plain text → the heading it would be, if it is one.

In: pieces. Out: for each a `Candidate` or None, judged by its words alone; `plain` decides by what stands around it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.documents import headings, numbering
from assistant.documents.numbering import Numbered
from assistant.documents.pieces import MARKED_HEADING, Piece
from assistant.documents.ranks import STANDALONE

# How sure the words alone are: "#" marks, "Article 9", the same with its text behind it, "5." or "(1)", words only.
Strength = Literal["marked", "keyword", "run-in", "number", "words"]

_STANDALONE_NAME = re.compile(
    r"preamble|introduction|foreword|preface|(?:executive )?summary|conclusions?|references|bibliography|glossary|"
    r"(?:final|supplementary|transitional) provisions|acknowledge?ments?|contacts?|contact (?:us|information)|"
    r"(?:further|more) information|notes?|signatures?|disclaimer|index|appendices|annexes",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible heading: `words[:length]` of its piece is the printed heading, `heading` its text without `number`."""

    strength: Strength
    series: str
    number: str
    value: int
    heading: str
    length: int
    separated: bool = False


def read_candidates(pieces: Sequence[Piece]) -> list[Candidate | None]:
    """The heading each piece would be; roman numerals and letters are told apart by what came before."""
    found = [_candidate(piece) for piece in pieces]
    return _with_romans(found)


def _candidate(piece: Piece) -> Candidate | None:
    if piece.bullet:
        return None
    marked = MARKED_HEADING.fullmatch(piece.words)
    if marked:
        return _marked(marked)
    keyword = numbering.keyword_number(piece.words)
    if keyword:
        return _keyword(piece, keyword)
    if not piece.short:
        return None
    weak = numbering.weak_number(piece.words)
    if weak:
        return _numbered("number", piece, weak) if headings.reads_like_heading(weak.rest) else None
    if piece.label or not headings.reads_like_heading(piece.words):
        return None
    heading = headings.one_line(piece.words)
    return Candidate("words", _style(heading), "", 0, heading, len(piece.words))


def _marked(match: re.Match[str]) -> Candidate:
    number, heading = split_number(match["words"])
    return Candidate("marked", match["marks"], number, 0, heading, match.end())


def split_number(words: str) -> tuple[str, str]:
    """Number and text of a line that is known to be a heading: "5.2 Scope" → ("5.2", "Scope")."""
    numbered = numbering.keyword_number(words) or numbering.weak_number(words)
    if numbered is None or not _may_follow(numbered):
        return "", headings.one_line(words)
    return headings.one_line(numbered.number), headings.one_line(numbered.rest)


def _may_follow(numbered: Numbered) -> bool:
    return numbered.separated or not numbered.rest[:1].islower()


def _keyword(piece: Piece, keyword: Numbered) -> Candidate | None:
    rest = keyword.rest
    if piece.short and (not rest or _is_heading_text(rest, separated=keyword.separated)):
        return _numbered("keyword", piece, keyword)
    glued = rest[:1] == "(" and not piece.words[keyword.rest_offset - 1].isspace()
    if glued or not (rest[:1].isupper() or rest[:1] in '"“‘('):
        return None
    return replace(_numbered("run-in", piece, keyword), heading="", length=keyword.number_end)


def _is_heading_text(rest: str, *, separated: bool) -> bool:
    if headings.is_capitals(rest):
        return len(rest) <= headings.LONGEST_HEADING
    return headings.reads_like_heading(rest[0].upper() + rest[1:] if separated else rest)


def _numbered(strength: Strength, piece: Piece, numbered: Numbered) -> Candidate:
    return Candidate(
        strength,
        numbered.series,
        headings.one_line(numbered.number),
        numbered.value,
        headings.one_line(numbered.rest),
        len(piece.words),
        numbered.separated,
    )


def _style(heading: str) -> str:
    if _STANDALONE_NAME.fullmatch(heading):
        return STANDALONE
    if headings.is_capitals(heading):
        return "capitals"
    return "question" if heading.endswith("?") else "words"


def _with_romans(candidates: list[Candidate | None]) -> list[Candidate | None]:
    """Give roman numerals a series of their own ("I.", "(i)"), apart from letters ("A.", "(a)")."""
    last: dict[str, int] = {}
    told: list[Candidate | None] = []
    for candidate in candidates:
        if candidate and candidate.strength == "number":
            candidate = _as_roman(candidate, last)
            last[candidate.series] = candidate.value
        told.append(candidate)
    return told


def _as_roman(candidate: Candidate, last: dict[str, int]) -> Candidate:
    bare = candidate.number.strip("().")
    if not bare.isalpha():
        return candidate
    letter = ord(bare[0].casefold()) - ord("a") + 1 if len(bare) == 1 else 0
    series = candidate.series.replace("a", "i").replace("A", "I")
    numeral = numbering.roman(bare) if re.fullmatch(r"[ivxlc]+", bare, re.IGNORECASE) else 0
    continues = numeral and numeral == last.get(series, 0) + 1
    continues_letters = letter and letter == last.get(candidate.series, 0) + 1
    if (continues and not (continues_letters and letter > 1)) or (numeral and not letter):
        return replace(candidate, series=series, value=numeral)
    return replace(candidate, value=letter or candidate.value)
