"""Questions → fused hits: dense and BM25 candidates on one scale.

In: an index and standalone questions. Out: for each question its best passages with both scores.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.documents.document import Passage
from assistant.errors import QuestionError
from assistant.search.encoder import Vectors
from assistant.search.index import Index

Fusion = Literal["dense", "lexical", "reciprocal_rank", "normalised"]
Scores = NDArray[np.float32]
Numbers = NDArray[np.int64]

DENSE_WEIGHT = 0.5
RANK_CONSTANT = 60  # Cormack, Clarke and Büttcher 2009
POOL = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage; `number` is its row. `score` is the fused one; `dense` a cosine, `lexical` a BM25 score.

    `conversation` is how well it fits what was said before the question, from 0 to 1.
    """

    passage: Passage
    number: int
    score: float
    dense: float
    lexical: float
    conversation: float = 0.0


def retrieve(
    index: Index,
    questions: Sequence[str],
    *,
    limit: int,
    fusion: Fusion = "normalised",
    documents: Collection[str] | None = None,
) -> list[list[Hit]]:
    """The `limit` best passages for each question, best first; `documents` limits the search to these ids.

    Raises `QuestionError` for a document that the index does not hold.
    """
    if not questions:
        return []
    among = _rows_of(index, documents)
    vectors = index.encoder.encode(questions)
    nearest = index.vectors.nearest(vectors, limit=max(POOL, limit), among=among)
    return [
        _fuse(index, question, vector, near[near >= 0], limit=limit, fusion=fusion, among=among)
        for question, vector, near in zip(questions, vectors, nearest, strict=True)
    ]


def _fuse(
    index: Index,
    question: str,
    vector: Vectors,
    near: Numbers,
    *,
    limit: int,
    fusion: Fusion,
    among: Numbers | None,
) -> list[Hit]:
    bm25 = index.terms.scores(question)
    candidates = np.union1d(near, _best(bm25, max(POOL, limit), among))
    dense = index.vectors.rows(candidates) @ vector
    lexical = bm25[candidates]
    fused = _FUSIONS[fusion](dense, lexical)
    order = np.lexsort((candidates, -fused))[:limit]
    return [
        Hit(
            passage=index.passages[candidates[row]],
            number=int(candidates[row]),
            score=float(fused[row]),
            dense=float(dense[row]),
            lexical=float(lexical[row]),
        )
        for row in order
    ]


def _normalised(dense: Scores, lexical: Scores) -> Scores:
    """Convex combination after each channel is scaled to 0..1 among the candidates (Bruch et al. 2023)."""
    return DENSE_WEIGHT * _unit(dense) + (1 - DENSE_WEIGHT) * _unit(lexical)


def _reciprocal_rank(dense: Scores, lexical: Scores) -> Scores:
    return np.asarray(1 / (RANK_CONSTANT + _ranks(dense)) + 1 / (RANK_CONSTANT + _ranks(lexical)), dtype=np.float32)


def _dense(dense: Scores, _lexical: Scores) -> Scores:
    return dense


def _lexical(_dense: Scores, lexical: Scores) -> Scores:
    return lexical


_FUSIONS = {"dense": _dense, "lexical": _lexical, "reciprocal_rank": _reciprocal_rank, "normalised": _normalised}


def _unit(scores: Scores) -> Scores:
    if scores.size == 0:
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _ranks(scores: Scores) -> Scores:
    ranks = np.empty(len(scores), dtype=np.float32)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def _best(scores: Scores, limit: int, among: Numbers | None) -> Numbers:
    numbers = np.arange(len(scores)) if among is None else among
    order = np.argsort(-scores[numbers], kind="stable")[:limit]
    best = numbers[order]
    return np.asarray(best[scores[best] > 0], dtype=np.int64)


def _rows_of(index: Index, documents: Collection[str] | None) -> Numbers | None:
    if documents is None:
        return None
    check_documents(documents, index.documents)
    rows = [number for number, passage in enumerate(index.passages) if passage.document in documents]
    return np.asarray(rows, dtype=np.int64)


def check_documents(wanted: Collection[str] | None, known: Collection[str]) -> None:
    """Raise `QuestionError` for the first wanted document that is not known."""
    unknown = sorted(set(wanted or ()) - set(known))
    if unknown:
        raise QuestionError(
            f"no document {unknown[0]!r}; GET /v1/documents or `chapterverse build` lists what there is"
        )
