"""A question and the conversation before it → hits: the best passages, kept to what is being talked about.

In: an index and what is sought. Out: for each the hits, best first. A first question is searched for as it stands; in
a corpus of several documents a later one keeps to the documents of its conversation (see `dialogue/context.py`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from assistant.dialogue.context import CONTEXT_DEPTH, MOST_ADDED, QUESTION_DEPTH, Context, in_context
from assistant.search.index import Index
from assistant.search.retrieve import Hit, retrieve


@dataclass(frozen=True, slots=True)
class Sought:
    """A standalone question, what its conversation is about, and the only documents to look in (None: all)."""

    question: str
    context: Context | None = None
    documents: Collection[str] | None = None


def search(index: Index, sought: Sequence[Sought], *, limit: int) -> list[list[Hit]]:
    """The `limit` best passages for each, best first; what needs no search of its own is encoded together.

    Raises `QuestionError` for a document that the index does not hold.
    """
    plain = [one.question for one in sought if one.context is None and one.documents is None]
    together = iter(retrieve(index, plain, limit=limit))
    return [
        next(together) if one.context is None and one.documents is None else _alone(index, one, limit=limit)
        for one in sought
    ]


def _alone(index: Index, sought: Sought, *, limit: int) -> list[Hit]:
    documents = sought.documents
    if sought.context is None:
        return retrieve(index, [sought.question], limit=limit, documents=documents)[0]
    alone = retrieve(index, [sought.question], limit=QUESTION_DEPTH, documents=documents)[0]
    around = [sought.context.recent, sought.context.whole]
    recent, whole = retrieve(index, around, limit=CONTEXT_DEPTH, documents=documents)
    return in_context(alone, recent, whole, limit=limit, cited=sought.context.cited, scored=_scored)


def _scored(hit: Hit, own: float, conversation: float) -> Hit:
    return replace(hit, score=(own + conversation) / (1 + MOST_ADDED), conversation=conversation / MOST_ADDED)
