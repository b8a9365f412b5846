"""Plain text → blocks: title, headings, paragraphs, list items, table rows and furniture.

In: a text and where it begins. Out: `Block`s in order. Every piece is judged with its neighbours: a numbered line that
stands alone above a paragraph is a heading, one among its like is a list item. `ranks` says which heading holds which.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.documents import headings, numbering
from assistant.documents.blocks import Block
from assistant.documents.candidates import Candidate, read_candidates
from assistant.documents.document import Span
from assistant.documents.lines import read_lines
from assistant.documents.pieces import TABLE_LINE, Piece, read_pieces
from assistant.documents.ranks import Kind, rank_series

Role = Literal["title", "heading", "content", "date", "table", "rule", "navigation"]

# So many short lines one under the other, with nothing between, are a list (of names, of links), not headings.
LONGEST_RUN_OF_HEADINGS = 3
LONGEST_LABEL_WORDS = 8
_UNDERLINE = re.compile(r"(={3,}|-{3,}|~{3,})")


def read_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """The blocks of `text[start:]`; `start` must be the beginning of a line."""
    pieces = read_pieces(text, read_lines(text, start))
    page = _Page(pieces, read_candidates(pieces))
    page.judge()
    return tuple(_blocks(text, page))


def content_block(text: str, start: int, end: int, *, bullet: bool = False, closing: bool = False) -> Block:
    """The block of a stretch that is known to be content: a list item if a bullet stood before it or a label begins it."""
    length = numbering.label_length(text[start:end])
    kind: Literal["list item", "paragraph"] = "list item" if length or bullet else "paragraph"
    return Block(kind, start, end, label=text[start : start + length], closing=closing)


@dataclass(slots=True)
class _Page:
    """The pieces of a text, the heading each would be, and the roles given to them so far."""

    pieces: Sequence[Piece]
    candidates: list[Candidate | None]
    roles: list[Role] = field(default_factory=list)

    def judge(self) -> None:
        """Give every piece its role, from the first to the last."""
        neighbours = {(one.series, one.value) for one in self.candidates if one and one.number}
        title = self._title()
        for place in range(len(self.pieces)):
            self.roles.append("title" if place == title else self._role(place, neighbours))

    def _title(self) -> int | None:
        """The first line, where it stands alone and something follows that it can be the title of."""
        place = next((place for place, piece in enumerate(self.pieces) if not self._is_furniture(place)), None)
        if place is None or self._after(place) is None:
            return None
        piece, candidate = self.pieces[place], self.candidates[place]
        numbered = piece.listed or (candidate is not None and candidate.strength in ("keyword", "run-in", "number"))
        below = self.pieces[place + 1] if place + 1 < len(self.pieces) else None
        underlined = below is not None and _UNDERLINE.fullmatch(below.words) is not None
        marked = candidate is not None and candidate.strength == "marked"
        if numbered or not (piece.last.blank_after or underlined or marked) or not piece.short:
            return None
        if marked and sum(one is not None and one.series == "#" for one in self.candidates) > 1:
            return None
        return place if headings.reads_like_title(piece.words) else None

    def _is_furniture(self, place: int) -> bool:
        words = self.pieces[place].words
        return headings.is_rule(words) or headings.is_navigation(words)

    def _after(self, place: int) -> int | None:
        """The next piece that is no furniture."""
        return next((other for other in range(place + 1, len(self.pieces)) if not self._is_furniture(other)), None)

    def _role(self, place: int, neighbours: set[tuple[str, int]]) -> Role:
        piece = self.pieces[place]
        if self._is_table(place):
            return "table"
        if headings.is_rule(piece.words):
            return "rule"
        if self._is_navigation(place) or self._is_contents_entry(place) or self._is_empty_label(place):
            return "navigation"
        if headings.is_date(piece.words):
            return "date"
        return "heading" if self._is_heading(place, neighbours) else "content"

    def _is_table(self, place: int) -> bool:
        if not TABLE_LINE.fullmatch(self.pieces[place].words):
            return False
        around = [other for other in (place - 1, place + 1) if 0 <= other < len(self.pieces)]
        return self.pieces[place].words[0] == "|" or any(
            TABLE_LINE.fullmatch(self.pieces[other].words)
            and not (self.pieces[max(other, place)].first.blank_before)
            for other in around
        )

    def _is_navigation(self, place: int) -> bool:
        piece = self.pieces[place]
        if headings.is_navigation(piece.words):
            return True
        target = headings.back_target(piece.words).casefold()
        if not target or not piece.alone:
            return False
        title = next((one.words.casefold() for one, role in zip(self.pieces, self.roles, strict=False) if role == "title"), "")
        return target.rstrip(".") == title or self._after(place) is None

    def _is_contents_entry(self, place: int) -> bool:
        """Whether this numbered line comes again as a heading further down, and its neighbour is such a line too."""
        candidate = self.candidates[place]
        if candidate is None or not (candidate.number and candidate.heading):
            return False
        again = any(other is not None and _same(candidate, other) for other in self.candidates[place + 1 :])
        following = self.candidates[place + 1] if place + 1 < len(self.candidates) else None
        return again and (following is not None or (place > 0 and self.roles[place - 1] == "navigation"))

    def _is_empty_label(self, place: int) -> bool:
        """Whether this is one of several labels of a form that was never filled in: "Related PDFs:"."""
        if not _is_label(self.pieces[place]) or not self.pieces[place].alone:
            return False
        following = self._after(place)
        if following is not None:
            return _is_label(self.pieces[following])
        return place > 0 and self.roles[place - 1] == "navigation"

    def _is_heading(self, place: int, neighbours: set[tuple[str, int]]) -> bool:
        candidate = self.candidates[place]
        if candidate is None:
            return False
        if candidate.strength == "marked" or self._is_underlined(place):
            return True
        near = {(candidate.series, candidate.value - 1), (candidate.series, candidate.value + 1)} & neighbours
        if candidate.strength == "run-in":
            return self._begins_afresh(place) and bool(candidate.separated or near)
        if candidate.strength == "keyword":
            return self._begins_afresh(place) or not candidate.heading
        following = self._after(place)
        if following is None or self.pieces[place].last.number - self.pieces[place].first.number > 1:
            return False
        if candidate.strength == "number":
            sure = any(character.isdigit() for character in candidate.number) and candidate.series != "1"
            return bool(sure or near) and self._numbered_heading(place, following)
        opens = self._opens(place) or self._stands_between_sentences(place)
        return opens and self._heading_of_words(place, following)

    def _is_underlined(self, place: int) -> bool:
        if place + 1 >= len(self.pieces) or self.pieces[place].last.blank_after or not self.pieces[place].short:
            return False
        rule = _UNDERLINE.fullmatch(self.pieces[place + 1].words)
        return rule is not None and 2 * len(rule[0]) >= len(self.pieces[place].words)

    def _opens(self, place: int) -> bool:
        """Whether nothing but a heading or a blank line stands right above."""
        if self.pieces[place].first.blank_before or place == 0:
            return True
        return self.roles[place - 1] in ("heading", "title", "rule", "navigation")

    def _stands_between_sentences(self, place: int) -> bool:
        """Whether, in a text without blank lines, a sentence has ended above and one, or an article, begins below."""
        above = self.pieces[place - 1]
        if above.last.words[-1] not in ".!?" or place + 1 == len(self.pieces):
            return False
        below, candidate = self.pieces[place + 1], self.candidates[place + 1]
        is_article = candidate is not None and candidate.strength in ("keyword", "run-in")
        return is_article or (below.last.ends_sentence and len(below.words) > len(self.pieces[place].words))

    def _begins_afresh(self, place: int) -> bool:
        return self._opens(place) or self.pieces[place - 1].last.ends_sentence or self.pieces[place - 1].words[-1] == ","

    def _numbered_heading(self, place: int, following: int) -> bool:
        """Whether "(1) Words" is a heading: text stands below it, and it is no item in a run of its like."""
        candidate = self.candidates[place]
        assert candidate is not None
        continues = any(
            role == "heading" and other is not None and _follows(other, candidate)
            for role, other in zip(self.roles, self.candidates, strict=False)
        )
        if not continues and not self._opens(place):
            return False
        before = self.pieces[place - 1] if place else None
        if before and self.roles[place - 1] == "content" and _is_next_label(before, self.pieces[place]):
            return False
        following_is_like = _is_next_label(self.pieces[place], self.pieces[following])
        return continues or not following_is_like

    def _heading_of_words(self, place: int, following: int) -> bool:
        piece, below = self.pieces[place], self.pieces[following]
        candidate = self.candidates[place]
        assert candidate is not None
        if below.words[0].islower() and not (below.listed or candidate.series == "capitals"):
            return False
        if not piece.last.blank_after:
            return not self._is_address(place)
        return not self._is_in_list(place)

    def _is_address(self, place: int) -> bool:
        """Whether the lines of this block are all short and unfinished: an address, a signature, a verse."""
        end = place
        while end + 1 < len(self.pieces) and not self.pieces[end].last.blank_after:
            end += 1
        rest = self.pieces[place + 1 : end + 1]
        return len(rest) > 1 and all(len(one.words) < 60 and not (one.listed or one.last.ends_sentence) for one in rest)

    def _is_in_list(self, place: int) -> bool:
        end = place
        while end + 1 < len(self.pieces) and self._stands_like_heading(end + 1):
            end += 1
        run_goes_on = end > place
        if place > 0 and self.roles[place - 1] == "content" and self._stands_like_heading(place - 1):
            return run_goes_on
        return end - place >= LONGEST_RUN_OF_HEADINGS

    def _stands_like_heading(self, place: int) -> bool:
        candidate = self.candidates[place]
        return candidate is not None and candidate.strength == "words" and self.pieces[place].alone


def _same(one: Candidate, other: Candidate) -> bool:
    return (one.series, one.value, one.heading.casefold()) == (other.series, other.value, other.heading.casefold())


def _follows(one: Candidate, other: Candidate) -> bool:
    if one.series != other.series:
        return False
    return one.number.rpartition(".")[0] == other.number.rpartition(".")[0] and one.value + 1 == other.value


def _is_next_label(one: Piece, other: Piece) -> bool:
    if not (one.label and other.label):
        return False
    (series, value), (other_series, other_value) = numbering.label_series(one.label), numbering.label_series(other.label)
    return series == other_series and other_value == value + 1


def _is_label(piece: Piece) -> bool:
    return piece.words.endswith(":") and len(piece.words.split()) <= LONGEST_LABEL_WORDS and not piece.listed


# Roles → blocks


def _blocks(text: str, page: _Page) -> list[Block]:
    ranks = rank_series(_kinds(page))
    last_content = max((place for place, role in enumerate(page.roles) if role not in ("navigation", "rule", "date")), default=-1)
    blocks: list[Block] = []
    for place, (piece, role) in enumerate(zip(page.pieces, page.roles, strict=True)):
        if role == "heading":
            blocks += _heading(text, piece, page.candidates[place], ranks[_series(page, place)])
        elif role in ("content", "date"):
            closing = role == "date" and place > last_content
            blocks.append(content_block(text, piece.start, piece.end, bullet=piece.bullet, closing=closing))
        elif role == "table":
            blocks.append(_row(text, page, place))
        elif role == "title":
            blocks.append(_title_block(piece, page.candidates[place]))
        else:
            blocks.append(Block("furniture", piece.start, piece.end, closing=role == "navigation"))
    return blocks


def _kinds(page: _Page) -> list[Kind]:
    places = [place for place, role in enumerate(page.roles) if role == "heading"]
    kinds = []
    for place in places:
        following = next((other for other in range(place + 1, len(page.roles)) if page.roles[other] not in ("rule", "navigation")), None)
        candidate = page.candidates[place]
        run_in = candidate is not None and candidate.strength == "run-in"
        empty = following is not None and page.roles[following] == "heading" and not run_in
        kinds.append(Kind(_series(page, place), empty))
    return kinds


def _series(page: _Page, place: int) -> str:
    candidate = page.candidates[place]
    if page._is_underlined(place):
        return "=" if page.pieces[place + 1].words[0] == "=" else "-"
    return candidate.series if candidate else "words"


def _heading(text: str, piece: Piece, candidate: Candidate | None, rank: int) -> list[Block]:
    if candidate is None:
        return [Block("heading", piece.start, piece.end, (rank,), heading=headings.one_line(piece.words))]
    end = piece.start + candidate.length
    heading = Block("heading", piece.start, end, (rank,), candidate.number, candidate.heading)
    rest = text[end : piece.end].lstrip(" \t\r\n—–-:")
    return [heading, content_block(text, piece.end - len(rest), piece.end)] if rest else [heading]


def _title_block(piece: Piece, candidate: Candidate | None) -> Block:
    marked = candidate is not None and candidate.strength == "marked"
    heading = candidate.heading if candidate and marked else headings.one_line(piece.words)
    return Block("title", piece.start, piece.end, heading=heading)


def _row(text: str, page: _Page, place: int) -> Block:
    piece = page.pieces[place]
    if headings.is_rule(piece.words):
        return Block("furniture", piece.start, piece.end)
    first = place
    while first > 0 and page.roles[first - 1] == "table" and not page.pieces[first].first.blank_before:
        first -= 1
    has_header = first + 1 < len(page.pieces) and headings.is_rule(page.pieces[first + 1].words)
    header = _trimmed(text, page.pieces[first]) if has_header else None
    row = _trimmed(text, piece)
    if has_header and place == first:
        return Block("furniture", row.start, row.end)
    return Block("table row", row.start, row.end, header=header)


def _trimmed(text: str, piece: Piece) -> Span:
    return trim_row(text, piece.start, piece.end)


def trim_row(text: str, start: int, end: int) -> Span:
    """The row without the bars and the space at its edges."""
    row = text[start:end]
    left = start + len(row) - len(row.lstrip("| \t"))
    right = end - (len(row) - len(row.rstrip("| \t")))
    return Span(left, max(left, right))
