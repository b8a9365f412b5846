"""What stands between the network and the endpoints: a body limit, JSON only, and headers that confine the page.

In: any request. Out: the same request, or a problem (403, 413, 415); every response carries `SECURITY_HEADERS`, but for
what other sites may have of the widget: `framed_by` and `readable_by` say which sites and no more.
"""

from collections.abc import Collection
from email.message import Message as Header

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.service.problems import problem

POLICY = "content-security-policy"
FRAME_OPTIONS = "x-frame-options"
# The page runs its own modules and styles and nothing else; no string is ever made into markup.
CONFINED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; frame-ancestors "
)
SECURITY_HEADERS = {
    POLICY: f"{CONFINED}'none'",
    "x-content-type-options": "nosniff",
    FRAME_OPTIONS: "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
}


def framed_by(origins: Collection[str]) -> dict[str, str]:
    """The policy of a page that these sites may show in a frame; with none it is everybody else's."""
    return {POLICY: f"{CONFINED}{' '.join(origins)}"} if origins else {}


def readable_by(origins: Collection[str], request: Request) -> dict[str, str]:
    """The headers that let a page of one of these sites read a response (CORS, https://fetch.spec.whatwg.org).

    Raises 403 for a page of any other site; a request that names no site is nobody's page.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin not in origins:
        raise HTTPException(403, "this site may not show the widget; the setting widget_origins names those that may")
    allowed = {"access-control-allow-origin": origin, "cross-origin-resource-policy": "cross-origin"} if origin else {}
    return {"vary": "Origin"} | allowed


class SecurityHeaders:
    """Adds `SECURITY_HEADERS` to every response; a header that the endpoint set itself stays.

    A response with a policy of its own says itself who may frame it: the older header, which cannot, is left out.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response with its headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                left_out = FRAME_OPTIONS if POLICY in headers else None
                for name, value in SECURITY_HEADERS.items():
                    if name != left_out:
                        headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a body over `limit` bytes with 413, by its announced length or, sent in chunks, as it arrives."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as long as its body stays within the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limit:
            await problem(413, self._message)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413, self._message)
            return message

        await self._app(scope, receive_counted, send)

    @property
    def _message(self) -> str:
        return f"the body is too large; send {self._limit} bytes at most"


def json_only(request: Request) -> None:
    """Raise 415 unless the body is declared to be JSON; this also keeps out forms posted by other sites."""
    header = Header()
    header["content-type"] = request.headers.get("content-type", "application/octet-stream")
    kind = header.get_content_type()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, "send JSON, with the header Content-Type: application/json")
