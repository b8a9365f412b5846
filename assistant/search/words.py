"""Words of the documents → their vectors, and how near the words of a question come to them in meaning.

In: the texts of all passages with their headings, and the encoder. Out: `WordVectors`. A number that is asked for is
near to nothing: 1999 is not nearly 1998, nor is Thursday nearly Friday. A word that is asked for may be near to a
number: "year" to 1998.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.search.encoder import Encoder, Vectors
from assistant.search.terms import words_of

Nearness = NDArray[np.float32]

# One of a row, as numbers are: an encoder finds them alike, and a reader who asks for one of them means no other.
_ONE_OF_A_ROW = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays "
    "sundays january february march april june july august september october november december "
    "north south east west northern southern eastern western first second third fourth fifth".split()
)


class WordVectors:
    """Every word that a passage holds, in order, with its unit vector."""

    def __init__(self, words: Sequence[str], vectors: Vectors) -> None:
        self._words = tuple(words)
        self._vectors = vectors
        self._numbers = {word: number for number, word in enumerate(self._words)}

    @classmethod
    def of(cls, texts: Iterable[str], encoder: Encoder, *, known: "WordVectors | None" = None) -> "WordVectors":
        """Encode the words of the texts, but for those that are `known` from an earlier version."""
        words = sorted({word for text in texts for word in words_of(text)})
        vectors = np.zeros((len(words), encoder.dimension), dtype=np.float32)
        old = {number: known._numbers[word] for number, word in enumerate(words) if known and word in known._numbers}
        if known and old:
            vectors[list(old)] = known._vectors[list(old.values())]
        new = [number for number in range(len(words)) if number not in old]
        vectors[new] = encoder.encode([words[number] for number in new])
        return cls(words, vectors)

    @classmethod
    def load(cls, folder: Path) -> "WordVectors":
        """Read what `save` wrote."""
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        return cls(words, np.load(folder / "words.npy", allow_pickle=False).astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write words.json and words.npy; half precision moves a cosine by less than 0.001."""
        (folder / "words.json").write_text(json.dumps(self._words), encoding="utf-8")
        np.save(folder / "words.npy", self._vectors.astype(np.float16))

    def __len__(self) -> int:
        return len(self._words)

    def numbers(self, words: Iterable[str]) -> list[int]:
        """The numbers of those words that a passage holds, each once."""
        return list({self._numbers[word]: None for word in words if word in self._numbers})

    def nearness(self, words: Sequence[str], encoder: Encoder) -> Nearness:
        """Cosine of each given word to each word of the documents, shape (len(words), len(self)).

        It is 0 for numbers, weekdays and the like.
        """
        vectors = np.zeros((len(words), encoder.dimension), dtype=np.float32)
        meant = [row for row, word in enumerate(words) if not _stands_alone(word)]
        if meant:
            vectors[meant] = encoder.encode([words[row] for row in meant])
        return np.asarray(vectors @ self._vectors.T, dtype=np.float32)


def _stands_alone(word: str) -> bool:
    """Whether nothing but the word itself means the same."""
    return word in _ONE_OF_A_ROW or any(map(str.isdigit, word))
