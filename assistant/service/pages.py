"""The web page: one HTML file for the chat and for every link into a document, its assets, and what it has to know.

In: the settings and the index. Out: `/`, `/documents/ID`, `/assets/…` and `/site.json`.
"""

from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

from assistant.service.endpoints import Opened
from assistant.settings import Settings

WEB = Path(__file__).parent / "web"


class Site(BaseModel):
    """What the page has to know of the settings; its documents come from the API."""

    organisation: str
    contact: str
    accent: str
    sample_questions: tuple[str, ...]
    max_question_characters: int


def add_pages(app: FastAPI, settings: Settings) -> None:
    """Serve the page and its assets."""
    template = Template((WEB / "index.html").read_text(encoding="utf-8"))
    page = template.substitute(organisation=escape(settings.organisation))
    site = Site.model_validate(settings.model_dump(include=set(Site.model_fields)))
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

    app.include_router(router)
    app.mount("/assets", StaticFiles(directory=WEB / "assets"), name="assets")
