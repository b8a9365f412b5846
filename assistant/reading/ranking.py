"""A question and its hits → its candidates, best first, and how likely the first one is right.

In: hits, best first. Out: a `Ranking`. The best few hits are read first, the others only where these leave a doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.reading.candidates import Candidate, Wanted, candidates
from assistant.reading.confidence import ConfidenceModel
from assistant.reading.reader import Reader
from assistant.search.index import Index
from assistant.search.retrieve import Hit
from assistant.search.terms import terms_of

FIRST = 8  # hits that are read before it is asked whether the others have to be
CLEAR = 0.85  # confidence from which on they have not


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, and the probability that the first of them is right."""

    candidates: Sequence[Candidate] = ()
    confidence: float = 0.0


NOTHING_READ = Ranking()


def ranked(index: Index, question: str, hits: Sequence[Hit], *, reader: Reader, model: ConfidenceModel) -> Ranking:
    """Everything in the hits that could be quoted, in order; equals keep the order of the hits."""
    if not terms_of(question):  # "the of and to in": nothing is asked for
        return NOTHING_READ
    wanted = Wanted(index, question)
    read = candidates(wanted, hits[:FIRST], reader=reader)
    found = in_order(read, model)
    if found.confidence >= CLEAR or len(hits) <= FIRST:
        return found
    return in_order([*read, *candidates(wanted, hits[FIRST:], reader=reader)], model)


def in_order(read: Sequence[Candidate], model: ConfidenceModel) -> Ranking:
    """Candidates by what the model thinks of their evidence."""
    if not read:
        return NOTHING_READ
    order = sorted(read, key=lambda item: -model.place(item.evidence))  # stable
    # A rival that is only set behind for its kind is a rival still.
    rivals = [*order[1:2], *(item for item in order[2:] if not item.evidence.kind)][:2]
    best, *others = [model.score(item.evidence) for item in (order[0], *rivals)]
    return Ranking(order, model.confidence(order[0].evidence, best=best, second=max(others, default=0.0)))
