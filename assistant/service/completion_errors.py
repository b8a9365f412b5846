"""Errors in OpenAI's shape, for the doors that OpenAI's clients use.

In: whatever an endpoint raises for what was sent, and the problems of all that stands before it. Out: `{"error":
{"message", "type", "param", "code"}}`; what cannot be used is a 400 there, where the rest of the API says 422.
"""

import json
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import QuestionError
from assistant.service.completion_models import ErrorBody, ErrorDetail
from assistant.service.problems import MEDIA_TYPE, describe, unreadable

DOORS = re.compile(r"/v1/(chat/completions|models(/.*)?)$")
CODES = {401: "invalid_api_key", 403: "insufficient_permissions", 429: "rate_limit_exceeded"}


class UnknownModelError(Exception):
    """Another model was asked for than the one there is."""


class OpenAIRoute(APIRoute):
    """A route whose errors have OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with its errors told in another way."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return _invalid(error)
            except QuestionError as error:
                return _failed(400, str(error), param="messages")
            except UnknownModelError as error:
                return _failed(404, str(error), param="model", code="model_not_found")
            except HTTPException as error:
                return _failed(error.status_code, unreadable(error) or error.detail, headers=error.headers)

        return handled


class OpenAIErrors:
    """Tells the problems of whatever stands before these doors (keys, limits, the router) in OpenAI's shape."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and what comes back; a problem is held until it is whole."""
        if scope["type"] != "http" or not DOORS.match(scope["path"].removeprefix(scope.get("root_path", ""))):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        held = b""

        async def send_told(message: Message) -> None:
            nonlocal start, held
            if _begins_a_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:
                held += message.get("body", b"")
                if not message.get("more_body"):
                    await _retold(start, held)(scope, receive, send)

        await self._app(scope, receive, send_told)


def errors(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for these statuses."""
    return {status: {"model": ErrorBody, "description": "What was wrong, in OpenAI's shape."} for status in statuses}


def error_body(status: int, message: str, *, param: str | None = None, code: str | None = None) -> ErrorBody:
    """The body of an error; `param` names the field of the request that was wrong."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return ErrorBody(error=ErrorDetail(message=message, type=kind, param=param, code=code))


def _begins_a_problem(message: Message) -> bool:
    begins = message["type"] == "http.response.start"
    return begins and Headers(raw=message["headers"]).get("content-type") == MEDIA_TYPE


def _retold(start: Message, body: bytes) -> Response:
    headers = MutableHeaders(raw=list(start["headers"]))
    for name in ("content-type", "content-length"):
        del headers[name]
    status = start["status"]
    return _failed(status, json.loads(body)["detail"], code=CODES.get(status), headers=headers)


def _invalid(error: RequestValidationError) -> Response:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return _failed(400, f"the body is not JSON: {first['ctx']['error']}")
    place = first["loc"][1:]
    fault = describe([first | {"loc": place}])[0]
    return _failed(400, f"{fault['pointer']}: {fault['detail']}", param=str(place[0]) if place else None)


def _failed(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = error_body(status, message, param=param, code=code).model_dump()
    # ASCII, so that half a character in a message can never break the response itself.
    return Response(json.dumps(body), status, headers=headers, media_type="application/json")
