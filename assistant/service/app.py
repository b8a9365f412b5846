"""The app factory: endpoints, page, guards and problems put together; the index is opened once, in the lifespan.

In: settings. Out: a FastAPI app, to be run as `uvicorn` runs it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic.json_schema import models_json_schema
from starlette.middleware.gzip import GZipMiddleware

from assistant.answering import Assistant
from assistant.errors import SettingsError
from assistant.service import completions, conversations
from assistant.service.completion_errors import OpenAIErrors
from assistant.service.endpoints import router
from assistant.service.guards import SECURITY_HEADERS, BodyLimit, SecurityHeaders
from assistant.service.head import HeadLikeGet
from assistant.service.keys import SECURITY_SCHEME, Door
from assistant.service.limits import RateLimits
from assistant.service.metrics import Metrics, add_metrics
from assistant.service.models import Problem
from assistant.service.pages import add_pages
from assistant.service.problems import add_problem_handlers
from assistant.service.streaming import KeptAnswers
from assistant.service.watch import Watch
from assistant.service.work import Work, cores
from assistant.settings import Settings
from assistant.store.database import Store

SMALL = 1000  # bytes that are not worth compressing
DESCRIPTION = (
    "Answers from your own documents, in the documents' own words, with chapter and verse. Positions are code points "
    "of a document's text, half-open. Errors are `application/problem+json` (RFC 9457); at the doors for OpenAI's "
    "clients they have OpenAI's shape."
)


def create_app(
    settings: Settings,
    open_assistant: Callable[[Settings], Assistant] = Assistant.open,
    *,
    store: Store | None = None,
) -> FastAPI:
    """The app that serves the API and the page; without a store it keeps nothing and asks for no key.

    Starting it raises `StaleIndexError` when there is no fitting index.
    """
    metrics = Metrics()
    # The framework's own documentation pages load assets from elsewhere; the schema is served, they are not.
    app = FastAPI(
        title="Chapter & Verse",
        summary="Questions answered by quoting your documents",
        description=DESCRIPTION,
        version=_version(),
        lifespan=_opened(open_assistant, store),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings, app.state.store, app.state.metrics = settings, store, metrics
    app.state.kept_answers = KeptAnswers()
    app.state.work = Work(at_once=cores(), waiting=settings.max_waiting_questions)
    _guard(app, settings, store, metrics)
    kept = store is not None and settings.keep_conversations
    for routes in (router, completions.router, *([conversations.router] if kept else [])):
        app.include_router(routes)
    add_metrics(app, metrics)
    add_pages(app, settings)
    _describe(app, keys=bool(settings.require_keys), kept=kept)
    return app


def _opened(
    open_assistant: Callable[[Settings], Assistant], store: Store | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The lifespan: the index is open, and what is old is purged, as long as the app runs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings, metrics = app.state.settings, app.state.metrics
        app.state.assistant = assistant = await run_in_threadpool(open_assistant, settings)
        assistant.timed = metrics.timed
        metrics.index_opened(assistant.index.version, len(assistant.index.documents))
        async with conversations.purging(store, days=settings.retention_days):
            yield
        app.state.assistant = None

    return lifespan


def _guard(app: FastAPI, settings: Settings, store: Store | None, metrics: Metrics) -> None:
    """Put around the app what every request passes, from the inside outwards."""
    app.add_middleware(GZipMiddleware, minimum_size=SMALL)  # which leaves streams of events as they are
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    if settings.require_keys:
        _require_keys(app, settings, store)
    app.add_middleware(Watch, metrics=metrics)
    app.add_middleware(OpenAIErrors)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadLikeGet)
    add_problem_handlers(app, SECURITY_HEADERS)


def _require_keys(app: FastAPI, settings: Settings, store: Store | None) -> None:
    if store is None:
        raise SettingsError("setting 'require_keys' is true, and there is no store for keys; give create_app one")
    limits = RateLimits(key=settings.key_limit, anonymous=settings.anonymous_limit)
    app.add_middleware(Door, store=store, limits=limits)


def _describe(app: FastAPI, *, keys: bool, kept: bool) -> None:
    """Put the schema of a problem, to which every error response refers, among the components.

    Say where keys are needed, and what can be done with what is kept.
    """
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        schema = generate()
        _, definitions = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"].update(definitions["$defs"])
        if kept:
            conversations.describe(schema)
        if keys:
            schema["components"]["securitySchemes"] = {"key": SECURITY_SCHEME}
            schema["security"] = [{"key": []}, {}]
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _version() -> str:
    try:
        return version("chapterverse")
    except PackageNotFoundError:
        return "unknown"
