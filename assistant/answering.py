"""Assistant and Answer: the road from a question to a verified answer, in one screen of code.

In: a question, the conversation so far, and the documents to look in. Out: an `Answer`.
"""

import unicodedata
import uuid
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from assistant.dialogue.context import Context, context_of
from assistant.dialogue.followups import standalone
from assistant.dialogue.language import foreign, note_for_language
from assistant.dialogue.parts import Part, parts
from assistant.dialogue.pointers import points_back
from assistant.dialogue.smalltalk import note_for, smalltalk, without_courtesies
from assistant.dialogue.spelling import Vocabulary, corrected, expanded
from assistant.dialogue.turns import Place, Structure, Turn
from assistant.documents.citations import Citation, Highlight, check, cite
from assistant.errors import QuestionError
from assistant.reading.candidates import Candidate, candidates
from assistant.reading.confidence import ConfidenceModel, load_confidence
from assistant.reading.reader import Reader
from assistant.reading.structure import Finding, Quoted, looked_up
from assistant.reading.whole_lists import listed, with_its_list
from assistant.search.index import Index, open_index
from assistant.search.retrieve import Hit
from assistant.search.terms import terms_of
from assistant.searching import Sought, search
from assistant.settings import Settings

Status = Literal["answered", "partial", "not_found"]
Timed = Callable[[str], AbstractContextManager[object]]  # a stage's name → a block whose time is measured
NOT_FOUND = "These documents do not say."
CLOSEST = 3
FIRST = 8  # hits that are read before it is asked whether the others have to be
CLEAR = 0.85  # confidence from which on they have not
RECALLED = 6  # messages before an earlier question that is asked again


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A request understood: the question as typed, as it stands alone, its parts, and what was mended in it.

    Small talk and a question in another language have no parts, but a `note` that replies to them.
    """

    request: Request
    question: str
    alone: str
    parts: tuple[Part, ...]
    corrections: tuple[str, ...] = ()
    note: str = ""
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class _Reply:
    """What one part of a question was given: quotes, or what comes closest."""

    part: str
    found: Finding
    confidence: float
    ranked: Sequence[Candidate] = ()

    @property
    def answered(self) -> bool:
        return bool(self.found.quotes)


def untimed(_stage: str) -> AbstractContextManager[object]:
    """Measure nothing."""
    return nullcontext()


class Assistant:
    """An opened index with all that is needed to answer from it. Safe to share between threads.

    Whoever wants the stages of an answer measured (understand, search, read, compose) sets `timed`.
    """

    def __init__(self, index: Index, settings: Settings, *, reader: Reader, confidence: ConfidenceModel) -> None:
        self.index = index
        self.settings = settings
        self.reader = reader
        self.timed: Timed = untimed
        self._confidence = confidence
        documents = index.documents.values()
        self._vocabulary = Vocabulary.of([text for document in documents for text in (document.title, document.text)])
        outlines = index.outlines
        self._structure = Structure(
            index.documents,
            lists={id: one.lists for id, one in outlines.items()},
            nouns=frozenset(noun for one in outlines.values() for noun in one.nouns),
        )

    @classmethod
    def open(cls, settings: Settings) -> "Assistant":
        """Open the index that the settings name. Raises `StaleIndexError` with the command to run."""
        return cls(open_index(settings), settings, reader=Reader(), confidence=load_confidence())

    def search(self, question: str, *, limit: int, documents: Collection[str] | None = None) -> list[Hit]:
        """The best passages for a standalone question, best first."""
        return search(self.index, [self._sought(question, documents)], limit=limit)[0]

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Collection[str] | None = None) -> Answer:
        """Answer one question. Raises `QuestionError` when it is empty, too long or names an unknown document."""
        return self.ask_all([Request(question, history, documents)])[0]

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer many questions; the same answers as one by one, but encoded together."""
        return self._answers(requests, timed=self.timed)

    def _answers(self, requests: Sequence[Request], *, timed: Timed) -> list[Answer]:
        with timed("understand"):
            asked = [self.understood(request) for request in requests]
        with timed("search"):
            found = self.searched(asked)
        return [self._answer(one, hits, timed=timed) for one, hits in zip(asked, found, strict=True)]

    def searched(self, asked: Sequence[Asked]) -> list[list[list[Hit]]]:
        """The best passages, best first, for each part of each request."""
        sought = [
            self._sought(part.question, one.request.documents, one.context) for one in asked for part in one.parts
        ]
        hits = iter(search(self.index, sought, limit=self.settings.candidates))
        return [[next(hits) for _ in one.parts] for one in asked]

    def understood(self, request: Request) -> Asked:
        """What a request asks for, before anything is searched. Raises `QuestionError` as `ask` does."""
        question = clean(request.question, self.settings)
        note = self._note_for(question)
        if note:
            return Asked(request, question, question, (), note=note)
        mended = corrected(without_courtesies(question), self._vocabulary)
        history = self._recalled(mended.question, request)
        alone = standalone(mended.question, history, self._structure)
        several = len(self.index.documents if request.documents is None else request.documents) > 1
        context = context_of(mended.question, history) if several else None
        return Asked(request, question, alone, parts(alone), mended.corrections, context=context)

    def _recalled(self, question: str, request: Request) -> Sequence[Turn]:
        """The history with the places that its last answer quoted: where the caller kept none, it is asked again."""
        history = request.history
        asked = max((place for place, turn in enumerate(history) if turn.role == "user"), default=None)
        if asked is None or any(turn.citations for turn in history[asked:]):
            return history
        said = "\n".join(turn.content for turn in history[asked + 1 :])
        unchanged = standalone(question, history, self._structure) == question
        if NOT_FOUND in said or (unchanged and not points_back(question)):  # nothing to recall, or no need to
            return history
        earlier = Request(history[asked].content, history[max(0, asked - RECALLED) : asked], request.documents)
        try:
            [again] = self._answers([earlier], timed=untimed)
        except QuestionError:  # a message that could not be asked today tells nothing, but spoils nothing either
            return history
        places = tuple(Place(one.document, one.start, one.end) for one in again.citations)
        return [*history[: asked + 1], Turn("assistant", said or again.answer, places)]

    def _note_for(self, question: str) -> str:
        """What small talk or a language that no document is in is told; empty for a question to search for."""
        documents = self.index.documents.values()
        if talk := smalltalk(question):
            return note_for(talk, [document.title for document in documents], self.settings.sample_questions)
        languages = {document.source.language for document in documents}
        language = foreign(question, languages)
        return note_for_language(language, sorted(languages)) if language else ""

    def _sought(
        self, question: str, documents: Collection[str] | None = None, context: Context | None = None
    ) -> Sought:
        return Sought(expanded(question, self._vocabulary), context, documents)

    def _answer(self, asked: Asked, hits: Sequence[list[Hit]], *, timed: Timed) -> Answer:
        documents = asked.request.documents
        with timed("read"):
            replies = [
                self._reply(part.question, documents, found) for part, found in zip(asked.parts, hits, strict=True)
            ]
            if not all(part.sure for part in asked.parts) and not all(reply.answered for reply in replies):
                sought = self._sought(asked.alone, documents, asked.context)
                together = search(self.index, [sought], limit=self.settings.candidates)[0]
                replies = [self._reply(asked.alone, documents, together)]
        with timed("compose"):
            return self._composed(asked, replies)

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

    def _reply(self, question: str, documents: Collection[str] | None, hits: Sequence[Hit]) -> _Reply:
        """What the structure of the documents answers, else what the reader finds in the hits."""
        outlines = self.index.outlines
        if documents is not None:
            outlines = {id: outline for id, outline in outlines.items() if id in documents}
        found = looked_up(question, outlines, self.index.links)
        if found is not None and found.quotes:
            return _Reply(question, found, self._confidence.structure)
        ranked, confidence = self.ranked(question, hits)
        if found is not None:  # a number that does not exist
            return _Reply(question, found, min(confidence, 1 - self._confidence.structure), ranked)
        whole = listed(question, outlines, self.index.links, self.index.terms, ranked)
        if whole is not None:
            return _Reply(question, whole, self._confidence.structure, ranked)
        sure = confidence >= self.settings.threshold
        quotes = with_its_list(question, outlines, ranked[0]) if sure else ()
        return _Reply(question, Finding(quotes), confidence, ranked)

    def ranked(self, question: str, hits: Sequence[Hit]) -> tuple[list[Candidate], float]:
        """The candidates, best first, and the probability that the best one is right.

        The first hits are read first; the others only where these leave a doubt.
        """
        read = candidates(self.index, self.reader, question, hits[:FIRST])
        ranked, confidence = self._scored(question, read)
        if confidence >= CLEAR or len(hits) <= FIRST:
            return ranked, confidence
        return self._scored(question, [*read, *candidates(self.index, self.reader, question, hits[FIRST:])])

    def _scored(self, question: str, read: Sequence[Candidate]) -> tuple[list[Candidate], float]:
        model = self._confidence
        ranked = sorted(read, key=lambda item: -model.place(item.evidence))  # stable: equals keep the order of the hits
        if not ranked or not terms_of(question):  # "the of and to in": nothing is asked for
            return ranked, 0.0
        best, *others = [model.score(item.evidence) for item in ranked[:2]]
        return ranked, model.confidence(ranked[0].evidence, best=best, second=max(others, default=0.0))

    def _beside(self, citations: Sequence[Citation], replies: Sequence[_Reply]) -> tuple[Citation, ...]:
        """The best candidates of other sections: related reading, or what comes nearest when nothing was found."""
        taken = {(citation.document, citation.section_path) for citation in citations}
        closest: list[Citation] = []
        for item in (item for reply in replies for item in reply.ranked):
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
