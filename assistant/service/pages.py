"""The web page and the widget: one HTML file for the chat, for every link into a document and for the widget's frame.

In: the settings and the index. Out: `/`, `/documents/ID`, `/assets/…` and `/site.json` for the page; `/widget.js`,
`/widget.json` and `/widget` for the sites that `widget_origins` names. The widget asks nothing across origins but
`/widget.json`: its chat is a frame of our own, which calls the API as the page does.
"""

from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

from assistant.service.endpoints import Opened
from assistant.service.guards import framed_by, readable_by
from assistant.settings import Settings

WEB = Path(__file__).parent / "web"
# Any site may load the script, which finds out for itself whether it may open the chat there.
SCRIPT_HEADERS = {"cross-origin-resource-policy": "cross-origin", "cache-control": "max-age=3600"}


class Widget(BaseModel):
    """What a widget has to know before its chat is opened."""

    organisation: str
    accent: str


class Site(Widget):
    """What the page has to know of the settings; its documents come from the API."""

    contact: str
    sample_questions: tuple[str, ...]
    max_question_characters: int
    feedback: bool


def add_pages(app: FastAPI, settings: Settings) -> None:
    """Serve the page, its assets and the widget."""
    template = Template((WEB / "index.html").read_text(encoding="utf-8"))
    page = template.substitute(organisation=escape(settings.organisation))
    app.include_router(_page_routes(page, _site(app, settings)))
    app.include_router(_widget_routes(page, settings))
    app.mount("/assets", StaticFiles(directory=WEB / "assets"), name="assets")


def _site(app: FastAPI, settings: Settings) -> Site:
    # Feedback is kept beside the answer that it is about.
    feedback = app.state.store is not None and settings.keep_conversations
    return Site(**settings.model_dump(include=set(Site.model_fields)), feedback=feedback)


def _page_routes(page: str, site: Site) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def get_page() -> HTMLResponse:
        return HTMLResponse(page)

    @router.get("/documents/{id:path}")
    def get_document_page(id: str, assistant: Opened) -> HTMLResponse:
        # The page itself tells the reader of a wrong link what there is instead.
        return HTMLResponse(page, status_code=200 if id in assistant.index.documents else 404)

    @router.get("/site.json")
    def get_site() -> Site:
        return site

    return router


def _widget_routes(page: str, settings: Settings) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    origins = settings.widget_origins
    about = Widget.model_validate(settings.model_dump(include=set(Widget.model_fields))).model_dump()

    @router.get("/widget.js")
    def get_script() -> FileResponse:
        return FileResponse(WEB / "widget.js", media_type="text/javascript", headers=SCRIPT_HEADERS)

    @router.get("/widget.json")
    def get_widget(request: Request) -> JSONResponse:
        return JSONResponse(about, headers=readable_by(origins, request))

    @router.get("/widget")
    def get_frame() -> HTMLResponse:
        return HTMLResponse(page, headers=framed_by(origins))

    return router
