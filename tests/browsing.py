"""What the tests in a real browser share: Debian's Chromium, an app served on loopback, and a visit that is watched.

A visit ends well only when nothing went wrong in it: no error or warning in the console (a violation of the
Content-Security-Policy is one), no uncaught exception, no request to another site.
"""

import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from starlette.types import ASGIApp

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--site-per-process",  # as Chromium with windows does
]
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine (Debian: apt-get install chromium-headless-shell)"
)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve on a free loopback port; the socket listens before the server runs, so no request comes too early."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=2))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def opened_browser(*flags: str) -> Iterator[Browser]:
    """Chromium, started with these flags beside those that every test needs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        yield browser
        browser.close()


class Visitor:
    """One visit: a page that is ready, and everything that went wrong in it."""

    def __init__(self, page: Page, site: str, also: Sequence[str] = ()) -> None:
        self.page = page
        self.site = site
        self._sites = (site, f"blob:{site}", *also)
        self.troubles: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self._note("request", request.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") or (kind == "request" and not text.startswith(self._sites)):
            self.troubles.append(f"{kind}: {text}")

    def go(self, path: str = "/") -> Page:
        self.page.goto(self.site + path)
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def ask(self, question: str) -> None:
        turns = self.page.locator(".turn").count()
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        expect(self.page.locator(".turn")).to_have_count(turns + 1)
        self.page.locator(".turn:last-child :is(.answer, .trouble)").wait_for()

    def texts(self, selector: str) -> list[str]:
        """The DOM's text of every match, as it is and not as it is laid out."""
        found: list[str] = self.page.eval_on_selector_all(selector, "nodes => nodes.map(node => node.textContent)")
        return found

    def marked(self) -> str:
        """The text that is marked in the source as the quote."""
        self.page.locator("mark.quoted").first.wait_for()
        return "".join(self.texts("mark.quoted"))


@contextmanager
def visit(browser: Browser, site: str, *also: str, **context: Any) -> Iterator[Visitor]:
    """A visit with storage of its own, which must end without any error or warning, or request to other sites than these."""
    opened = browser.new_context(**{"viewport": WIDE, "locale": "en-GB", **context})
    visitor = Visitor(opened.new_page(), site, also)
    visitor.page.set_default_timeout(10_000)
    yield visitor
    opened.close()
    assert visitor.troubles == [], visitor.troubles
