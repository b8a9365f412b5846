"""What documents explain as "Multinational Force and Observers (MFO)" → acronyms and what they stand for.

In: a text. Out: `Acronym`s as they are written there. The letters have to fit the words in front of the bracket, so
that "(twice)" and "(Article 3)" are none.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf

# "(MFO)" and "(the “MFO”)" after what it stands for, "MFO (" before it.
_SHORT_AFTER = re.compile(r"\((?:\w+ )?[\"'“‘]?(?P<short>[^\W\d_](?:[&.-]?[^\W\d_]){1,9})[\"'”’®™]*\)")

_SHORT_BEFORE = re.compile(r"(?P<short>[^\W\d_](?:[&.-]?[^\W\d_]){1,9}) \((?P<long>(?:[^(),;\n]|\n(?!\n))+)")
_CLAUSE = re.compile(r"(?:[^.:;!?()\n]|\n(?!\n))*$")
TERM = re.compile(r"[^\W_]+(?:['’&.][^\W_]+)*")
_PART = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and what the documents say it stands for, each as it is written there."""

    short: str
    long: str


def flattened(text: str) -> str:
    """The words in lower case between spaces, without a plural's "s"."""
    return f" {' '.join(term.lower().removesuffix('s') for term in TERM.findall(text))} "


def acronyms_in(text: str) -> Iterator[Acronym]:
    """What a text explains as "long form (SHORT)" or "SHORT (long form)"."""
    for match in _SHORT_AFTER.finditer(text):
        clause = _CLAUSE.search(text, max(0, match.start() - 200), match.start())
        yield from _read(match["short"], clause[0] if clause else "", whole=False)
    for match in _SHORT_BEFORE.finditer(text):
        yield from _read(match["short"], match["long"], whole=True)


def _read(short: str, text: str, *, whole: bool) -> Iterator[Acronym]:
    """The end of the text that the letters fit best, and of those the shortest; with `whole`, nearly all of it."""
    short = short.removesuffix("s") if short[:-1].isupper() else short
    letters = [letter.lower() for letter in short if letter.isalpha()]
    if sum(letter.isupper() for letter in short) * 2 < max(4, len(letters)):
        return
    words = list(_PART.finditer(text))
    starts = range(2) if whole else range(max(0, len(words) - 2 * len(letters) - 2), len(words))
    misfits = [(_misfit("".join(letters), tuple(word[0] for word in words[start:])), -start) for start in starts]
    misfit, start = min(misfits, default=(inf, 0))
    if misfit <= (len(letters) - 1) / 2:
        yield Acronym(short, " ".join(text[words[-start].start() :].split()))


@lru_cache(maxsize=4096)
def _misfit(letters: str, words: tuple[str, ...], *, opening: bool = True) -> float:
    """How badly the words' initials spell the letters, `inf` where they do not (after Schwartz and Hearst 2003).

    A word that is skipped costs 1, a letter inside a word 0.25. Small words are skipped for nothing, but cost 1 as the
    first word, which is never skipped.
    """
    if not letters:
        return sum(map(_is_big, words))
    if not words:
        return inf
    word, rest, big = words[0].lower(), words[1:], _is_big(words[0])
    best = inf if opening else big + _misfit(letters, rest, opening=False)
    at = 0
    for taken, letter in enumerate(letters):  # the initial, then letters further on in the same word
        at = word.find(letter, at) + 1
        if at == 0 or (taken == 0 and at > 1):
            break
        best = min(best, (opening and not big) + taken / 4 + _misfit(letters[taken + 1 :], rest, opening=False))
    return best


def _is_big(word: str) -> bool:
    return len(word) > 3 or not word.islower()


def distinct(found: Counter[Acronym]) -> tuple[Acronym, ...]:
    """Each meaning once, as it is written most often, the commonest first."""
    ranked = [acronym for acronym, _ in found.most_common()]
    return tuple({(acronym.short, flattened(acronym.long)): acronym for acronym in reversed(ranked)}.values())[::-1]
