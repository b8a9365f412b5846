"""Hits → candidates: every piece that could be quoted, with the evidence for and against it.

In: a question and its hits. Out: `Candidate`s whose `Evidence` the confidence model turns into a probability.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.document import Document, Span
from assistant.documents.passages import context
from assistant.reading.quotes import units
from assistant.search.index import Index
from assistant.search.retrieve import Hit
from assistant.search.terms import TermIndex, terms_of

_NUMBER = re.compile(r"\d[\d.,]*")
_NAME = re.compile(r"(?<=[\w,;:’')] )[A-Z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a candidate; every field grows with the likelihood of being right.

    `similarity` is the cosine of the candidate's passage, `coverage` the share of the question's terms in the candidate and its headings,
    `own_coverage` that in the candidate alone, `passage_coverage` that in the whole passage, each weighted by rarity;
    `names` the share of the question's names and numbers that the passage holds (1 where it has none);
    `known` the share of the question's terms that the corpus holds at all.
    """

    similarity: float
    coverage: float
    own_coverage: float
    passage_coverage: float
    names: float
    known: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of a passage that could be quoted: `document.text[span.start:span.end]`."""

    hit: Hit
    span: Span
    evidence: Evidence


def candidates(index: Index, question: str, hits: Sequence[Hit]) -> list[Candidate]:
    """Every quotable unit of every hit, in the order of the hits."""
    wanted = _Wanted(index.terms, question)
    found: list[Candidate] = []
    for hit in hits:
        document = index.documents[hit.passage.document]
        found += [Candidate(hit, unit, wanted.evidence(document, hit, unit)) for unit in units(document, hit.passage)]
    return found


class _Wanted:
    """What a question asks for, taken apart once for all its candidates."""

    def __init__(self, terms: TermIndex, question: str) -> None:
        self._index = terms
        self._terms = terms_of(question)
        self._names = {term for name in names_and_numbers(question) for term in terms_of(name)}
        self._known = terms.coverage(self._terms, [term for term in self._terms if terms.holds(term)])

    def evidence(self, document: Document, hit: Hit, unit: Span) -> Evidence:
        passage = hit.passage
        headings = terms_of(context(document, passage))
        own = terms_of(document.text[unit.start : unit.end])
        whole = terms_of(document.text[passage.start : passage.end])
        return Evidence(
            similarity=hit.dense,
            coverage=self._index.coverage(self._terms, own + headings),
            own_coverage=self._index.coverage(self._terms, own),
            passage_coverage=self._index.coverage(self._terms, whole + headings),
            names=_share(self._names, {*whole, *headings}),
            known=self._known,
        )


def names_and_numbers(question: str) -> list[str]:
    """Numbers and capitalised words after the first word: what an answer must not contradict."""
    return [*_NUMBER.findall(question), *_NAME.findall(question)]


def _share(wanted: set[str], held: Iterable[str]) -> float:
    return len(wanted & set(held)) / len(wanted) if wanted else 1.0
