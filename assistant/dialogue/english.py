"""The English language's words → whether a word is one of them, how frequent it is, and its neighbours.

In: a word in lower case. Out: what SymSpell's frequency list of English says of it, American spelling, prefixes and
endings allowed for. The list is read when it is first needed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from math import inf

from symspellpy import SymSpell

SHORTEST = 4  # letters of the shortest word that is mended or meant: shorter ones have too many neighbours
_RIVALS = 20_000  # English words, by rank, that may be meant instead of a word of the documents


# What English forms freely and no list holds in full: a word with one of these taken off is judged by what is left.
_PREFIXES = tuple("un non re pre inter multi over under anti semi post counter micro".split())
_ENDINGS = tuple("s less ness like wise able ability ly".split())
# American → British spelling, the only one in the list: neighborhood, organize, analyze, center, centered, traveled,
# catalog, defense, practiced, anesthesia, diarrhea, enrollment.
_AMERICAN = tuple(
    (re.compile(american), british)
    for american, british in (
        *((r"or", r"our"), (r"([iy])z", r"\1s"), (r"er(s|ed|ing)?$", r"re\1"), (r"er(ed|ing)$", r"r\1")),
        *(
            (r"l(ed|ing|ers?|ors?)$", r"ll\1"),
            (r"og(s?)$", r"ogue\1"),
            (r"ense", r"ence"),
            (r"ic(e|ed|es|ing)$", r"is\1"),
        ),
        *((r"e", r"ae"), (r"e", r"oe"), (r"ll", r"l")),
    )
)


def speller_of(counts: Mapping[str, int], *, edits: int) -> SymSpell:
    """Finds the words that are at most so many edits from a typed one."""
    speller = SymSpell(max_dictionary_edit_distance=edits)
    for word, count in counts.items():
        speller.create_dictionary_entry(word, count)
    return speller


@dataclass(frozen=True)
class _English:
    """English words, commonest first, with their share of all text."""

    shares: Mapping[str, float]

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {word: rank for rank, word in enumerate(self.shares)}

    def rank(self, word: str) -> float:
        return self._ranks.get(word, inf)

    def knows(self, word: str) -> bool:
        return word in self.shares or any(form in self.shares for form in _forms(word))


def _forms(word: str) -> Iterator[str]:
    """What vouches for a word that no list holds: its British spelling, and what it is made of."""
    for american, british in _AMERICAN:
        yield from (word[: at.start()] + at.expand(british) + word[at.end() :] for at in american.finditer(word))
    stems = [word.removeprefix(prefix) for prefix in _PREFIXES] + [word.removesuffix(ending) for ending in _ENDINGS]
    yield from (stem for stem in stems if SHORTEST <= len(stem) < len(word))


@cache
def english() -> _English:
    """The list of 82,000 words and their counts that symspellpy ships."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    counts = {word: int(count) for word, _, count in (line.rpartition(" ") for line in text.splitlines())}
    total = sum(counts.values())
    return _English({word: counts[word] / total for word in sorted(counts, key=lambda word: -counts[word])})


@cache
def english_speller() -> SymSpell:
    """Finds the common words of English within one edit; made when the first slip needs it."""
    return speller_of(dict.fromkeys(list(english().shares)[:_RIVALS], 1), edits=1)
