"""The widget on other people's pages, in a real browser: those of another site, on another port and under another name.

The pages are as strict as pages get: a policy that allows the service's origin and nothing else, no inline style, no
string made into markup; and as careless: styles for every element, marked important.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, Visitor, needs_chromium, opened_browser, served, visit
from listening import HeldAssistant
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from test_web import LINK, QUOTE

from assistant.errors import SettingsError
from assistant.service.app import create_app
from assistant.service.pages import WEB
from assistant.settings import Settings, read_settings

STYLE = (
    "* { color: rgb(1, 2, 3) !important; display: block !important; font-size: 40px !important } dialog { inset: 0 }"
)
PLAIN = "<main><h1>City council</h1><p id='text'>Rubbish is collected on <a href='#'>Tuesdays</a>.</p></main>"

pytestmark = needs_chromium


class Host:
    """A web site of somebody else's: what stands in its page, and how the widget's tag is written there."""

    def __init__(self) -> None:
        self.service = ""

    def page(self, request: Request) -> Response:
        """The page; the query says what is special about it."""
        query = request.query_params
        tag = "".join(f' data-{name}="{escape(query[name])}"' for name in ("title", "lang") if name in query)
        tags = f'<script src="{self.service}/widget.js"{tag} async></script>' * int(query.get("tags", "1"))
        scheme = f'<meta name="color-scheme" content="{query.get("scheme", "normal")}">'
        careless = '<link rel="stylesheet" href="/careless.css">' if "careless" in query else ""
        head = f'<meta name="viewport" content="width=device-width"><title>Council</title>{scheme}{careless}{tags}'
        html = f'<!doctype html><html lang="{query.get("page", "en")}"><head>{head}</head><body>{PLAIN}</body></html>'
        return HTMLResponse(html, headers={"content-security-policy": self._policy(query.get("forbid", ""))})

    def _policy(self, forbidden: str) -> str:
        allowed = dict.fromkeys(("script-src", "connect-src", "frame-src"), self.service) | {"style-src": "'self'"}
        allowed.pop(forbidden, None)
        sources = "; ".join(f"{kind} {source}" for kind, source in allowed.items())
        return f"default-src 'none'; {sources}; require-trusted-types-for 'script'"

    def app(self) -> Starlette:
        """The site."""

        def style(_: Request) -> Response:
            return Response(STYLE, media_type="text/css")

        return Starlette(routes=[Route("/", self.page), Route("/careless.css", style)])


@dataclass(frozen=True)
class Sites:
    """Where things are: the service, a site that may show its widget, and one that may not."""

    service: str
    allowed: str
    other: str


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    host = Host()
    with ExitStack() as stack:
        # "localhost" and 127.0.0.1 are different sites to a browser, as two domains are.
        allowed = stack.enter_context(served(host.app())).replace("127.0.0.1", "localhost")
        other = stack.enter_context(served(host.app())).replace("127.0.0.1", "localhost")
        settings = Settings(organisation="City <Parks>", accent="#8a1f5c", widget_origins=(allowed,))
        app = create_app(settings, lambda _: HeldAssistant(settings))
        host.service = stack.enter_context(served(app))
        yield Sites(host.service, allowed, other)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture
def visitor(browser: Browser, sites: Sites) -> Iterator[Visitor]:
    with visit(browser, sites.allowed, sites.service) as opened:
        yield opened


def launcher(page: Page) -> Locator:
    return page.locator("chapterverse-widget .launcher")


def panel(page: Page) -> Locator:
    return page.locator("chapterverse-widget dialog")


def opened(visitor: Visitor, query: str = "") -> FrameLocator:
    """The chat, opened by a click and ready."""
    visitor.page.goto(f"{visitor.site}/{query}")
    launcher(visitor.page).click()
    chat = visitor.page.frame_locator("chapterverse-widget iframe")
    expect(chat.locator("#question")).to_be_focused()
    return chat


def ask(chat: FrameLocator, question: str) -> None:
    chat.locator("#question").fill(question)
    chat.locator("#question").press("Enter")
    chat.locator(".turn:last-child .answer").wait_for()


# --- on a site that may show it ---


def test_one_tag_asks_gets_the_answer_and_opens_the_source(visitor: Visitor, sites: Sites) -> None:
    chat = opened(visitor)
    ask(chat, "When does the garden open?")
    assert chat.locator(".answer blockquote").all_text_contents() == [QUOTE]
    with visitor.page.context.expect_page() as waiting:
        chat.locator(".chip").click()
    source = waiting.value
    source.wait_for_selector("mark.quoted")
    assert source.url == f"{sites.service}{LINK}#char=48,75"
    assert "".join(source.locator("mark.quoted").all_text_contents()) == QUOTE
    assert source.evaluate("window.opener") is None
    expect(chat.locator(".answer blockquote")).to_be_visible()


def test_follow_ups_are_understood_in_the_panel(visitor: Visitor) -> None:
    chat = opened(visitor)
    ask(chat, "When does the garden open?")
    ask(chat, "And in winter?")
    expect(chat.locator(".turn:last-child .understood")).to_have_count(1)


def test_the_button_is_round_and_in_the_corner_and_the_panel_above_it(visitor: Visitor) -> None:
    page = visitor.page
    opened(visitor)
    page_height, page_width = 800, 1280
    assert launcher(page).bounding_box() == {"x": page_width - 76, "y": page_height - 76, "width": 56, "height": 56}
    box = panel(page).bounding_box()
    assert box == {"x": page_width - 400, "y": page_height - 688, "width": 380, "height": 600}
    accent = launcher(page).evaluate("node => getComputedStyle(node).backgroundColor")
    assert accent == "rgb(138, 31, 92)"


def test_the_title_is_the_tags_or_the_organisations(visitor: Visitor) -> None:
    page = visitor.page
    opened(visitor)
    expect(panel(page).locator("h2")).to_have_text("City <Parks>")
    opened(visitor, "?title=Ask+<us>&lang=en")
    expect(page.get_by_role("dialog", name="Ask <us>")).to_be_visible()
    expect(launcher(page)).to_have_attribute("aria-label", "Ask <us>")
    expect(page.locator("chapterverse-widget iframe")).to_have_attribute("title", "Ask <us>")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?lang=ja", "何をお調べですか。"),
        ("?lang=ja-JP&page=en", "何をお調べですか。"),
        ("?page=ja", "何をお調べですか。"),
        ("?lang=en&page=ja", "What would you like to know?"),
        ("?lang=fr&page=fr", "What would you like to know?"),
    ],
)
def test_it_speaks_the_language_of_the_tag_or_of_the_page(visitor: Visitor, query: str, words: str) -> None:
    expect(opened(visitor, query).locator(".welcome h2")).to_have_text(words)


def test_everything_is_done_with_the_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.site)
    launcher(page).focus()
    page.keyboard.press("Enter")
    chat = page.frame_locator("chapterverse-widget iframe")
    expect(chat.locator("#question")).to_be_focused()
    page.keyboard.type("When does the garden open?")
    page.keyboard.press("Enter")
    expect(chat.locator(".answer h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(chat.locator("#question")).to_be_focused()
    assert chat.locator(".answer blockquote").all_text_contents() == [QUOTE]
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()


def test_the_page_around_stays_usable_while_the_panel_is_open(visitor: Visitor) -> None:
    page = visitor.page
    opened(visitor)
    page.click("#text a")
    expect(panel(page)).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def test_on_a_phone_the_panel_is_the_whole_screen_and_holds_the_focus(browser: Browser, sites: Sites) -> None:
    with visit(browser, sites.allowed, sites.service, viewport=PHONE) as visitor:
        page = visitor.page
        chat = opened(visitor)
        assert panel(page).bounding_box() == {"x": 0, "y": 0, **PHONE}
        assert panel(page).evaluate("node => node.matches(':modal')") is True
        ask(chat, "What does it cost?")
        width = chat.locator(".log").evaluate("node => [node.scrollWidth, document.documentElement.scrollWidth]")
        assert width == [PHONE["width"], PHONE["width"]]
        expect(chat.locator("#ask")).to_be_in_viewport(ratio=1)
        page.set_viewport_size({"width": 1000, "height": 700})
        # The panel follows the window's size a moment later.
        page.wait_for_function("node => !node.matches(':modal')", arg=panel(page).element_handle())
        assert chat.locator(".answer").count() == 1
        page.set_viewport_size(PHONE)
        chat.locator("#question").press("Escape")
        expect(panel(page)).to_be_hidden()
        expect(launcher(page)).to_be_focused()


def test_styles_leak_neither_in_nor_out(visitor: Visitor) -> None:
    page = visitor.page
    style = "node => { const style = getComputedStyle(node); return [style.color, style.display, style.fontSize]; }"
    page.goto(visitor.site)
    before = page.locator("#text").evaluate(style)
    plain = panel(page).locator("h2").evaluate(style)
    opened(visitor)
    assert page.locator("#text").evaluate(style) == before
    opened(visitor, "?careless")
    assert page.locator("#text").evaluate(style) == ["rgb(1, 2, 3)", "block", "40px"]
    assert panel(page).locator("h2").evaluate(style) == plain
    assert page.evaluate("document.querySelector('chapterverse-widget').getBoundingClientRect().height") == 0


@pytest.mark.parametrize(
    ("scheme", "system", "background"),
    [
        ("dark", "light", "rgb(20, 22, 26)"),
        ("light", "dark", "rgb(246, 245, 241)"),
        ("normal", "dark", "rgb(246, 245, 241)"),
        ("light dark", "dark", "rgb(20, 22, 26)"),
    ],
)
def test_its_colours_are_those_of_the_page_around(
    browser: Browser, sites: Sites, scheme: str, system: str, background: str
) -> None:
    with visit(browser, sites.allowed, sites.service, color_scheme=system) as visitor:
        chat = opened(visitor, f"?scheme={scheme}")
        colour = "node => getComputedStyle(node).backgroundColor"
        assert panel(visitor.page).evaluate(colour) == background
        assert chat.locator("body").evaluate(colour) == background


def test_two_tags_are_one_widget(visitor: Visitor) -> None:
    opened(visitor, "?tags=2")
    assert visitor.page.locator("chapterverse-widget").count() == 1


def test_the_page_around_cannot_read_the_chat_and_is_told_nothing_of_it(visitor: Visitor) -> None:
    page = visitor.page
    page.add_init_script("window.heard = []; addEventListener('message', (event) => window.heard.push(event.data))")
    ask(opened(visitor), "When does the garden open?")
    assert page.evaluate("window.heard") == ["chapterverse:ready"]
    assert (
        page.evaluate(
            "document.querySelector('chapterverse-widget').shadowRoot.querySelector('iframe').contentDocument"
        )
        is None
    )


def test_messages_of_others_are_not_heeded(visitor: Visitor) -> None:
    page = visitor.page
    opened(visitor)
    page.evaluate("window.postMessage('chapterverse:close', '*')")
    page.wait_for_timeout(100)
    expect(panel(page)).to_be_visible()


@pytest.mark.parametrize("query", ["", "?lang=ja", "?scheme=dark"])
def test_axe_finds_no_violation(visitor: Visitor, query: str) -> None:
    chat = opened(visitor, query)
    ask(chat, "What does it cost?")
    results = Axe().run(visitor.page, context="chapterverse-widget")
    assert results.violations_count == 0, results.generate_report()


# --- on a site that may not ---


def test_a_site_that_is_not_named_is_refused_in_words(browser: Browser, sites: Sites) -> None:
    with visit(browser, sites.other, sites.service) as visitor:
        page = visitor.page
        page.goto(f"{visitor.site}/?title=Parks")
        launcher(page).click()
        notice = panel(page).get_by_role("status")
        expect(notice).to_have_text(f"This help desk may not be shown on {sites.other}. Open it in a new tab")
        expect(notice.get_by_role("link")).to_have_attribute("href", f"{sites.service}/?lang=en")
        assert panel(page).locator("iframe").count() == 0
        assert any(f'add "{sites.other}" to widget_origins' in trouble for trouble in visitor.troubles)
        results = Axe().run(page, context="chapterverse-widget")
        assert results.violations_count == 0, results.generate_report()
        page.keyboard.press("Escape")
        expect(launcher(page)).to_be_focused()
        visitor.troubles.clear()


def test_a_frame_on_a_site_that_is_not_named_stays_empty(browser: Browser, sites: Sites) -> None:
    with visit(browser, sites.other, sites.service) as visitor:
        page = visitor.page
        page.goto(visitor.site)
        page.evaluate(
            """(address) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.addEventListener("load", done);
                frame.src = address;
                document.body.append(frame);
            })""",
            f"{sites.service}/widget",
        )
        assert page.frame_locator("body > iframe").locator("#question").count() == 0
        assert any("frame-ancestors" in trouble for trouble in visitor.troubles)
        visitor.troubles.clear()


def test_a_page_that_forbids_the_frame_says_that_it_cannot_be_reached(browser: Browser, sites: Sites) -> None:
    with visit(browser, sites.allowed, sites.service) as visitor:
        page = visitor.page
        page.clock.install()
        page.goto(f"{visitor.site}/?forbid=frame-src")
        launcher(page).click()
        panel(page).locator("iframe").wait_for()
        page.clock.run_for(20_000)
        expect(panel(page).get_by_role("status")).to_contain_text("cannot be reached just now")
        assert any("frame-src" in trouble or "default-src" in trouble for trouble in visitor.troubles)
        visitor.troubles.clear()


def test_a_service_that_is_away_is_said_to_be_away_and_tried_again(visitor: Visitor, sites: Sites) -> None:
    page = visitor.page
    page.route(f"{sites.service}/widget.json", lambda route: route.abort())
    page.route(f"{sites.service}/widget.js", lambda route: route.continue_() if not away else route.abort())
    away: list[bool] = []
    page.goto(visitor.site)
    away.append(True)
    launcher(page).click()
    expect(panel(page).get_by_role("status")).to_contain_text("cannot be reached just now")
    page.keyboard.press("Escape")
    page.unroute_all()
    launcher(page).click()
    expect(page.frame_locator("chapterverse-widget iframe").locator("#question")).to_be_focused()
    expect(panel(page).get_by_role("status")).to_be_hidden()
    visitor.troubles.clear()


# --- what other sites may have of the service ---


def test_only_the_widgets_own_addresses_are_open_and_only_to_the_sites_named(sites: Sites) -> None:
    def headers(path: str, origin: str | None) -> httpx.Headers:
        return httpx.get(sites.service + path, headers={"origin": origin} if origin else {}).headers

    allowed = headers("/widget.json", sites.allowed)
    assert allowed["access-control-allow-origin"] == sites.allowed
    assert (allowed["vary"], allowed["cross-origin-resource-policy"]) == ("Origin", "cross-origin")
    for path in ("/", "/site.json", "/v1/documents", "/openapi.json", "/widget", "/widget.js"):
        assert "access-control-allow-origin" not in headers(path, sites.allowed), path
    refused = httpx.get(f"{sites.service}/widget.json", headers={"origin": sites.other})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers
    assert headers("/widget.json", "null").get("access-control-allow-origin") is None
    assert headers("/widget.json", None).get("access-control-allow-origin") is None
    assert headers("/widget.js", None)["cross-origin-resource-policy"] == "cross-origin"
    assert headers("/assets/main.js", None)["cross-origin-resource-policy"] == "same-origin"


def test_only_the_sites_named_may_frame_the_chat_and_none_the_page(sites: Sites) -> None:
    frame = httpx.get(f"{sites.service}/widget").headers
    assert frame["content-security-policy"].endswith(f"frame-ancestors {sites.allowed}")
    assert "x-frame-options" not in frame
    for path in ("/", LINK):
        page = httpx.get(sites.service + path).headers
        assert page["content-security-policy"].endswith("frame-ancestors 'none'")
        assert page["x-frame-options"] == "DENY"


def test_by_default_nobody_may(sites: Sites) -> None:
    settings = Settings()
    with served(create_app(settings, lambda _: HeldAssistant(settings))) as service:
        frame = httpx.get(f"{service}/widget").headers
        assert frame["content-security-policy"].endswith("frame-ancestors 'none'")
        assert frame["x-frame-options"] == "DENY"
        assert httpx.get(f"{service}/widget.json", headers={"origin": sites.allowed}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org/",
        "example.org",
        "*",
        "https://*.example.org",
        "null",
        "https://a.b; script-src *",
        "https://A.b",
    ],
)
def test_an_origin_that_browsers_never_send_is_an_error_of_the_settings(origin: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"is {origin!r}")):
        read_settings(widget_origins=(origin,))
    good = ("https://www.example.org", "http://localhost:8080", "http://[::1]:8080")
    assert read_settings(widget_origins=good).widget_origins == good


def test_both_languages_say_everything() -> None:
    script = (WEB / "widget.js").read_text(encoding="utf-8")
    english, japanese = (
        re.search(rf"^    {tag}: {{(.*?)^    }}", script, re.DOTALL | re.MULTILINE) for tag in ("en", "ja")
    )
    assert english is not None
    assert japanese is not None
    keys = [re.findall(r"^ {6}(\w+):", words[1], re.MULTILINE) for words in (english, japanese)]
    assert keys[0] == keys[1] != []
