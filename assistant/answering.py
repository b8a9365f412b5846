"""Assistant and Answer: the road from a question to a verified answer, in one screen of code.

In: a question, the conversation so far, and the documents to look in. Out: an `Answer`.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from assistant.dialogue.parts import Part
from assistant.dialogue.turns import Place, Turn
from assistant.documents.citations import Citation, Highlight, check, cite
from assistant.reading.confidence import ConfidenceModel, load_confidence
from assistant.reading.leads import with_its_list
from assistant.reading.ranking import NOTHING_READ, Ranking, ranked
from assistant.reading.reader import Reader
from assistant.reading.structure import Finding, Quoted, looked_up
from assistant.reading.whole_lists import listed
from assistant.search.index import Index, open_index
from assistant.search.retrieve import Hit, check_documents
from assistant.searching import search
from assistant.settings import Settings
from assistant.understanding import NOT_FOUND, Asked, Request, Understanding, clean

Status = Literal["answered", "partial", "not_found"]
Hits = Sequence[Sequence[Hit]]  # for each part of a question, best first
Timed = Callable[[str], AbstractContextManager[object]]  # a stage's name → a block whose time is measured
Told = Callable[[Asked, Hits], None]  # what a question was understood as, and where its answer is looked for
CLOSEST = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known after a question; `as_json` is its one public form (docs/api.md)."""

    id: str
    question: str
    standalone_question: str
    status: Status
    answer: str
    confidence: float
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    index_version: str
    note: str | None = None
    unanswered: tuple[str, ...] = ()
    derived: str | None = None
    ambiguous: bool = False
    corrections: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether at least a part of the question was answered."""
        return self.status != "not_found"

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON-ready values, the same for the API, batch JSONL and `ask --json`."""
        return asdict(self) | {"answered": self.answered}

    def turns(self) -> tuple[Turn, Turn]:
        """The two messages that question and answer are in the history of what follows."""
        places = tuple(Place(citation.document, citation.start, citation.end) for citation in self.citations)
        return Turn("user", self.question), Turn("assistant", self.answer or self.note or "", places)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What one part of a question was given: quotes, or what comes closest."""

    part: str
    found: Finding
    confidence: float
    ranking: Ranking = NOTHING_READ

    @property
    def answered(self) -> bool:
        return bool(self.found.quotes)


def _each_its_own(parts: Sequence[Part], replies: Sequence[_Reply]) -> list[_Reply]:
    """The replies, none with the very words of one before: what answers "where" does not answer "how long".

    Parts of one sentence ("Where were the army and the police sent?") may well be answered by the same words.
    """
    if len(parts) != len(replies) or not all(part.sure for part in parts):
        return list(replies)
    kept: list[_Reply] = []
    for reply in replies:
        again = any(reply.found.quotes == other.found.quotes for other in kept if other.answered)
        kept.append(replace(reply, found=Finding(())) if again else reply)
    return kept


def untimed(_stage: str) -> AbstractContextManager[object]:
    """Measure nothing."""
    return nullcontext()


def untold(_asked: Asked, _hits: Hits) -> None:
    """Tell nobody."""


class Assistant:
    """An opened index with all that is needed to answer from it. Safe to share between threads.

    Whoever wants the stages of an answer measured (understand, search, read, compose) sets `timed`.
    """

    def __init__(self, index: Index, settings: Settings, *, reader: Reader, confidence: ConfidenceModel) -> None:
        self.index = index
        self.settings = settings
        self.reader = reader
        self.confidence = confidence
        self.timed: Timed = untimed
        self.understanding = Understanding(index, settings, recall=self._recall)

    @classmethod
    def open(cls, settings: Settings) -> "Assistant":
        """Open the index that the settings name. Raises `StaleIndexError` with the command to run."""
        return cls(open_index(settings), settings, reader=Reader(), confidence=load_confidence())

    def check(self, request: Request) -> None:
        """Raise the `QuestionError` that `ask` would raise, before anything is worked out."""
        clean(request.question, self.settings)
        check_documents(request.documents, self.index.documents)

    def search(self, question: str, *, limit: int, documents: Collection[str] | None = None) -> list[Hit]:
        """The best passages for a standalone question, best first."""
        return search(self.index, [self.understanding.sought(question, documents)], limit=limit)[0]

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Collection[str] | None = None) -> Answer:
        """Answer one question. Raises `QuestionError` when it is empty, too long or names an unknown document."""
        return self.ask_all([Request(question, history, documents)])[0]

    def ask_all(self, requests: Sequence[Request], *, tell: Told = untold) -> list[Answer]:
        """Answer many questions; the same answers as one by one, but encoded together.

        `tell` learns of each question what is known of it before it is read.
        """
        return self._answers(requests, timed=self.timed, tell=tell)

    def ranked(self, question: str, hits: Sequence[Hit]) -> Ranking:
        """The candidates for a standalone question, best first, and the probability that the best one is right."""
        return ranked(self.index, question, hits, reader=self.reader, model=self.confidence)

    def _answers(self, requests: Sequence[Request], *, timed: Timed, tell: Told = untold) -> list[Answer]:
        with timed("understand"):
            asked = [self.understanding.of(request) for request in requests]
        with timed("search"):
            found = self._searched(asked)
        for one, hits in zip(asked, found, strict=True):
            tell(one, hits)
        return [self._answer(one, hits, timed=timed) for one, hits in zip(asked, found, strict=True)]

    def _recall(self, request: Request) -> Turn:
        return self._answers([request], timed=untimed)[0].turns()[1]

    def _searched(self, asked: Sequence[Asked]) -> list[Hits]:
        sought = [
            self.understanding.sought(part.question, one.request.documents, one.context)
            for one in asked
            for part in one.parts
        ]
        hits = iter(search(self.index, sought, limit=self.settings.candidates))
        return [[next(hits) for _ in one.parts] for one in asked]

    def _answer(self, asked: Asked, hits: Hits, *, timed: Timed) -> Answer:
        documents = asked.request.documents
        cited = asked.context.cited if asked.context and asked.alone != asked.question else ()
        with timed("read"):
            replies = [
                self._reply(part.question, documents, found, cited)
                for part, found in zip(asked.parts, hits, strict=True)
            ]
            if not all(part.sure for part in asked.parts) and not all(reply.answered for reply in replies):
                sought = self.understanding.sought(asked.alone, documents, asked.context)
                together = search(self.index, [sought], limit=self.settings.candidates)[0]
                replies = [self._reply(asked.alone, documents, together, cited)]
        with timed("compose"):
            return self._composed(asked, _each_its_own(asked.parts, replies))

    def _composed(self, asked: Asked, replies: Sequence[_Reply]) -> Answer:
        answered = [reply for reply in replies if reply.answered]
        citations = tuple(dict.fromkeys(self._cite(quote) for reply in answered for quote in reply.found.quotes))
        unanswered = tuple(reply.part for reply in replies if not reply.answered)
        notes = dict.fromkeys(reply.found.note or NOT_FOUND for reply in replies if not reply.answered)
        note = asked.note or "; ".join(notes) or None
        return Answer(
            id=asked.request.id or uuid.uuid4().hex,
            question=asked.question,
            standalone_question=asked.alone,
            status="not_found" if not answered else "partial" if unanswered else "answered",
            answer="\n".join(dict.fromkeys(self._marked_words(citation) for citation in citations)),
            confidence=round(min((reply.confidence for reply in answered or replies), default=0.0), 4),
            citations=citations,
            closest=self._beside(citations, replies),
            index_version=self.index.version,
            note=note,
            unanswered=unanswered if answered else (),
            derived="; ".join(reply.found.derived for reply in answered if reply.found.derived) or None,
            ambiguous=any(reply.found.ambiguous for reply in answered),
            corrections=asked.corrections,
        )

    def _reply(
        self, question: str, documents: Collection[str] | None, hits: Sequence[Hit], cited: Collection[str]
    ) -> _Reply:
        """What the structure of the documents answers, else what the reader finds in the hits.

        `cited` are the documents that a question looks to which only follows from what was said before.
        """
        outlines = self.index.outlines
        if documents is not None:
            outlines = {id: outline for id, outline in outlines.items() if id in documents}
        found = looked_up(question, outlines, self.index.links, cited=cited)
        sure = self.confidence.structure
        if found is not None and found.quotes:
            return _Reply(question, found, sure)
        ranking = self.ranked(question, hits)
        if found is not None:  # a number that does not exist
            return _Reply(question, found, min(ranking.confidence, 1 - sure), ranking)
        whole = listed(question, outlines, self.index.links, self.index.terms, ranking.candidates)
        if whole is not None:
            return _Reply(question, whole, sure, ranking)
        if not ranking.candidates or ranking.confidence < self.settings.threshold:
            return _Reply(question, Finding(()), ranking.confidence, ranking)
        quotes = with_its_list(question, outlines, self.index.links, ranking.candidates[0])
        return _Reply(question, Finding(quotes), ranking.confidence, ranking)

    def _beside(self, citations: Sequence[Citation], replies: Sequence[_Reply]) -> tuple[Citation, ...]:
        """The best candidates of other sections: related reading, or what comes nearest when nothing was found."""
        taken = {(citation.document, citation.section_path) for citation in citations}
        closest: list[Citation] = []
        for item in (item for reply in replies for item in reply.ranking.candidates):
            passage = item.hit.passage
            place = (passage.document, self.index.documents[passage.document].path_of(passage.section))
            if place not in taken:
                taken.add(place)
                closest.append(replace(self._cite(Quoted.of(item)), highlights=()))
            if len(closest) == CLOSEST:
                break
        return tuple(closest)

    def _marked_words(self, citation: Citation) -> str:
        text = self.index.documents[citation.document].text
        return "\n".join(text[mark.start : mark.end] for mark in citation.highlights)

    def _cite(self, quoted: Quoted) -> Citation:
        document = self.index.documents[quoted.document]
        highlights = (Highlight(quoted.answer.start, quoted.answer.end),)
        citation = cite(document, quoted.section, quoted.span.start, quoted.span.end, highlights=highlights)
        check(citation, document)
        return citation
