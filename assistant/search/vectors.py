"""Unit vectors → nearest passages by inner product: the one file that imports FAISS."""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class VectorIndex:
    """Exact inner-product search over unit float32 rows; a row's number is its passage's number."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors) -> "VectorIndex":
        """Index the rows of `vectors`, shape (passages, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read what `save` wrote."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index as one file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a row."""
        return int(self._index.d)

    def nearest(self, questions: Vectors, *, limit: int, among: Rows | None = None) -> Rows:
        """Numbers of the `limit` best passages of each question, best first, shape (questions, limit).

        `among` limits the search to these passages. Where there are fewer than `limit`, the rest is -1.
        """
        parameters = None
        if among is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))  # type: ignore[call-arg, unused-ignore]
        _, numbers = self._index.search(questions, min(limit, len(self)), params=parameters)
        return np.asarray(numbers, dtype=np.int64)

    def rows(self, numbers: Sequence[int] | Rows) -> Vectors:
        """The stored vectors of these passages, shape (len(numbers), dimension)."""
        wanted = np.asarray(numbers, dtype=np.int64)
        if wanted.size == 0:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(wanted), dtype=np.float32)
