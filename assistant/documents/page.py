"""What every piece of a plain text is: title, heading, content, date, table line, rule or navigation.

In: pieces and the heading each would be. Out: a `Page` with a role for each. A piece is judged with its neighbours: a
numbered line that stands alone above a paragraph is a heading, one among its like is a list item; a short line above a
paragraph is a heading, one at the end of a block is what stands there.
"""

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.documents import headings, numbering
from assistant.documents.candidates import Candidate, read_candidates
from assistant.documents.pieces import TABLE_LINE, Piece, leads_into

Role = Literal["title", "heading", "content", "date", "table", "rule", "navigation"]

# So many short lines one under the other, with nothing between, are a list (of names, of links), not headings.
LONGEST_RUN_OF_HEADINGS = 3
LONGEST_LABEL_WORDS = 8
LONGEST_TITLE_BLOCK = 4
# So many lines with one number are compared when a table of contents is looked for.
MOST_ANNOUNCED = 8
_UNDERLINE = re.compile(r"(={3,}|-{3,}|~{3,})")


def read_page(pieces: Sequence[Piece]) -> "Page":
    """Give every piece its role, from the first to the last."""
    page = Page(pieces, read_candidates(pieces))
    page.judge()
    return page


@dataclass(slots=True)
class Page:
    """The pieces of a text, the heading each would be, and the roles given to them so far."""

    pieces: Sequence[Piece]
    candidates: Sequence[Candidate | None]
    roles: list[Role] = field(default_factory=list)
    # For each place the next piece that is no furniture; where each number stands; the numbers of accepted headings.
    _following: list[int | None] = field(default_factory=list)
    _numbers: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _accepted: set[tuple[str, str, int]] = field(default_factory=set)

    def judge(self) -> None:
        """Give every piece its role, from the first to the last."""
        self._index()
        title = self._title()
        for place, candidate in enumerate(self.candidates):
            self.roles.append("title" if place in title else self._role(place))
            if self.roles[-1] == "heading" and candidate and candidate.number:
                self._accepted.add(_key(candidate))

    def after(self, place: int) -> int | None:
        """The next piece that is no furniture."""
        return self._following[place]

    def _index(self) -> None:
        following: int | None = None
        for place in reversed(range(len(self.pieces))):
            self._following.append(following)
            following = following if self._is_furniture(place) else place
        self._following.reverse()
        for place, candidate in enumerate(self.candidates):
            if candidate and candidate.number:
                self._numbers.setdefault((candidate.series, candidate.value), []).append(place)

    def _title(self) -> range:
        """The places of the title: the first line, where it stands alone or among lines like it, above something else.

        A title set in capitals over several lines is one title.
        """
        place = next((place for place in range(len(self.pieces)) if not self._is_furniture(place)), None)
        if place is None or self.after(place) is None:
            return range(0)
        piece, candidate = self.pieces[place], self.candidates[place]
        numbered = piece.listed or (candidate is not None and candidate.strength in ("keyword", "run-in", "number"))
        if numbered or not piece.short or not headings.reads_like_title(piece.words):
            return range(0)
        if candidate is not None and candidate.strength == "marked":
            only_one = sum(one is not None and one.series == "#" for one in self.candidates) == 1
            return range(place, place + (candidate.series == "#" and only_one))
        end = self._block_end(place)
        block = self.pieces[place : end + 1]
        underlined = len(block) > 1 and _UNDERLINE.fullmatch(block[1].words) is not None
        if underlined or not (len(block) <= LONGEST_TITLE_BLOCK and all(_may_be_in_title(one) for one in block)):
            return range(place, place + underlined)
        if self.after(end) is None:
            return range(0)
        capitals = itertools.takewhile(lambda one: headings.is_capitals(one.words), block)
        return range(place, place + max(1, len(list(capitals))))

    def _block_end(self, place: int) -> int:
        """The last piece before the next blank line."""
        while place + 1 < len(self.pieces) and not self.pieces[place].last.blank_after:
            place += 1
        return place

    def _is_furniture(self, place: int) -> bool:
        piece = self.pieces[place]
        return headings.is_rule(piece.words) or (headings.is_navigation(piece.words) and not piece.listed)

    def _role(self, place: int) -> Role:
        piece = self.pieces[place]
        if self._is_table(place):
            return "table"
        if headings.is_rule(piece.words):
            return "rule"
        if self._is_navigation(place) or self._is_contents_entry(place) or self._is_empty_label(place):
            return "navigation"
        if headings.is_date(piece.words):
            return "date"
        return "heading" if self._is_heading(place) else "content"

    def _is_table(self, place: int) -> bool:
        if not TABLE_LINE.fullmatch(self.pieces[place].words):
            return False
        around = [other for other in (place - 1, place + 1) if 0 <= other < len(self.pieces)]
        return self.pieces[place].words[0] == "|" or any(
            TABLE_LINE.fullmatch(self.pieces[other].words) and not (self.pieces[max(other, place)].first.blank_before)
            for other in around
        )

    def _is_navigation(self, place: int) -> bool:
        piece = self.pieces[place]
        if self._is_furniture(place):
            return True
        target = headings.back_target(piece.words).casefold()
        if not target or not piece.alone:
            return False
        title = next(
            (one.words.casefold() for one, role in zip(self.pieces, self.roles, strict=False) if role == "title"), ""
        )
        return target.rstrip(".") == title or self.after(place) is None

    def _is_contents_entry(self, place: int) -> bool:
        """Whether this numbered line is one of a table of contents: it comes again, as a heading, further down."""
        candidate = self.candidates[place]
        if candidate is None or not (candidate.number and candidate.heading) or candidate.number[-1] == ")":
            return False
        if self._accepted:
            return False  # tables of contents stand at the front
        following = self.candidates[place + 1] if place + 1 < len(self.candidates) else None
        # The line below must be another entry: one that says the same is the heading itself.
        lists = following is not None and following.number not in ("", candidate.number)
        in_table = lists or (place > 0 and self.roles[place - 1] == "navigation")
        places = self._numbers[candidate.series, candidate.value]
        later = places[bisect_right(places, place) :][:MOST_ANNOUNCED]
        return in_table and any(
            self._announces(candidate, other) and not self._has_series(other + 1, candidate.series) for other in later
        )

    def _announces(self, entry: Candidate, place: int) -> bool:
        """Whether the entry of a table of contents announces what stands here; it may say more, never anything else."""
        other = self.candidates[place]
        if other is None or place + 1 == len(self.pieces):
            return False
        around = [self.pieces[place - 1].words.strip("()"), self.pieces[place + 1].words]
        titles = [other.heading] if other.heading else around
        return any(f"{entry.heading} ".casefold().startswith(f"{title} ".casefold()) for title in titles)

    def _has_series(self, place: int, series: str) -> bool:
        candidate = self.candidates[place] if place < len(self.candidates) else None
        return candidate is not None and candidate.series == series

    def _is_empty_label(self, place: int) -> bool:
        """Whether this is one of several labels of a form that was never filled in: "Related PDFs:"."""
        if not _is_label(self.pieces[place]) or not self.pieces[place].alone:
            return False
        following = self.after(place)
        if following is not None:
            return _is_label(self.pieces[following])
        earlier = zip(self.pieces, self.roles, strict=False)
        return any(role == "navigation" and _is_label(piece) for piece, role in earlier)

    def _is_heading(self, place: int) -> bool:
        candidate = self.candidates[place]
        if candidate is None:
            return False
        if candidate.strength == "marked" or self.is_underlined(place):
            return True
        near = any((candidate.series, candidate.value + step) in self._numbers for step in (-1, 1))
        if candidate.strength == "run-in":
            return self._begins_afresh(place) and (candidate.separated or near)
        if candidate.strength == "keyword":
            return self._begins_afresh(place) or not candidate.heading
        following = self.after(place)
        if following is None or self.pieces[place].last.number - self.pieces[place].first.number > 1:
            return False
        if candidate.strength == "number":
            sure = any(character.isdigit() for character in candidate.number) and candidate.series != "1"
            return (sure or near) and self._numbered_heading(place, following)
        opens = self._opens(place) or self._stands_between_sentences(place)
        return opens and self._heading_of_words(place, following)

    def is_underlined(self, place: int) -> bool:
        """Whether a line of "=" or "-" is drawn under the piece."""
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
        below = self.pieces[place + 1]
        return self._is_article(place + 1) or (
            below.last.ends_sentence and len(below.words) > len(self.pieces[place].words)
        )

    def _is_article(self, place: int) -> bool:
        candidate = self.candidates[place]
        return candidate is not None and candidate.strength in ("keyword", "run-in")

    def _begins_afresh(self, place: int) -> bool:
        return (
            self._opens(place) or self.pieces[place - 1].last.ends_sentence or self.pieces[place - 1].words[-1] == ","
        )

    def _numbered_heading(self, place: int, following: int) -> bool:
        """Whether "(1) Words" is a heading: text stands below it, and it is no item in a run of its like."""
        candidate = self.candidates[place]
        assert candidate is not None
        series, parent, value = _key(candidate)
        continues = (series, parent, value - 1) in self._accepted
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
        ends_block = piece.last.blank_after and not piece.first.blank_before
        if ends_block and not (self.roles[place - 1] == "heading" and self._may_name(place - 1, following)):
            return False  # the last line of a block is what stands under the heading above it
        if self.roles[place - 1 : place] == ["heading"] and leads_into(piece, below):
            return False
        if not piece.last.blank_after:
            return not self._is_address(place)
        return not self._is_in_list(place)

    def _may_name(self, above: int, following: int) -> bool:
        """Whether the line below a heading can be its title: a title above an article, or text below a bare number."""
        candidate = self.candidates[above]
        bare = candidate is not None and candidate.strength == "keyword" and not candidate.heading
        return bare or self._is_article(following)

    def _is_address(self, place: int) -> bool:
        """Whether the lines of this block are all short and unfinished: an address, a signature, a verse."""
        end = place
        while not self.pieces[end].last.blank_after:
            end += 1
            if not self.pieces[end].fragment:
                return False
        return end - place > 1

    def _is_in_list(self, place: int) -> bool:
        run = 0
        while run < LONGEST_RUN_OF_HEADINGS and self._stands_like_heading(place + run + 1):
            run += 1
        in_list = place > 0 and self.roles[place - 1] == "content" and self._stands_like_heading(place - 1)
        return run > 0 if in_list else run >= LONGEST_RUN_OF_HEADINGS

    def _stands_like_heading(self, place: int) -> bool:
        candidate = self.candidates[place] if place < len(self.candidates) else None
        return candidate is not None and candidate.strength == "words" and self.pieces[place].alone


def _may_be_in_title(piece: Piece) -> bool:
    words = piece.words
    return piece.short and not piece.listed and not words[0].islower() and headings.reads_like_title(words)


def _key(candidate: Candidate) -> tuple[str, str, int]:
    """Series, what the number begins with ("5" in "5.2") and the number's own value."""
    return candidate.series, candidate.number.rpartition(".")[0], candidate.value


def _is_next_label(one: Piece, other: Piece) -> bool:
    if not (one.label and other.label) or numbering.label_series(one.label) != numbering.label_series(other.label):
        return False
    return any(value + 1 in numbering.ordinals(other.label) for value in numbering.ordinals(one.label))


def _is_label(piece: Piece) -> bool:
    return piece.words.endswith(":") and len(piece.words.split()) <= LONGEST_LABEL_WORDS and not piece.listed
