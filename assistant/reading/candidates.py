"""Hits → candidates: every piece that could be quoted, with the evidence for and against it.

In: a question and its hits. Out: `Candidate`s whose `Evidence` the confidence model turns into a probability.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.documents.document import Document, Span
from assistant.documents.passages import context
from assistant.documents.readable import readable
from assistant.reading.counting import counted_words, wanted_noun
from assistant.reading.kinds import wanted_kind
from assistant.reading.quotes import completed, units
from assistant.reading.reader import Reader, ReaderInput
from assistant.reading.table_cells import asked_cell
from assistant.search.index import Index
from assistant.search.retrieve import Hit
from assistant.search.terms import stems_of, terms_of, words_of

_NUMBER = re.compile(r"\d[\d.,]*")
_ORDINAL = re.compile(  # not "first", which mostly means "at first"
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)"
    r"teenth|twentieth)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:’')] )[A-Z][\w’'-]+")
_AUXILIARY = "(?:is|are|was|were|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had)"
_ASKING = re.compile(  # what no answer repeats: "how high is the fee?", "which rule covers dogs?"
    rf"\bhow\s+(?:big|deep|early|far|fast|high|large|late|long|old|soon|tall|wide)(?=\s+{_AUXILIARY}\b)|"
    r"\b(?P<wanted>(?:which|what)\s+\w+(?:\s+\w+)?)\s+"
    rf"(?:addresses|concerns?|covers?|deals?\s+with|describes?|mentions?|regards?|relates?\s+to)\b(?!\s+{_AUXILIARY}\b)",
    re.IGNORECASE,
)
LOWEST_MARGIN = -20.0
UNLIKE, ALIKE = 0.4, 0.8  # cosines of two words up to which they share no meaning, and from which on they share it all
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a candidate; every field is meant to grow with the likelihood of being right.

    `similarity` is the cosine of the candidate's passage, `coverage` the share of the question's terms in the candidate
    and its headings, `own_coverage` that in the candidate alone, `passage_coverage` that in the whole
    passage, each weighted by rarity; `meaning` is as `own_coverage`, but a word counts as far as the candidate holds
    one like it; `weakest` is what remains of 1 without the share of that one word to which the passage and its headings
    hold the least like;
    `names` the share of the question's names and numbers that the passage holds (1 where it has none);
    `counted` how like what the candidate counts is to what the question wants counted (1 where it wants no count);
    `margin` is the reader's, in logits / 10;
    `kind` whether the candidate holds a number or a time where the question asks for one (1 or 0);
    `conversation` how well the passage fits what was said before.
    """

    similarity: float
    coverage: float
    own_coverage: float
    passage_coverage: float
    meaning: float
    weakest: float
    names: float
    counted: float
    margin: float
    kind: float = 1.0
    conversation: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of a passage that could be quoted, `document.text[span.start:span.end]`, and its answering words."""

    hit: Hit
    span: Span
    answer: Span
    evidence: Evidence


def candidates(wanted: "Wanted", hits: Sequence[Hit], *, reader: Reader) -> list[Candidate]:
    """Every quotable unit of every hit, in the order of the hits, as the reader read it."""
    documents = [wanted.index.documents[hit.passage.document] for hit in hits]
    pieces = [units(document, hit.passage) for document, hit in zip(documents, hits, strict=True)]
    inputs = [
        ReaderInput(context(document, hit.passage), readable(document, hit.passage.start, hit.passage.end))
        for document, hit in zip(documents, hits, strict=True)
    ]
    parts = [
        [(unit.start - hit.passage.start, unit.end - hit.passage.start) for unit in cut]
        for hit, cut in zip(hits, pieces, strict=True)
    ]
    found: list[Candidate] = []
    read = reader.read_parts(wanted.question, inputs, parts)
    for document, hit, cut, readings in zip(documents, hits, pieces, read, strict=True):
        for unit, reading in zip(cut, readings, strict=True):
            answer = unit
            if reading.end > reading.start:
                marked = Span(hit.passage.start + reading.start, hit.passage.start + reading.end)
                answer = completed(document.text, unit, marked)
            if cell := asked_cell(wanted.question, document, hit.passage):
                answer = cell[0]
            evidence = wanted.evidence(document, hit, unit, margin=max(reading.margin, LOWEST_MARGIN) / 10)
            found.append(Candidate(hit, unit, answer, evidence))
    return found


class Wanted:
    """What a question asks of an index, taken apart once for all its candidates."""

    def __init__(self, index: Index, question: str) -> None:
        self.index = index
        self.question = question
        words = words_of(_ASKING.sub(lambda match: match["wanted"] or " ", question))
        distinct = dict(zip(stems_of(words), words, strict=True))  # a word for each stem
        self._terms, self._words = list(distinct), list(distinct.values())
        self._names = {term for name in names_and_numbers(question) for term in terms_of(name)}
        near = index.words.nearness(self._words, index.encoder)
        self._likeness = np.clip((near - UNLIKE) / (ALIKE - UNLIKE), 0.0, 1.0)
        rarity = np.array([index.terms.rarity(term) for term in self._terms])
        self._wanted = stems_of(words_of(wanted_noun(question)))
        self._shares = rarity / max(rarity.sum(), TINY)
        self._kind = wanted_kind(question)

    def evidence(self, document: Document, hit: Hit, unit: Span, *, margin: float) -> Evidence:
        """What speaks for a unit of a hit's passage, whose `margin` the reader gave."""
        passage = hit.passage
        heading_words = words_of(context(document, passage))
        own_text = readable(document, unit.start, unit.end)
        own_words = words_of(own_text)
        whole_words = words_of(readable(document, passage.start, passage.end))
        headings, own, whole = stems_of(heading_words), stems_of(own_words), stems_of(whole_words)
        terms = self.index.terms
        return Evidence(
            similarity=hit.dense,
            coverage=terms.coverage(self._terms, own + headings),
            own_coverage=terms.coverage(self._terms, own),
            passage_coverage=terms.coverage(self._terms, whole + headings),
            meaning=float(self._shares @ self._likest(own_words, own)),
            weakest=self._weakest(whole_words + heading_words, whole + headings),
            names=_share(self._names, {*whole, *headings}),
            counted=self._counted(own_words),
            margin=margin,
            kind=float(self._kind is None or self._kind.search(own_text) is not None),
            conversation=hit.conversation,
        )

    def _weakest(self, words: Sequence[str], terms: Sequence[str]) -> float:
        """What is left of 1 without the word of the question that a text holds the least like; 0 without words."""
        return 1.0 - float((self._shares * (1.0 - self._likest(words, terms))).max(initial=0.0 if self._words else 1.0))

    def _counted(self, words: Sequence[str]) -> float:
        if not self._wanted or self._wanted[-1] not in self._terms:
            return 1.0
        counted = counted_words(words)
        return float(self._likest(counted, stems_of(counted))[self._terms.index(self._wanted[-1])])

    def _likest(self, words: Sequence[str], terms: Sequence[str]) -> NDArray[np.float64]:
        """How like each word of the question is to the likest word of a text, from 0 to 1 (of one stem)."""
        likest = self._likeness[:, self.index.words.numbers(words)].max(axis=1, initial=0.0)
        held = set(terms)
        return np.where([term in held for term in self._terms], 1.0, likest)


def names_and_numbers(question: str) -> list[str]:
    """Numbers, ordinals and capitalised words after the first word: what an answer must not contradict."""
    return [*_NUMBER.findall(question), *_ORDINAL.findall(question), *_NAME.findall(question)]


def _share(wanted: set[str], held: Iterable[str]) -> float:
    return len(wanted & set(held)) / len(wanted) if wanted else 1.0
