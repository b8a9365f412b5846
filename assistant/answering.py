"""Assistant and Answer: the road from a question to a verified answer, in one screen of code.

In: a question, the conversation so far, and the documents to look in. Out: an `Answer`.
"""

import unicodedata
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.dialogue.followups import Turn, standalone
from assistant.documents.citations import Citation, Highlight, check, cite
from assistant.errors import QuestionError
from assistant.reading.candidates import Candidate, candidates
from assistant.reading.confidence import ConfidenceModel, load_confidence
from assistant.reading.reader import Reader
from assistant.search.index import Index, open_index
from assistant.search.retrieve import Hit, retrieve
from assistant.settings import Settings

Status = Literal["answered", "partial", "not_found"]
NOT_FOUND = "These documents do not say."
CLOSEST = 3
BLOCK = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known after a question; `as_json` is its one public form (DESIGN: "Answer as JSON")."""

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


@dataclass(frozen=True, slots=True)
class Request:
    """One question on its way in; `documents` limits the search to these ids, `id` is echoed in the answer."""

    question: str
    history: Sequence[Turn] = ()
    documents: Collection[str] | None = None
    id: str = ""


class Assistant:
    """An opened index with all that is needed to answer from it. Safe to share between threads."""

    def __init__(self, index: Index, settings: Settings, *, reader: Reader, confidence: ConfidenceModel) -> None:
        self.index = index
        self.settings = settings
        self.reader = reader
        self._confidence = confidence

    @classmethod
    def open(cls, settings: Settings) -> "Assistant":
        """Open the index that the settings name. Raises `StaleIndexError` with the command to run."""
        return cls(open_index(settings), settings, reader=Reader(), confidence=load_confidence())

    def search(self, question: str, *, limit: int, documents: Collection[str] | None = None) -> list[Hit]:
        """The best passages for a standalone question, best first."""
        return retrieve(self.index, [question], limit=limit, documents=documents)[0]

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Collection[str] | None = None) -> Answer:
        """Answer one question. Raises `QuestionError` when it is empty, too long or names an unknown document."""
        return self.ask_all([Request(question, history, documents)])[0]

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer many questions; the same answers as one by one, but encoded together."""
        questions = [clean(request.question, self.settings) for request in requests]
        alone = [standalone(question, request.history) for question, request in zip(questions, requests, strict=True)]
        hits = self._retrieve_all(alone, requests)
        return [
            self._answer(request, question, one, found)
            for request, question, one, found in zip(requests, questions, alone, hits, strict=True)
        ]

    def _retrieve_all(self, questions: Sequence[str], requests: Sequence[Request]) -> list[list[Hit]]:
        limit = self.settings.candidates
        if all(request.documents is None for request in requests):
            return retrieve(self.index, questions, limit=limit)
        return [
            self.search(question, limit=limit, documents=request.documents)
            for question, request in zip(questions, requests, strict=True)
        ]

    def _answer(self, request: Request, question: str, alone: str, hits: list[Hit]) -> Answer:
        read = candidates(self.index, self.reader, alone, hits)
        scored = [(self._confidence.score(item.evidence), item) for item in read]
        scored.sort(key=lambda pair: -pair[0])  # stable: equal scores keep the order of the hits
        ranked = [item for _, item in scored]
        confidence = 0.0
        if scored:
            second = scored[1][0] if len(scored) > 1 else 0.0
            confidence = self._confidence.confidence(scored[0][1].evidence, best=scored[0][0], second=second)
        found = confidence >= self.settings.threshold
        citations = tuple(self._cite(item, marked=True) for item in ranked[:1]) if found else ()
        return Answer(
            id=request.id or uuid.uuid4().hex,
            question=question,
            standalone_question=alone,
            status="answered" if found else "not_found",
            answer="\n".join(self._marked_words(citation) for citation in citations),
            confidence=round(confidence, 4),
            citations=citations,
            closest=self._closest(ranked, beside=citations),
            index_version=self.index.version,
            note=None if found else NOT_FOUND,
        )

    def _closest(self, ranked: Sequence[Candidate], *, beside: Sequence[Citation]) -> tuple[Citation, ...]:
        """The best candidates of other sections: related reading, or what comes nearest when nothing was found."""
        taken = {(citation.document, citation.section_path) for citation in beside}
        closest: list[Citation] = []
        for item in ranked:
            citation = self._cite(item, marked=False)
            place = (citation.document, citation.section_path)
            if place not in taken:
                taken.add(place)
                closest.append(citation)
            if len(closest) == CLOSEST:
                break
        return tuple(closest)

    def _marked_words(self, citation: Citation) -> str:
        text = self.index.documents[citation.document].text
        return "\n".join(text[mark.start : mark.end] for mark in citation.highlights)

    def _cite(self, item: Candidate, *, marked: bool) -> Citation:
        document = self.index.documents[item.hit.passage.document]
        highlights = (Highlight(item.answer.start, item.answer.end),) if marked else ()
        citation = cite(document, item.hit.passage.section, item.span.start, item.span.end, highlights=highlights)
        check(citation, document)
        return citation


def clean(question: str, settings: Settings) -> str:
    """The question without control characters and outer space, in Unicode's composed form (NFC).

    Raises `QuestionError` when nothing is left, when it is too long, or when it is not text (a lone surrogate).
    """
    if any(0xD800 <= ord(character) <= 0xDFFF for character in question):
        raise QuestionError("the question holds half a character (a lone surrogate); send valid Unicode")
    spaced = "".join(" " if unicodedata.category(character) == "Cc" else character for character in question)
    cleaned = unicodedata.normalize("NFC", spaced).strip()
    if not cleaned:
        raise QuestionError("the question is empty; send 1 character at least")
    longest = settings.max_question_characters
    if len(cleaned) > longest:
        raise QuestionError(f"the question has {len(cleaned)} characters; send {longest} at most")
    return cleaned
