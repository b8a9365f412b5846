"""Which kind of heading contains which: the order of the series that one plain-text document uses.

In: the document's headings in order, each with its series and whether text stands between it and the next.
Out: a rank for each series; a smaller rank is an outer one.

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
_MARKED = ("#", "##", "###", "####", "#####", "######", "=", "-")


@dataclass(frozen=True, slots=True)
class Kind:
    """A heading as far as its rank goes: the series it belongs to and whether the next heading follows at once."""

    series: str
    empty: bool


def rank_series(headings: Sequence[Kind]) -> dict[str, int]:
    """A rank for every series among the headings; `STANDALONE` ("Preamble", "Contact us") ranks with the outermost."""
    above = Counter((one.series, other.series) for one, other in pairwise(headings) if one.empty)
    present = list(dict.fromkeys(kind.series for kind in headings if kind.series != STANDALONE))
    order = sorted(present, key=lambda series: _custom(series, present, headings))
    for _ in order:
        for place in range(len(order) - 1):
            outer, inner = order[place : place + 2]
            if above[inner, outer] > above[outer, inner] and not (_is_decimal(outer) and _is_decimal(inner)):
                order[place : place + 2] = [inner, outer]
    ranks = {series: place + 1 for place, series in enumerate(order)}
    for group in (UNNUMBERED, tuple(KEYWORD_ORDER)):
        _level(ranks, group, above)
    # What stands alone at the front or the back is a neighbour of the outermost kind that carries numbers.
    numbered = [rank for series, rank in ranks.items() if series not in UNNUMBERED]
    ranks[STANDALONE] = min(numbered or ranks.values(), default=1)
    return ranks


def _custom(series: str, present: list[str], headings: Sequence[Kind]) -> tuple[int, int, int]:
    if series in _MARKED:
        return 0, _MARKED.index(series), 0
    if series in KEYWORD_ORDER:
        return 1, KEYWORD_ORDER[series], 0
    if series in UNNUMBERED:
        place = min(present.index(other) for other in UNNUMBERED if other in present)
        return (2, place, 0) if _embraces_numbers(headings) else (3, place, 0)
    if _is_decimal(series):
        return 2, min(present.index(other) for other in present if _is_decimal(other)), series.count("1")
    return 2, present.index(series), 0


def _embraces_numbers(headings: Sequence[Kind]) -> bool:
    """Whether headings without numbers stand before the first and after the last number: the numbers lie in them."""
    plain = [place for place, kind in enumerate(headings) if kind.series in UNNUMBERED]
    numbered = [place for place, kind in enumerate(headings) if kind.series not in (*UNNUMBERED, STANDALONE)]
    return bool(plain and numbered) and plain[0] < numbered[0] and numbered[-1] < plain[-1]


def _is_decimal(series: str) -> bool:
    return series.strip("1.") == "" and series != "1"


def _level(ranks: dict[str, int], group: Sequence[str], above: Counter[tuple[str, str]]) -> None:
    """Give one rank to those of a group that the document never shows one above the other."""
    members = sorted((series for series in ranks if series in group), key=lambda series: ranks[series])
    for outer, inner in pairwise(members):
        customary = KEYWORD_ORDER.get(outer) != KEYWORD_ORDER.get(inner)
        if above[outer, inner] <= above[inner, outer] and not customary:
            ranks[inner] = ranks[outer]
