from pathlib import Path

import numpy as np
import pytest

from assistant.search.vectors import VectorIndex, Vectors


@pytest.fixture
def rows() -> Vectors:
    random = np.random.default_rng(7).standard_normal((200, 32)).astype(np.float32)
    return np.asarray(random / np.linalg.norm(random, axis=1, keepdims=True), dtype=np.float32)


def test_nearest_agrees_with_a_numpy_product(rows: Vectors) -> None:
    questions = rows[:5] * 0.5 + rows[5:10] * 0.5
    expected = np.argsort(-(questions @ rows.T), axis=1)[:, :10]
    assert VectorIndex.of(rows).nearest(questions, limit=10).tolist() == expected.tolist()


def test_nearest_among_some_passages_only(rows: Vectors) -> None:
    among = np.array([3, 50, 120], dtype=np.int64)
    expected = among[np.argsort(-(rows[among] @ rows[7]))]
    found = VectorIndex.of(rows).nearest(rows[7:8], limit=5, among=among)
    assert found.tolist() == [[*expected.tolist(), -1, -1]]


def test_rows_come_back_as_they_went_in(rows: Vectors, tmp_path: Path) -> None:
    VectorIndex.of(rows).save(tmp_path / "vectors.faiss")
    loaded = VectorIndex.load(tmp_path / "vectors.faiss")
    assert (len(loaded), loaded.dimension) == (200, 32)
    assert np.array_equal(loaded.rows([9, 0]), rows[[9, 0]])
    assert loaded.rows([]).shape == (0, 32)
