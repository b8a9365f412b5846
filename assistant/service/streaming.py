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
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Literal

from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from assistant.answering import Answer, Assistant, Hits, Told, untold
from assistant.errors import QuestionError
from assistant.search.retrieve import Hit
from assistant.service.exchange import Exchange, answered
from assistant.service.problems import problem
from assistant.service.work import Work
from assistant.understanding import Asked as Understood
from assistant.understanding import Request

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "text/event-stream"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the latter keeps nginx from collecting events
HEARTBEAT_SECONDS = 10.0
HEARTBEAT = b": still at work\n\n"
END = b""  # in the place of an event: there will be no other
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
    """The events of one question.

    Before anything is sent, raises `QuestionError` when it cannot be answered, and 503 when too many are waiting.
    """
    assistant.check(request)
    request = replace(exchange.continued(request), id=secrets.token_hex(16))
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[bytes] = asyncio.Queue()

    def send(*told: bytes) -> None:
        for one in told:
            loop.call_soon_threadsafe(events.put_nowait, one)

    def tell(asked: Understood, hits: Hits) -> None:
        send(*_known(assistant, asked, hits))

    def asking() -> None:
        outcome = outcome_of(assistant, request, exchange=exchange, tell=tell)
        send(*_last(kept.finish(request.id, outcome), id=request.id), END)

    work.begin(asking)  # a task, which runs when this function is done and not before
    kept.begin(request.id)
    headers = {**HEADERS, **exchange.headers, "content-location": f"/v1/answers/{request.id}"}
    return StreamingResponse(_sent(events), headers=headers, media_type=MEDIA_TYPE)


async def _sent(events: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
    """The events as they come, and a heartbeat whenever none has come for a while: in the queue for a turn, too."""
    while (one := await _next(events)) != END:
        yield one


async def _next(events: asyncio.Queue[bytes]) -> bytes:
    try:
        return await asyncio.wait_for(events.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return HEARTBEAT


def _known(assistant: Assistant, asked: Understood, hits: Hits) -> tuple[bytes, bytes]:
    """The first two events: what is known of a question before it is read."""
    opening = Asked(id=asked.request.id, question=asked.question, standalone_question=asked.alone)
    sections = _sections(assistant, [hit for found in hits for hit in found])
    return event("question", opening.model_dump()), event("reading", Reading(sections=sections).model_dump())


def _last(outcome: Outcome, *, id: str) -> tuple[bytes, ...]:
    if isinstance(outcome, Fault):
        return (event("error", json.loads(bytes(outcome.response().body))),)
    return event("answer", outcome.as_json()), event("done", Done(id=id).model_dump())


def outcome_of(assistant: Assistant, request: Request, *, exchange: Exchange, tell: Told = untold) -> Outcome:
    """The answer, or why there is none: nobody is left to raise an error to once a response has begun."""
    try:
        return answered(assistant, request, exchange=exchange, tell=tell)
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


def _sections(assistant: Assistant, hits: Iterable[Hit]) -> list[ReadSection]:
    places = dict.fromkeys((hit.passage.document, hit.passage.section) for hit in hits)
    found = ((assistant.index.documents[document], section) for document, section in places)
    return [
        ReadSection(document=document.id, title=document.title, section_path=document.path_of(section))
        for document, section in found
    ]
