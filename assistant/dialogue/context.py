"""What a conversation is about → a search that keeps to it, and lets go when the subject changes.

In: a question and the turns before it, and what three searches found: for the standalone question, for the last words
said, and for the whole conversation. Out: one ranking. A passage scores by the question itself, by what was said just
before, and by how well its document fits the conversation. "How old must one be?" so stays on the page that is being
talked about. Where the question is much nearer to another document, the conversation counts less, down to nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from assistant.dialogue.turns import Turn
from assistant.documents.document import Passage

QUESTION_DEPTH = 400  # hits that the search for the question itself should bring: enough to know how near a document is
CONTEXT_DEPTH = 100  # hits that the two others should bring
RECENT_MESSAGES = 2
RECENT_WEIGHT = 0.25
DOCUMENT_WEIGHT = 3.0
MOST_ADDED = RECENT_WEIGHT + DOCUMENT_WEIGHT  # the most that a conversation adds to a score
LEFT = 0.8  # what is left of the score of a document that the last answer did not cite, one of another being 1
DEPARTURE = 0.25  # at this distance from the conversation nothing of it is left


class Found(Protocol):
    """A hit of a search: `score` from 0 (the worst) to 1 (the best), `dense` the cosine to what was searched."""

    @property
    def passage(self) -> Passage: ...  # noqa: D102

    @property
    def number(self) -> int: ...  # noqa: D102

    @property
    def score(self) -> float: ...  # noqa: D102

    @property
    def dense(self) -> float: ...  # noqa: D102


_Hit = TypeVar("_Hit", bound=Found)


@dataclass(frozen=True, slots=True)
class Context:
    """What to search for beside the standalone question, and the documents that the last answer quoted."""

    recent: str
    whole: str
    cited: frozenset[str] = frozenset()


def context_of(question: str, history: Sequence[Turn]) -> Context | None:
    """The last messages with the question, and the whole conversation with it; None for a first question."""
    said = [turn.content.strip() for turn in history if turn.content.strip()]
    if not said:
        return None
    newest_first = [question, *reversed(said)]  # an encoder reads the beginning of what is long
    places = next((turn.citations for turn in reversed(history) if turn.citations), ())
    return Context(
        recent=" ".join([*said[-RECENT_MESSAGES:], question]),
        whole=" ".join(newest_first),
        cited=frozenset(place.document for place in places),
    )


def in_context(
    alone: Sequence[_Hit],
    recent: Sequence[_Hit],
    whole: Sequence[_Hit],
    *,
    limit: int,
    cited: Collection[str] = (),
    scored: Callable[[_Hit, float, float], _Hit],
) -> list[_Hit]:
    """The `limit` best of all hits, best first; `scored` gives a hit its own score and what the conversation adds.

    score = alone + 0.25 min(1, c) recent + c (best score of its document in `whole`), with c = 3 (1 - departure). A
    passage that a search did not bring scores 0 in it. Each search brings its best hits, best first. Documents that the
    last answer cited are what is talked about now, however much was said of others before.
    """
    closeness = DOCUMENT_WEIGHT * (1 - departure(alone, whole, cited))
    by_document = dict.fromkeys(cited, 1.0)
    kept = LEFT if cited else 1.0
    for hit in whole:
        by_document[hit.passage.document] = max(kept * hit.score, by_document.get(hit.passage.document, 0.0))
    by_question = {hit.number: hit.score for hit in alone}
    by_recent = {hit.number: hit.score for hit in recent}
    hits = {hit.number: hit for hit in (*whole, *recent, *alone)}  # of one passage the question's own hit is kept
    rescored = [
        scored(
            hit,
            by_question.get(number, 0.0),
            RECENT_WEIGHT * min(1.0, closeness) * by_recent.get(number, 0.0)
            + closeness * by_document.get(hit.passage.document, 0.0),
        )
        for number, hit in hits.items()
    ]
    return sorted(rescored, key=lambda hit: (-hit.score, hit.number))[:limit]


def departure(alone: Sequence[Found], whole: Sequence[Found], cited: Collection[str] = ()) -> float:
    """How far a question leaves its conversation, from 0 (not at all) to 1 (a new subject).

    The cosine of its best passage, times how much lower the best one of the conversation's document is, over 0.25.
    """
    if not alone or not whole:
        return 0.0
    best = max(hit.dense for hit in alone)
    lowest = min(hit.dense for hit in alone)
    documents = cited or (whole[0].passage.document,)
    within = [hit.dense for hit in alone if hit.passage.document in documents]
    return min(1.0, max(0.0, best * (best - max(within, default=lowest)) / DEPARTURE))
