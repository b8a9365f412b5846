"""Quotes of Markdown documents in the page: their words without their markup, with every mark in its place."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from browsing import Visitor, needs_chromium, opened_browser, served, visit
from playwright.sync_api import Browser, Page, Route, expect
from scripted import ScriptedAssistant, ScriptedIndex, quoted

from assistant.documents.load import make_document
from assistant.search.index import Index
from assistant.service.app import create_app
from assistant.settings import Settings

# What is quoted, the words in it that answer, and what a reader sees.
QUOTES = {
    "fees": (
        'An adult \U0001f338 pays <span class="number"><b>5&nbsp;euros</b></span> a **day**, see [the *list*](https://a.example/b_(c)_d "T").',
        ["5&nbsp;euros", "**day**"],
        "An adult \U0001f338 pays 5\u00a0euros a day, see the list.",
    ),
    "address": (
        "Town Hall<br/>\n  *Room* 3<br />\n53547&ndash;5088",
        ["*Room* 3"],
        "Town Hall\nRoom 3\n53547–5088",
    ),
    "hours": ("Monday | **closed** | 10:00&ndash;12:00", ["**closed**"], "Monday\u2003closed\u200310:00–12:00"),
    "cut": ("**The fee is due on `1_2` May", ["`1_2` May"], "The fee is due on 1_2 May"),
    "kept": (
        r"2*3*4, snake_case_name, a * b, \*as is\*, 1 < 2 & <name> [2](b c) **bold**",
        ["2*3*4"],
        "2*3*4, snake_case_name, a * b, *as is*, 1 < 2 & <name> [2](b c) bold",
    ),
    "evil": (
        '<img src=x onerror="window.owned=1">Fine <a href="javascript:window.owned=1">words</a>&lt;script&gt;',
        ["words"],
        "Fine words<script>",
    ),
    "table": (
        "<strong>Fee</strong></th>\n  <td>5 euros</td>\n  <td>\n  <ul>\n   <li>a day",
        ["5 euros"],
        "Fee\n5 euros\na day",
    ),
}
LOOKS = [name for name in QUOTES if name != "cut"]  # what can be of nothing but Markdown, even where no format is told
PLAIN = "Rules\n\nThe word *Aurora* and <b>only</b> stand so [1](#a)."
TEXT = (
    "---\ntitle: Rules\n---\n\n# Rules\n\n"
    + "\n\n".join(quote for quote, _, _ in QUOTES.values())
    + '\n\n<h2 class="name">Ships</h2>\n\nThe ship *Aurora* is <b>closed</b>.\n'
)

pytestmark = needs_chromium


class MarkdownAssistant(ScriptedAssistant):
    """Knows a quote by its name; "all" gives the first two, "ship" what only a known format tells."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        rules, plain = make_document("rules", TEXT, path="rules.md"), make_document("plain", PLAIN, path="plain.txt")
        self.index = cast(Index, ScriptedIndex({one.id: one for one in (rules, plain)}))
        cited = {name: quoted(rules, quote, *words) for name, (quote, words, _) in QUOTES.items()}
        ship = quoted(rules, "The ship *Aurora* is <b>closed</b>.", "<b>closed</b>")
        word = quoted(plain, "The word *Aurora* and <b>only</b> stand so [1](#a).", "*Aurora*")
        self._script = {name: {"citations": (one,), "closest": (ship,)} for name, one in cited.items()}
        self._script |= {"ship": {"citations": (ship,)}, "word": {"citations": (word,)}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    settings = Settings()
    assistant = MarkdownAssistant(settings)
    with served(create_app(settings, lambda _: assistant)) as url:
        yield url


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    with visit(browser, site, permissions=["clipboard-read", "clipboard-write"]) as opened:
        yield opened


def normal(text: str) -> str:
    """Text as `white-space: pre-line` lays it out."""
    return "\n".join(" ".join(part for part in line.split(" ") if part) for line in text.split("\n"))


def told_formats(page: Page, **formats: str) -> None:
    """Let the service say in which format each document is written."""

    def fulfil(route: Route) -> None:
        response = route.fetch()
        listed: dict[str, Any] = response.json()
        for one in listed["documents"]:
            one["format"] = formats[one["id"]]
        route.fulfill(response=response, json=listed)

    page.route("**/v1/documents", fulfil)


@pytest.mark.parametrize(("name", "told"), [*((name, True) for name in QUOTES), *((name, False) for name in LOOKS)])
def test_a_quote_shows_its_words_and_no_markup(visitor: Visitor, name: str, told: bool) -> None:
    quote, answering, shown = QUOTES[name]
    if told:
        told_formats(visitor.page, rules="markdown", plain="text")
    page = visitor.go()
    visitor.ask(name)
    (text,) = visitor.texts(".answer blockquote")
    assert normal(text) == shown
    assert text.count("\n") == shown.count("\n")
    marked = [normal(mark) for mark in visitor.texts(".answer blockquote mark")]
    assert len(marked) == len(answering)
    assert all(mark and mark in shown for mark in marked)
    assert page.evaluate("window.owned") is None
    page.locator(".chip").click()
    assert visitor.marked() == quote
    assert "".join(visitor.texts("mark.answering")) == "".join(answering)


def test_the_marks_stand_on_the_words_that_answer(visitor: Visitor) -> None:
    visitor.go()
    visitor.ask("fees")
    assert visitor.texts(".answer mark") == ["5\u00a0euros", "day"]
    visitor.ask("hours")
    assert visitor.texts(".turn:last-child mark") == ["closed"]


def test_what_is_read_out_copied_and_saved_are_the_words_that_are_shown(visitor: Visitor) -> None:
    page = visitor.go()
    visitor.ask("address")
    shown = QUOTES["address"][2]
    expect(page.locator("#status")).to_have_text(f"Answer: {shown}")
    page.get_by_role("button", name="Copy with reference").click()
    expect(page.locator("#status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
    assert copied.startswith(f"“{shown}”\n— Rules")
    selected = "const s = getSelection(); s.selectAllChildren(document.querySelector('.answer blockquote')); s.toString().trim()"
    assert page.evaluate(selected) == shown


def test_where_the_format_is_known_it_decides(visitor: Visitor) -> None:
    page = visitor.page
    told_formats(page, rules="markdown", plain="text")
    visitor.go()
    visitor.ask("ship")
    assert visitor.texts(".answer blockquote") == ["The ship Aurora is closed."]
    assert visitor.texts(".answer mark") == ["closed"]
    visitor.ask("fees")
    assert visitor.texts(".turn:last-child .related p") == ["The ship Aurora is closed."]
    visitor.ask("word")
    assert visitor.texts(".turn:last-child blockquote") == ["The word *Aurora* and <b>only</b> stand so [1](#a)."]


def test_a_quote_with_much_markup_that_leads_nowhere_is_read_at_once(visitor: Visitor) -> None:
    page = visitor.go()
    read = """async (text) => {
        const { wordsOf } = await import("/assets/markup.js");
        return wordsOf({ document: "unknown", quote: `<br>**a**${text}` });
    }"""
    for phrase in ("[", "[a](b", "![[a](b) ", "**a ", "<a ", "<!-- ", "&a", "`a", "| ", "<br> "):
        assert page.evaluate(read, phrase * (8000 // len(phrase))).startswith("a")


def test_the_source_hides_the_marks_and_keeps_every_character(visitor: Visitor) -> None:
    page = visitor.go("/documents/rules")
    page.locator(".text").wait_for()
    seen = " ".join(page.locator(".text").inner_text().split())
    for shown in (
        "a day, see the list.",
        "The fee is due on 1_2 May",
        "2*3*4, snake_case_name, a * b, *as is*",
        "The ship Aurora is",
    ):
        assert shown in seen
    assert visitor.texts(".text") == [TEXT]
    assert [heading.inner_text() for heading in page.locator(".text :is(h2, h3)").all()] == ["Ships"]
    visitor.go("/documents/plain")
    assert "The word *Aurora* and <b>only</b> stand so [1](#a)." in page.locator(".text").inner_text()
