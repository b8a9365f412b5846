"""The doors that other software already knows: OpenAI's models and chat completions, for any existing chat front end.

In: a conversation in OpenAI's shape. Out: the answer as Markdown, the documents' words first, then numbered references;
the citations in full in the extra field `citations` of the message, or of the last chunk's delta. What the documents
do not hold is a plain message that says so.
"""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from assistant.answering import Answer, Assistant
from assistant.service import streaming
from assistant.service.completion_errors import OpenAIRoute, UnknownModelError, error_body, errors
from assistant.service.completion_markdown import paragraphs
from assistant.service.completion_models import (
    MODEL,
    Choice,
    Chunk,
    ChunkChoice,
    Completion,
    CompletionMessage,
    CompletionRequest,
    Delta,
    Model,
    ModelList,
    Usage,
    citations_of,
)
from assistant.service.endpoints import PRIVATE, Opened
from assistant.service.exchange import Exchanged, answered
from assistant.service.guards import json_only
from assistant.service.streaming import Fault, Outcome, heartbeats, outcome_of
from assistant.service.work import Worked
from assistant.settings import Settings
from assistant.understanding import Request as Question

DONE = b"data: [DONE]\n\n"
LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
STARTED = int(time.time())  # the model is as old as the process that offers it
# Without a schema: what one would be of, an event or all of them, each version of OpenAPI sees in its own way.
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A completion, or, with `stream`, events whose data are `Chunk`s.",
        "content": {streaming.MEDIA_TYPE: {}},
    }
}

router = APIRouter(route_class=OpenAIRoute, tags=["OpenAI-compatible"], responses=errors("default"))


@router.get("/v1/models", summary="List the models")
def get_models(assistant: Opened) -> ModelList:
    """The one model, which quotes the documents."""
    return ModelList(data=[_model(assistant)])


@router.get("/v1/models/{model}", summary="Describe a model", responses=errors(404))
def get_model(model: str, assistant: Opened) -> Model:
    """The one model, by its name."""
    _check(model)
    return _model(assistant)


@router.post(
    "/v1/chat/completions",
    summary="Answer the last question of a conversation",
    response_model=Completion,
    responses=errors(400, 404, 415) | STREAMED,
    dependencies=[Depends(json_only)],
)
async def post_completion(
    body: CompletionRequest, assistant: Opened, exchange: Exchanged, work: Worked, http: Request
) -> Response:
    """The documents' words in answer to the user's last message, which is understood after those before it."""
    _check(body.model)
    request = replace(exchange.continued(body.request()), id=secrets.token_hex(16))
    writer = _Writer(assistant, request, base=base_of(http, assistant.settings))
    if body.stream:
        assistant.check(request)  # what cannot be used is told before the stream begins
        asking = partial(outcome_of, assistant, request, exchange=exchange)
        return StreamingResponse(
            _chunks(writer, work.begin(asking), usage=body.wants_usage),
            headers={**streaming.HEADERS, **exchange.headers},
            media_type=streaming.MEDIA_TYPE,
        )
    answer = await work.finished(partial(answered, assistant, request, exchange=exchange))
    return JSONResponse(writer.completion(answer).model_dump(), headers={**PRIVATE, **exchange.headers})


def base_of(request: Request, settings: Settings) -> str:
    """What stands before the path of a reference: `public_url`, or the address that a request to this machine went to.

    Else nothing: a request says itself which `Host` it is for, and that must lead nobody away from here (CWE-644).
    """
    host = request.headers.get("host", "")
    if settings.public_url or not LOOPBACK.fullmatch(host):
        return settings.public_url
    return f"{request.url.scheme}://{host}{request.scope.get('root_path', '')}"


class _Writer:
    """Writes what belongs to one completion: every part of it has the same id, time and index version."""

    def __init__(self, assistant: Assistant, request: Question, *, base: str) -> None:
        self._request = request
        self._base = base
        self._contact = assistant.settings.contact
        self._common: dict[str, Any] = {
            "id": f"chatcmpl-{request.id}",
            "created": int(time.time()),
            "model": MODEL,
            "system_fingerprint": assistant.index.version,
        }

    def completion(self, answer: Answer) -> Completion:
        """The whole of it."""
        content = "".join(self._pieces(answer))
        message = CompletionMessage(content=content, citations=citations_of(answer))
        return Completion(**self._common, choices=[Choice(message=message)], usage=Usage.of(self._request, content))

    def opening(self) -> bytes:
        """The first chunk, before anything is known."""
        return self._chunk(Delta(role="assistant", content=""))

    def chunks(self, answer: Answer, *, usage: bool) -> Iterator[bytes]:
        """The chunks that make up the rest, a paragraph each."""
        pieces = self._pieces(answer)
        for piece in pieces:
            yield self._chunk(Delta(content=piece))
        yield self._chunk(Delta(citations=citations_of(answer)), last=True)
        if usage:
            yield _data(Chunk(**self._common, choices=[], usage=Usage.of(self._request, "".join(pieces))).model_dump())
        yield DONE

    def _pieces(self, answer: Answer) -> list[str]:
        first, *others = paragraphs(answer, base=self._base, contact=self._contact)
        return [first, *(f"\n\n{paragraph}" for paragraph in others)]

    def _chunk(self, delta: Delta, *, last: bool = False) -> bytes:
        choice = ChunkChoice(delta=delta, finish_reason="stop" if last else None)
        return _data(Chunk(**self._common, choices=[choice]).model_dump())


async def _chunks(writer: _Writer, working: asyncio.Future[Outcome], *, usage: bool) -> AsyncIterator[bytes]:
    yield writer.opening()
    async for heartbeat in heartbeats(working):
        yield heartbeat
    outcome = working.result()
    if isinstance(outcome, Fault):
        yield _data(error_body(outcome.status, outcome.detail).model_dump())
        return
    for chunk in writer.chunks(outcome, usage=usage):
        yield chunk


def _model(assistant: Assistant) -> Model:
    return Model(id=MODEL, created=STARTED, owned_by=assistant.settings.organisation)


def _check(model: str) -> None:
    if model != MODEL:
        raise UnknownModelError(f"there is no model {model!r}; the one there is is called {MODEL!r}")


def _data(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
