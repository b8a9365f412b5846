"""An answer while it comes about, as server-sent events, and for some minutes afterwards, by its id.

In: a question and the assistant. Out: a stream of the events below, each with JSON as its data, and comments while
there is nothing to tell (WHATWG HTML, "Server-sent events"). Who hangs up loses nothing: the work goes on, and
`KeptAnswers` holds what came of it.

    question   the answer's id, the question, and the question as it would be asked without the conversation
    reading    the sections in which the answer is looked for, the most promising first
    answer     the answer, the same JSON as without a stream, citations and all
    done       the id; the end. In place of these last two, `error` holds a problem (RFC 9457) and is the end
"""

import asyncio
import json
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Literal

from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from assistant.answering import Answer, Assistant, Request
from assistant.errors import QuestionError
from assistant.search.retrieve import Hit
from assistant.service.exchange import Exchange, answered
from assistant.service.problems import problem
from assistant.service.work import Work

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "text/event-stream"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the latter keeps nginx from collecting events
HEARTBEAT_SECONDS = 10.0
HEARTBEAT = b": still at work\n\n"
MOST_KEPT = 1000
KEPT_SECONDS = 600.0
LOST = "something went wrong here; the operator finds the reason in the log"

# What OpenAPI says beside the JSON of an answer.
DESCRIBED: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "description": "`question`, `reading`, `answer`, `done`"}}}
}


class Asked(BaseModel):
    """The data of `question`: what is being answered, and the id under which the answer can be had."""

    id: str
    question: str
    standalone_question: str


class ReadSection(BaseModel):
    """A section that is being read; a document's own first lines have an empty path."""

    document: str
    title: str
    section_path: tuple[str, ...]


class Reading(BaseModel):
    """The data of `reading`."""

    sections: list[ReadSection]


class Done(BaseModel):
    """The data of `done`."""

    id: str


class Working(BaseModel):
    """An answer that is still being worked out."""

    id: str
    status: Literal["working"] = "working"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no answer came of a question: an HTTP status and one line."""

    status: int
    detail: str

    def response(self) -> Response:
        """The same as a problem."""
        return problem(self.status, self.detail)


Outcome = Answer | Fault


class KeptAnswers:
    """What came of the last streamed questions, by id; bounded in number and in age. Safe to share between threads."""

    def __init__(
        self, *, most: int = MOST_KEPT, seconds: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, Outcome | None]] = OrderedDict()

    def begin(self, id: str) -> None:
        """Remember that a question is being answered."""
        self._put(id, None)

    def finish(self, id: str, outcome: Outcome) -> Outcome:
        """Keep what came of it, from now on for as long as answers are kept, and give it back."""
        self._put(id, outcome)
        return outcome

    def find(self, id: str) -> Outcome | None:
        """What came of a question, None while it is being answered. Raises `KeyError` when nothing is known of it."""
        with self._lock:
            self._forget()
            return self._kept[id][1]

    def _put(self, id: str, outcome: Outcome | None) -> None:
        with self._lock:
            self._kept[id] = (self._clock(), outcome)
            self._kept.move_to_end(id)
            self._forget()

    def _forget(self) -> None:
        oldest = self._clock() - self._seconds
        while self._kept and (len(self._kept) > self._most or next(iter(self._kept.values()))[0] <= oldest):
            self._kept.popitem(last=False)


def wants_events(accept: str) -> bool:
    """Whether an `Accept` header names events and does not like JSON as well or better (RFC 9110, 12.5.1)."""
    liked = dict(_liking(part) for part in accept.lower().split(","))
    return liked.get(MEDIA_TYPE, 0.0) > liked.get("application/json", 0.0)


def _liking(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return media, float(weights[0]) if weights else 1.0
    except ValueError:
        return media, 0.0


async def stream_answer(
    assistant: Assistant, request: Request, *, exchange: Exchange, kept: KeptAnswers, work: Work
) -> Response:
    """The events of one question. Raises `QuestionError` before anything is sent when it cannot be answered."""
    request = replace(exchange.continued(request), id=secrets.token_hex(16))
    loop = asyncio.get_running_loop()
    begun: asyncio.Future[Sequence[bytes]] = loop.create_future()

    def asking() -> Outcome:
        """Tell what is known at first, and go on: one turn for both, so that nobody queues twice."""
        first = _first_events(assistant, request)
        kept.begin(request.id)
        loop.call_soon_threadsafe(_settle, begun, first)
        return kept.finish(request.id, outcome_of(assistant, request, exchange=exchange))

    asked = work.begin(asking)
    asked.add_done_callback(lambda done: _fail(begun, done))
    first = await begun
    headers = {**HEADERS, **exchange.headers, "content-location": f"/v1/answers/{request.id}"}
    return StreamingResponse(_events(first, asked, id=request.id), headers=headers, media_type=MEDIA_TYPE)


def _settle(begun: asyncio.Future[Sequence[bytes]], first: Sequence[bytes]) -> None:
    if not begun.done():  # whoever waited may have gone away
        begun.set_result(first)


def _fail(begun: asyncio.Future[Sequence[bytes]], asked: asyncio.Task[Outcome]) -> None:
    """Tell whoever waits for the first events that there will be none."""
    error = None if asked.cancelled() else asked.exception()
    if begun.done():
        return
    if error is None:
        begun.cancel()
    else:
        begun.set_exception(error)


def _first_events(assistant: Assistant, request: Request) -> Sequence[bytes]:
    question, alone, hits = stages(assistant, request)
    return (
        event("question", Asked(id=request.id, question=question, standalone_question=alone).model_dump()),
        event("reading", Reading(sections=_sections(assistant, hits)).model_dump()),
    )


def stages(assistant: Assistant, request: Request) -> tuple[str, str, list[Hit]]:
    """The question as it is taken, as it stands alone, and what will be read for it, known long before the answer.

    Raises `QuestionError` when the question is empty, too long or names an unknown document.
    """
    asked = assistant.understood(request)
    [found] = assistant.searched([asked])
    return asked.question, asked.alone, [hit for hits in found for hit in hits]


def outcome_of(assistant: Assistant, request: Request, *, exchange: Exchange) -> Outcome:
    """The answer, or why there is none: nobody is left to raise an error to once a response has begun."""
    try:
        return answered(assistant, request, exchange=exchange)
    except QuestionError as error:
        return Fault(422, str(error))
    except Exception:
        LOG.exception("a streamed question found no answer")
        return Fault(500, LOST)


async def heartbeats(working: asyncio.Future[Any]) -> AsyncIterator[bytes]:
    """A comment every `HEARTBEAT_SECONDS` until the work is done, so that nobody closes a silent connection."""
    while not (await asyncio.wait((working,), timeout=HEARTBEAT_SECONDS))[0]:
        yield HEARTBEAT


def event(name: str, data: Mapping[str, Any]) -> bytes:
    """One event as it is sent."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _events(first: Iterable[bytes], asked: asyncio.Future[Outcome], *, id: str) -> AsyncIterator[bytes]:
    for one in first:
        yield one
    async for heartbeat in heartbeats(asked):
        yield heartbeat
    outcome = asked.result()
    if isinstance(outcome, Fault):
        yield event("error", json.loads(bytes(outcome.response().body)))
        return
    yield event("answer", outcome.as_json())
    yield event("done", Done(id=id).model_dump())


def _sections(assistant: Assistant, hits: Iterable[Hit]) -> list[ReadSection]:
    places = dict.fromkeys((hit.passage.document, hit.passage.section) for hit in hits)
    found = ((assistant.index.documents[document], section) for document, section in places)
    return [
        ReadSection(document=document.id, title=document.title, section_path=document.path_of(section))
        for document, section in found
    ]
