"""Which heading contains which: ranks for the headings of one plain-text document.

In: the headings in order, each with its series and whether text stands between it and the next. Out: a rank for each;
a smaller rank is an outer one.

Laws, treaties, manuals and web pages nest differently ("Section" holds "Article" in one, the reverse in another), so
the customary order is only where we begin. A heading directly above another one, with no text between, shows which is
the outer kind; where a document shows it more often one way than the other, its own order holds.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.numbering import KEYWORD_ORDER

UNNUMBERED = ("capitals", "words", "question")
STANDALONE = "standalone"
_PLAIN = "plain"
_MARKED = ("#", "##", "###", "####", "#####", "######", "=", "-")


@dataclass(frozen=True, slots=True)
class Kind:
    """A heading as far as its rank goes: the series it belongs to and whether the next heading follows at once."""

    series: str
    empty: bool

    @property
    def group(self) -> str:
        """The series, all headings without a number taken as one."""
        return _PLAIN if self.series in UNNUMBERED else self.series


def rank_headings(headings: Sequence[Kind]) -> list[tuple[int, int]]:
    """A rank for every heading; `STANDALONE` ones ("Preamble", "Contact us") rank with the outermost."""
    ranks = _rank_groups(headings)
    inner = _inside_unnumbered(headings)
    return [(ranks[heading.group], nested) for heading, nested in zip(headings, inner, strict=True)]


def _rank_groups(headings: Sequence[Kind]) -> dict[str, int]:
    above = Counter((one.group, other.group) for one, other in pairwise(headings) if one.empty)
    present = list(dict.fromkeys(heading.group for heading in headings if heading.series != STANDALONE))
    order = sorted(present, key=lambda group: _custom(group, present, headings))
    for _ in order:
        for place in range(len(order) - 1):
            outer, inner = order[place : place + 2]
            if above[inner, outer] > above[outer, inner] and not (_is_decimal(outer) and _is_decimal(inner)):
                order[place : place + 2] = [inner, outer]
    ranks = {group: place + 1 for place, group in enumerate(order)}
    for outer, inner in pairwise(order):
        # "Part 1" and "Annex 1" are of one rank unless the document shows one above the other.
        alike = outer in KEYWORD_ORDER and KEYWORD_ORDER[outer] == KEYWORD_ORDER.get(inner)
        if alike and above[outer, inner] <= above[inner, outer]:
            ranks[inner] = ranks[outer]
    # What stands alone at the front or the back is a neighbour of the outermost kind that carries numbers.
    numbered = [rank for group, rank in ranks.items() if group != _PLAIN]
    ranks[STANDALONE] = min(numbered or ranks.values(), default=1)
    return ranks


def _custom(group: str, present: list[str], headings: Sequence[Kind]) -> tuple[int, int, int]:
    if group in _MARKED:
        return 0, _MARKED.index(group), 0
    if group in KEYWORD_ORDER:
        return 1, KEYWORD_ORDER[group], 0
    if group == _PLAIN:
        return (2, present.index(group), 0) if _embraces_numbers(headings) else (3, 0, 0)
    if _is_decimal(group):
        return 2, min(present.index(other) for other in present if _is_decimal(other)), group.count("1")
    return 2, present.index(group), 0


def _embraces_numbers(headings: Sequence[Kind]) -> bool:
    """Whether headings without numbers stand before the first and after the last number: the numbers lie in them."""
    plain = [place for place, heading in enumerate(headings) if heading.group == _PLAIN]
    numbered = [place for place, heading in enumerate(headings) if heading.group not in (_PLAIN, STANDALONE)]
    return bool(plain and numbered) and plain[0] < numbered[0] and numbered[-1] < plain[-1]


def _is_decimal(group: str) -> bool:
    return group.strip("1.") == "" and group != "1"


def _inside_unnumbered(headings: Sequence[Kind]) -> list[int]:
    """1 for the headings without a number that lie in another one of another style, else 0.

    "How do I apply?", with nothing below it but "By mail" and "In person", holds these two. The next heading of any
    other style than theirs ends it.
    """
    inside = []
    style = ""  # of the headings that lie in the last one that had nothing below it
    for heading, following in zip(headings, [*headings, None][1:], strict=True):
        if heading.group != _PLAIN:
            inside.append(0)
            continue
        nested = heading.series == style
        inside.append(int(nested))
        if not nested:
            opens = following is not None and heading.empty and following.group == _PLAIN
            style = following.series if opens and following is not None and following.series != heading.series else ""
    return inside
