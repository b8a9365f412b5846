"""Every error as problem details (RFC 9457), `application/problem+json`, whatever raised it.

In: an exception on its way out of the app. Out: a response that names the status, says in one line what was wrong, and
for a request that does not validate lists each fault with a JSON pointer. What was sent is never echoed.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote as percent_encode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from assistant.errors import QuestionError

MEDIA_TYPE = "application/problem+json"
MAX_FAULTS = 20
UNPARSED = "There was an error parsing the body"  # FastAPI's words
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def problem(
    status: int,
    detail: str,
    *,
    faults: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem response; `faults` become its `errors`, each with `pointer` and `detail`."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if faults:
        body["errors"] = list(faults)
    # ASCII, so that half a character in a message can never break the response itself.
    return Response(json.dumps(body), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def describe(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Pydantic's errors as `pointer` (a JSON pointer into the body, RFC 6901) and `detail`."""
    return [
        {"pointer": _pointer(error["loc"]), "detail": error["msg"].removeprefix("Value error, ")}
        for error in errors[:MAX_FAULTS]
    ]


def add_problem_handlers(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Make every error of the app a problem; `headers` go with those that no middleware sees."""

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {"allow": _allowed(request)} if error.status_code == 405 else error.headers
        return problem(error.status_code, _detail(request, error), headers=headers)

    async def invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = error.errors()
        if errors[0]["type"] == "json_invalid":
            return problem(400, f"the body is not JSON: {errors[0]['ctx']['error']}")
        faults = describe([fault | {"loc": fault["loc"][1:]} for fault in errors])
        return problem(422, f"{faults[0]['pointer']}: {faults[0]['detail']}", faults=faults)

    async def question_error(_request: Request, error: Exception) -> Response:
        return problem(422, str(error))

    async def unexpected(_request: Request, _error: Exception) -> Response:
        return problem(500, "something went wrong here; the operator finds the reason in the log", headers=headers)

    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(QuestionError, question_error)
    app.add_exception_handler(Exception, unexpected)


def unreadable(error: HTTPException) -> str | None:
    """What is wrong with a body that the framework could not parse and says no more of; None for any other error."""
    if error.detail != UNPARSED:
        return None
    if isinstance(error.__cause__, UnicodeDecodeError):
        return f"the body is not UTF-8 (byte {error.__cause__.start}); send JSON in UTF-8"
    return "the body cannot be read: a number or the nesting in it is too large; send smaller ones"


def _detail(request: Request, error: HTTPException) -> str:
    """The error's own words, or better ones than the framework's."""
    if words := unreadable(error):
        return words
    if error.detail != HTTPStatus(error.status_code).phrase:
        return error.detail
    if error.status_code == 404:
        return f"there is nothing at {request.url.path}"
    if error.status_code == 405:
        return f"{request.method} is not allowed at {request.url.path}"
    return error.detail


def _allowed(request: Request) -> str:
    """Every method that a path takes (RFC 9110, 10.2.1), of which the framework names only those of the first route."""
    # What is mounted takes every method and decides for itself: it serves files.
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    ways = [{**request.scope, "method": method} for method in METHODS]
    taken = [way["method"] for way in ways if any(route.matches(way)[0] is Match.FULL for route in routes)] or ["GET"]
    return ", ".join([*taken, "HEAD"] if "GET" in taken else taken)


def _pointer(place: Sequence[str | int]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in place)
    return "#" + "".join(f"/{percent_encode(part, safe='~', errors='replace')}" for part in parts)
