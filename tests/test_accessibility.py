"""axe-core finds no violation in any state of the page: every shape of an answer, both themes, both languages, phone too.

Its rules are all on, the best practices among them. It is part of the tests alone and is not shipped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, Visitor, needs_chromium, opened_browser, served, visit
from ministry import GREETING, HOW_MANY, LIST, MISSING, MISTYPED, PARTIAL, READINGS, MinistryAssistant
from playwright.sync_api import Browser, Page

from assistant.documents.load import load_corpus
from assistant.service.app import create_app
from assistant.settings import Settings
from assistant.store.database import open_store

SETTINGS = Settings(
    organisation="Ministry",
    contact="Write to us.",
    accent="#1d4f91",
    sample_questions=(LIST, PARTIAL),
    max_question_characters=200,
)
NOT_THERE = "Who is the mayor?"
VIEWS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark"},
    "Japanese": {"locale": "ja-JP"},
}

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    documents = load_corpus(corpus_folder, max_bytes=1_000_000).documents
    assistant = MinistryAssistant(SETTINGS, next(one for one in documents if one.id == "japan-pko"))
    database = f"sqlite:///{tmp_path_factory.mktemp('store') / 'kept.sqlite3'}"
    with open_store(database) as store, served(create_app(SETTINGS, lambda _: assistant, store=store)) as url:
        yield url


@pytest.fixture(
    params=[
        pytest.param(context, id=name, marks=[] if name == "light" else pytest.mark.slow)
        for name, context in VIEWS.items()
    ]
)
def visitor(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Visitor]:
    with visit(browser, site, reduced_motion="reduce", **request.param) as opened:
        yield opened


def check(page: Page) -> None:
    """Fail with axe's own report when it finds anything."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_the_empty_page(visitor: Visitor) -> None:
    check(visitor.go())


def test_every_shape_of_an_answer(visitor: Visitor) -> None:
    page = visitor.go()
    for question in (LIST, HOW_MANY, READINGS, PARTIAL, MISSING, GREETING, MISTYPED, NOT_THERE):
        visitor.ask(question)
    for button in page.locator(".fold button").all():
        button.click()
    for summary in page.locator("summary:visible").all():
        summary.click()
    for thumb in page.locator(".thumb.down").all():
        thumb.click()
    page.locator(".reason").last.wait_for()
    check(page)


def test_a_source_beside_the_conversation(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask(PARTIAL)
    page.click(".chip")
    visitor.marked()
    check(page)


def test_a_link_into_a_document(visitor: Visitor) -> None:
    page = visitor.go("/documents/japan-pko#char=90,320")
    visitor.marked()
    check(page)


def test_what_went_wrong(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("explode")
    page.fill("#question", "x" * 201)
    check(page)
    visitor.go("/documents/lost")
    page.locator(".source .trouble").wait_for()
    check(page)
    visitor.troubles.clear()


def test_the_frame_of_the_widget(visitor: Visitor) -> None:
    page = visitor.go("/widget?theme=dark")
    check(page)
    visitor.ask(LIST)
    check(page)
