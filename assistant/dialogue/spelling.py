"""A question as it was typed → the question as it was meant, and the text to search with.

In: a question and the `Vocabulary` of the documents. Out: `corrected`, the question with slips of the keyboard mended
and what was mended; `expanded`, the question with every acronym beside what it stands for.

A wrong correction costs more than a missed one: it makes a question about something else look like one that the
documents answer. So a word is left alone when the documents or English hold it, and is mended only when one reading
stands out. A reading is as good as its word is frequent, less a price for each edit (the noisy channel of Kernighan,
Church and Gale 1990); SymSpell (Garbe 2012) finds the words that are near.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log10
from types import MappingProxyType

from symspellpy import SymSpell, Verbosity

from assistant.dialogue.acronyms import TERM, Acronym, acronyms_in, distinct, flattened
from assistant.dialogue.english import SHORTEST, english, english_speller, speller_of

_LONG = 8  # letters from which on two slips in a word are mended, not one
_PRICE = 4.0  # of an edit, in powers of ten of a word's frequency
_LEAD = 0.7  # of the best reading over the next, in the same unit
_GLUE = 250  # English words, by rank, that are often run together with their neighbour
_COMMON = 5_000  # English words, by rank, to which a slip may be mended although no document holds them
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLITIC = re.compile(r"'(?:s|d|ll|ve|re|m)?$")
_NOT_PROSE = re.compile(r"\S*(?:[\d_@/\\]|\w\.\w)\S*")  # numbers, addresses, paths, letters joined by dots
_INFLECTIONS = tuple("s es ed ing".split())
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")


@dataclass(frozen=True)
class Vocabulary:
    """The words of the documents in lower case with their counts, those written with a capital, and the acronyms."""

    counts: Mapping[str, int]
    capitalised: frozenset[str]
    acronyms: tuple[Acronym, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """Read the words and the acronyms of the texts; "Japan's" counts as "Japan"."""
        written: Counter[str] = Counter()
        found: Counter[Acronym] = Counter()
        for text in texts:
            written.update(_WORD.findall(text))
            found.update(acronyms_in(text))
        counts: Counter[str] = Counter()
        for word, count in written.items():
            counts[_base(word)] += count
        capitalised = frozenset(_base(word) for word in written if word[0].isupper())
        return cls(MappingProxyType(dict(counts)), capitalised, distinct(found))

    @cached_property
    def total(self) -> int:
        """How many words the documents have, at least one."""
        return max(1, sum(self.counts.values()))

    @cached_property
    def speller(self) -> SymSpell:
        """Finds the words of the documents within two edits of a word; made when the first slip needs it."""
        return speller_of(self.counts, edits=2)

    @cached_property
    def long_forms(self) -> Mapping[Acronym, str]:
        """The long form of each acronym, as `flattened` writes it."""
        return {acronym: flattened(acronym.long) for acronym in self.acronyms}

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is right as it stands: the documents hold it or its stem, or English does."""
        if word in self.counts or english().knows(word):
            return True
        stems = (word.removesuffix(ending) for ending in _INFLECTIONS)
        return any(stem in self.counts for stem in stems if len(stem) >= SHORTEST)

    def frequency(self, word: str) -> float:
        """Logarithm to the base of ten of the word's share of the documents and of English, half and half."""
        return log10((self.counts.get(word, 0) / self.total + english().shares.get(word, 0)) / 2 + 1e-12)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The question as it was meant, and each correction as "goverment → government"."""

    question: str
    corrections: tuple[str, ...] = ()


def corrected(question: str, vocabulary: Vocabulary) -> Corrected:
    """Mend spelling and spaces; what is known, short, numeric or no prose stays as it was typed, and so does case."""
    corrections: list[str] = []
    while edits := _edits(question, vocabulary):  # a mended word can complete a neighbour; fewer are unknown each time
        corrections += [f"{question[edit.start : edit.end]} → {edit.text}" for edit in edits]
        for edit in reversed(edits):
            question = question[: edit.start] + edit.text + question[edit.end :]
    return Corrected(question, tuple(corrections))


def expanded(question: str, vocabulary: Vocabulary) -> str:
    """The question, then "(Multinational Force and Observers)" for an "MFO" in it, or "(MFO)" for the long form.

    For searching alone. Acronyms of three letters or more are found in any case unless they are English words. One that
    the documents explain in several ways gets them all; where both forms are there, nothing is added.
    """
    flat, terms = flattened(question), {*TERM.findall(question), *_HYPHENED.findall(question)}
    lower = {term.lower() for term in terms}
    terms = lower if question.isupper() else terms  # then capitals tell nothing
    shorts = {acronym.short for acronym in vocabulary.acronyms if _named(acronym.short, terms, lower)}
    longs = {acronym.short for acronym, long in vocabulary.long_forms.items() if long in flat}
    added = [acronym.long for acronym in vocabulary.acronyms if acronym.short in shorts - longs]
    added += sorted(longs - shorts)
    return f"{question} ({'; '.join(added)})" if added else question


def _named(short: str, terms: Set[str], lower: Set[str]) -> bool:
    """Whether the acronym or its plural is one of the terms, or in lower case where that is no word of its own."""
    if short in terms or f"{short}s" in terms:
        return True
    small = short.lower()
    return (small in lower or f"{small}s" in lower) and len(short) > 2 and not english().knows(small)


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def _edits(question: str, vocabulary: Vocabulary) -> list[_Edit]:
    """What to mend, in order; nothing where a third of the words stays unknown, for then this is another language."""
    apart = [match.span() for match in _NOT_PROSE.finditer(question)]
    words = [word for word in _WORD.finditer(question) if not any(a <= word.start() < b for a, b in apart)]
    unknown = [word for word in words if not vocabulary.knows(_base(word[0]))]
    if not unknown:
        return []
    edits, lost = list(_joined(question, words, unknown, vocabulary)), 0
    for word in unknown:
        if any(edit.start <= word.start() < edit.end for edit in edits):
            continue
        text = _mended(word[0], vocabulary, first=word is words[0], shouting=question.isupper())
        if text and all(vocabulary.knows(_base(part)) for part in _WORD.findall(text)):  # so that the rounds end
            edits.append(_Edit(*word.span(), text))
        elif len(word[0]) >= SHORTEST and (word[0].islower() or word is words[0]):  # not a name
            lost += 1
    whole = sum(len(word[0]) >= SHORTEST for word in words)
    return sorted(edits, key=lambda edit: edit.start) if not lost or lost * 3 < whole else []


def _base(word: str) -> str:
    return _CLITIC.sub("", word.lower().replace("’", "'"))


def _joined(
    question: str, words: Sequence[re.Match[str]], unknown: Sequence[re.Match[str]], vocabulary: Vocabulary
) -> Iterator[_Edit]:
    """Words that a space has cut in two: one of the parts is unknown and the whole is a word of the documents."""
    last = 0
    for one, two in pairwise(words):
        parted = question[one.end() : two.start()] == " " and one.start() >= last
        broken = (one in unknown or two in unknown) and min(len(one[0]), len(two[0])) > 1
        if parted and broken and _base(one[0] + two[0]) in vocabulary.counts:
            last = two.end()
            yield _Edit(one.start(), last, one[0] + two[0])


def _mended(word: str, vocabulary: Vocabulary, *, first: bool, shouting: bool) -> str | None:
    """The word or words that were meant, in the case of what was typed; None when no reading stands out.

    Capitals make a name likely. Inside a word they part two words at most; at its beginning they leave only the words
    that the documents write so, or, where every word has a capital, any word of theirs and the smallest of English.
    """
    base = _base(word)
    lower = shouting or word.islower()
    if not lower and not word[1:].islower():
        return None if word.isupper() else _parted(word, vocabulary, at_capital=True)
    near = _nearest(base, vocabulary)
    if near and (near in (vocabulary.counts if lower or first else vocabulary.capitalised)):
        return _cased(near, word)
    if near and (lower or first) and english().rank(near) < (_COMMON if lower else _GLUE):
        return _cased(near, word)
    return _parted(word, vocabulary) if lower or (first and len(word) >= _LONG - 1) else None


def _cased(text: str, word: str) -> str:
    text += word[len(_base(word)) :]
    if word.isupper():
        return text.upper()
    return text[0].upper() + text[1:] if word[0].isupper() else text


def _parted(word: str, vocabulary: Vocabulary, *, at_capital: bool = False) -> str | None:
    """Two words run together, long ones of the documents or small ones of English; the letters stay as they are."""
    found = []
    for seam in range(2, len(word) if at_capital else len(word) - 1):
        parts = [_base(word[:seam]), _base(word[seam:])]
        small = sum(english().rank(part) < _GLUE for part in parts)
        long = sum(len(part) >= SHORTEST for part in parts)
        likely = word[seam].isupper() if at_capital else small == 2 or long == 2 or small == long == 1
        held = [part in vocabulary.counts or english().rank(part) < _GLUE for part in parts]
        if likely and all(held) and word.isalpha():
            found.append((sum(map(vocabulary.frequency, parts)), f"{word[:seam]} {word[seam:]}"))
    return max(found)[1] if found else None


def _nearest(word: str, vocabulary: Vocabulary) -> str | None:
    """The one known word that the typed one stands for; None when none is near or two are about as likely."""
    if len(word) < SHORTEST:
        return None
    near = english_speller().lookup(word, Verbosity.ALL, 1)
    near += vocabulary.speller.lookup(word, Verbosity.ALL, 2 if len(word) >= _LONG else 1)
    edits = {item.term: item.distance for item in near if len(item.term) >= SHORTEST}
    if len(word) == SHORTEST:  # "wlan" is no "plan": in so short a word the first letter is right, or swapped
        edits = {one: cost for one, cost in edits.items() if one[0] == word[0] or sorted(one) == sorted(word)}
    rated = sorted(
        ((vocabulary.frequency(meant) - _price(word, meant, edits[meant]), meant) for meant in edits), reverse=True
    )
    clear = len(rated) == 1 or (rated and rated[0][0] - rated[1][0] >= _LEAD)
    return rated[0][1] if clear else None


def _price(typed: str, meant: str, edits: int) -> float:
    """How unlikely the slips are: more so at the first letter, less between vowels, at double letters and for swaps."""
    likely = _skeleton(typed) == _skeleton(meant) or sorted(typed) == sorted(meant)
    return _PRICE * edits - likely + 2 * (typed[0] != meant[0])


def _skeleton(word: str) -> str:
    return re.sub(r"(.)\1", r"\1", re.sub("[aeiou]", "", word))
