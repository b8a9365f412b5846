"""Around every request: an id in and out, its time measured, one line in the log, and a problem when all else fails.

In: any request, perhaps with `X-Request-ID`. Out: its response with that id, or with a new one.
"""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.service.logs import id_for, request_id
from assistant.service.metrics import Metrics
from assistant.service.problems import problem
from assistant.store.database import StoreError

LOG = logging.getLogger(__name__)
HEADER = "x-request-id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds: logged at debug level
AWAY = "the database does not answer just now; try again in a moment"
AGAIN_SECONDS = 5
LOST = "something went wrong here; the operator finds the reason in the log under this response's X-Request-ID"


class Watch:
    """Names, measures and logs every request."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; an exception becomes a problem, and is logged here or by the server."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = id_for(Headers(scope=scope).get(HEADER, ""))
        request_id.set(name)
        status = 0
        begun = time.perf_counter()

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        with self._metrics.under_way.track_inprogress():
            try:
                await self._app(scope, receive, send_named)
            except StoreError:
                if status:
                    raise
                LOG.exception("the database failed")
                await problem(503, AWAY, headers={"retry-after": str(AGAIN_SECONDS)})(scope, receive, send_named)
            except Exception:
                if not status:
                    await problem(500, LOST)(scope, receive, send_named)
                raise
            finally:
                self._note(scope, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # An invented method is a label value that anybody could invent, too.
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = route_of(scope)
        self._metrics.request(method, route, status, seconds)
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(1000 * seconds, 1),
            "caller": scope.get("state", {}).get("caller"),
        }
        LOG.log(logging.DEBUG if route in QUIET else logging.INFO, "request", extra={"fields": fields})


def route_of(scope: Scope) -> str:
    """The template of the route that took the request, `/v1/documents/{id}`, or where a sub-application is mounted."""
    route = scope.get("route")
    return str(getattr(route, "path", "") or scope.get("root_path") or "none")
