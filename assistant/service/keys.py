"""The door: who may call what, and how often, when keys are required.

In: a request, its key in `Authorization: Bearer …` (RFC 6750). Out: the same request with its `caller` in the state, or
a problem: 401 without a key that is known, 403 where the key's scopes do not reach, 429 with `Retry-After` (RFC 6585).

People use the page and the widget without a key: a request that a browser made for them passes as `anonymous`, may ask
and no more, and is limited by its address. Whether a browser made it is told by headers that no page can set but any
program can, so this keeps nobody out who means harm; the limit does that. What needs no key beside that is known by an
unguessable id (a conversation, an answer and the feedback on it) or shown to everybody by the page (the documents).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.service.limits import RateLimits
from assistant.service.problems import problem
from assistant.store.database import Store
from assistant.store.keys import Key, KeyScope, find_key

ANONYMOUS = "anonymous"
SECURITY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key; `chapterverse keys create` makes one. The page and the widget need none.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a path needs: a key with this scope; `page` lets a browser's page pass without one, None everybody."""

    scope: KeyScope | None
    page: bool = False


OPEN = Rule(None)
# The first that fits; what begins with none of these (the page, its assets, the health checks) passes uncounted.
RULES: tuple[tuple[str, str, Rule], ...] = (
    ("POST", "/v1/answers", Rule("ask", page=True)),
    ("*", "/v1/answers", OPEN),
    ("*", "/v1/documents", OPEN),
    ("*", "/v1/conversations", OPEN),
    ("*", "/v1/feedback", OPEN),
    ("*", "/v1/batches", Rule("batch")),
    ("*", "/v1", Rule("ask")),
    ("*", "/mcp", Rule("ask")),
    ("*", "/metrics", Rule("admin")),
)


class Door:
    """Lets in who may come in."""

    def __init__(self, app: ASGIApp, *, store: Store, limits: RateLimits) -> None:
        self._app = app
        self._store = store
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        rule = rule_of(scope) if scope["type"] == "http" else None
        refused = await self._refusal(HTTPConnection(scope), rule) if rule else None
        await (refused or self._app)(scope, receive, send)

    async def _refusal(self, request: HTTPConnection, rule: Rule) -> Response | None:
        secret = _bearer(request.headers)
        key = await run_in_threadpool(find_key, self._store, secret) if secret else None
        request.state.caller = key.id if key else ANONYMOUS
        if key:
            return _too_many(self._limits.wait_of_key(key.id)) or _forbidden(key, rule)
        address = request.client.host if request.client else ""
        return _too_many(self._limits.wait_of_address(address)) or self._unknown(request, rule, secret)

    def _unknown(self, request: HTTPConnection, rule: Rule, secret: str) -> Response | None:
        if secret:
            return _unauthorized("the API key is not known or was revoked; ask the operator for one", "invalid_token")
        if rule.scope is None or (rule.page and from_page(request.headers)):
            return None
        return _unauthorized("an API key is needed; send it as Authorization: Bearer KEY")


def rule_of(scope: Scope) -> Rule | None:
    """The rule for a request, or None when nothing is asked of it. A preflight (CORS) carries no key by design."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if scope["method"] == "OPTIONS":
        return None
    for method, prefix, rule in RULES:
        if method in ("*", scope["method"]) and (path == prefix or path.startswith(prefix + "/")):
            return rule
    return None


def from_page(headers: Headers) -> bool:
    """Whether a browser says that a page of our own (the widget's frame is one) made the request.

    `Sec-Fetch-Site` (Fetch Metadata) comes over HTTPS and on loopback; elsewhere a POST has its `Origin` (RFC 6454).
    """
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    origin = urlsplit(headers.get("origin", "")).netloc
    return bool(origin) and origin == headers.get("host")


def _bearer(headers: Headers) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _too_many(wait: int) -> Response | None:
    if not wait:
        return None
    return problem(429, f"too many requests; try again in {wait} s", headers={"retry-after": str(wait)})


def _forbidden(key: Key, rule: Rule) -> Response | None:
    if rule.scope is None or rule.scope in key.scopes:
        return None
    detail = f"key {key.id} has no scope {rule.scope!r}; ask the operator for a key that has"
    challenge = f'Bearer error="insufficient_scope", scope="{rule.scope}"'
    return problem(403, detail, headers={"www-authenticate": challenge})


def _unauthorized(detail: str, error: str = "") -> Response:
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return problem(401, detail, headers={"www-authenticate": challenge})
