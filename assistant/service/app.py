"""The app factory: endpoints, page, guards and problems put together; the index is opened once, in the lifespan.

In: settings. Out: a FastAPI app, to be run as `uvicorn` runs it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic.json_schema import models_json_schema

from assistant.answering import Assistant
from assistant.service.endpoints import router
from assistant.service.guards import SECURITY_HEADERS, BodyLimit, SecurityHeaders
from assistant.service.models import Problem
from assistant.service.pages import add_pages
from assistant.service.problems import add_problem_handlers
from assistant.settings import Settings

DESCRIPTION = (
    "Answers from your own documents, in the documents' own words, with chapter and verse. Positions are code points "
    "of a document's text, half-open; every error is `application/problem+json` (RFC 9457)."
)


def create_app(settings: Settings, open_assistant: Callable[[Settings], Assistant] = Assistant.open) -> FastAPI:
    """The app that serves the API and the page. Starting it raises `StaleIndexError` when there is no fitting index."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.assistant = await run_in_threadpool(open_assistant, settings)
        yield
        app.state.assistant = None

    # The framework's own documentation pages load assets from elsewhere; the schema is served, they are not.
    app = FastAPI(
        title="Chapter & Verse",
        summary="Questions answered by quoting your documents",
        description=DESCRIPTION,
        version=_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(SecurityHeaders)
    add_problem_handlers(app, SECURITY_HEADERS)
    app.include_router(router)
    add_pages(app, settings)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the schema of a problem, to which every error response refers, among the schema's components."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        schema = generate()
        _, definitions = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"].update(definitions["$defs"])
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _version() -> str:
    try:
        return version("chapterverse")
    except PackageNotFoundError:
        return "unknown"
