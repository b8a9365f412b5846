"""Words → BM25 scores and term weights: the one file that imports bm25s and the stemmer."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*")
# Beyond the usual ones, the words that only ask: they say nothing about the answer.
_ASKING = """
what which who whom whose when where why how do does did can could would should may might must i me my you your we us
our am is are was were be been being has have had about please tell know want like hello hi dear thanks shall
"""
_SHORTENED = re.compile(r"'(?:s|re|ve|ll|d|m)\b")  # "child's", "we'll"
_STOPWORDS = frozenset(STOPWORDS_EN) | frozenset(_ASKING.split())


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def words_of(text: str) -> list[str]:
    """The words that carry meaning, in order, lower case; numbers are kept whole."""
    plain = _SHORTENED.sub(" ", text.lower().replace("’", "'"))
    return [word for word in _WORD.findall(plain) if word not in _STOPWORDS]


def stems_of(words: Sequence[str]) -> list[str]:
    """The stem of each word."""
    stems: list[str] = _stemmer().stemWords(words)
    return stems


def terms_of(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return stems_of(words_of(text))


class TermIndex:
    """BM25 over the terms of every passage (Robertson and Zaragoza 2009), and each term's rarity."""

    def __init__(self, model: bm25s.BM25, frequencies: dict[str, int], passages: int) -> None:
        self._model = model
        self._frequencies = frequencies
        self._passages = passages

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TermIndex":
        """Index the texts in order; a text's number is its passage's number."""
        tokens = [terms_of(text) or [""] for text in texts]
        model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        model.index(tokens, show_progress=False)
        return cls(model, _document_frequencies(tokens), len(texts))

    @classmethod
    def load(cls, folder: Path) -> "TermIndex":
        """Read what `save` wrote."""
        model = bm25s.BM25.load(str(folder))
        frequencies = json.loads((folder / "frequencies.json").read_text(encoding="utf-8"))
        return cls(model, frequencies, int(model.scores["num_docs"]))

    def save(self, folder: Path) -> None:
        """Write the index as a folder."""
        self._model.save(str(folder), show_progress=False)
        (folder / "frequencies.json").write_text(json.dumps(self._frequencies), encoding="utf-8")

    def scores(self, question: str) -> Scores:
        """BM25 of every passage for the question, shape (passages,); zero where no term is shared."""
        known = [term for term in terms_of(question) if term in self._frequencies]
        if not known:
            return np.zeros(self._passages, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def holds(self, term: str) -> bool:
        """Whether any passage has this stem."""
        return term in self._frequencies

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a stem, never negative; the highest for a term no passage holds."""
        frequency = self._frequencies.get(term, 0)
        return float(np.log(1 + (self._passages - frequency + 0.5) / (frequency + 0.5)))

    def coverage(self, question: Iterable[str], text: Iterable[str]) -> float:
        """Share of the question's terms found in the text, weighted by rarity, from 0 to 1."""
        found, held = set(text), set(question)
        total = sum(self.rarity(term) for term in held)
        return sum(self.rarity(term) for term in held & found) / total if total else 0.0


def _document_frequencies(tokens: Sequence[Sequence[str]]) -> dict[str, int]:
    frequencies: dict[str, int] = {}
    for terms in tokens:
        for term in set(terms):
            frequencies[term] = frequencies.get(term, 0) + 1
    return dict(sorted(frequencies.items()))
