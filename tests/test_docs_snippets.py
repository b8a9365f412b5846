"""What the pages show to be copied and is no program: the widget's tag, settings, a catalogue."""

import tomllib
from pathlib import Path

import pytest
from browsing import needs_chromium, opened_browser, served, visit
from conftest import ROOT
from listening import HeldAssistant
from markdown_it import MarkdownIt
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assistant.documents.catalogue import read_catalogue
from assistant.service.app import create_app
from assistant.settings import Settings

PAGES = sorted((ROOT / "docs").glob("*.md"))


def snippet(page: str, language: str) -> str:
    """The one block of a page in a language."""
    tokens = MarkdownIt().parse((ROOT / "docs" / page).read_text(encoding="utf-8"))
    (block,) = [token.content for token in tokens if token.type == "fence" and token.info == language]
    return block


@needs_chromium
def test_the_widgets_tag_and_setting_put_the_chat_on_a_site() -> None:
    tag = snippet("embed.md", "html")
    service = ""

    def page(_: Request) -> Response:
        body = tag.replace("https://HOST", service)
        return HTMLResponse(f'<!doctype html><title>Council</title><link rel="icon" href="data:,">{body}')

    with served(Starlette(routes=[Route("/", page)])) as site:
        site = site.replace("127.0.0.1", "localhost")  # to a browser another site than the service
        shown = snippet("embed.md", "toml").replace("https://www.example.org", site)
        settings = Settings.model_validate(tomllib.loads(shown))
        assert settings.widget_origins == (site,)
        with (
            served(create_app(settings, lambda _: HeldAssistant(settings))) as service,
            opened_browser() as browser,
            visit(browser, site, service, "data:") as visitor,
        ):
            visitor.page.goto(site)
            visitor.page.locator("chapterverse-widget .launcher").click()
            expect(visitor.page.locator("chapterverse-widget dialog")).to_contain_text("Ask us")
            expect(visitor.page.frame_locator("chapterverse-widget iframe").locator("#question")).to_be_focused()


def test_the_catalogue_of_the_page_is_one(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text(snippet("documents.md", "toml"), encoding="utf-8")
    entry = read_catalogue(tmp_path).entry("japan-pko")
    assert (entry.publisher, entry.date, entry.language) == ("Ministry of Foreign Affairs of Japan", "2024-02-27", "en")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_snippet_is_tried_here(page: Path) -> None:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    snippets = {token.info for token in tokens if token.type == "fence"} & {"toml", "html"}
    assert snippets == {"embed.md": {"toml", "html"}, "documents.md": {"toml"}}.get(page.name, set())
