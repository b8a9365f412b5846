"""The service on the shipped documents → docs/picture.png: a question, its answer, and the document beside it.

make picture        (needs chromium)
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "picture.png"
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
QUESTION = "When was the International Peace Cooperation Act enacted?"


@contextmanager
def served() -> Iterator[str]:
    """The address of `chapterverse serve` with a database that is gone afterwards."""
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", "0"]
    with TemporaryDirectory() as folder:
        environment = os.environ | {"CHAPTERVERSE_DATABASE": f"sqlite:///{folder}/store.sqlite3"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
            assert process.stdout is not None
            try:
                ready = next(line for line in process.stdout if "ready at" in line)
                yield ready.split()[-1]
            finally:
                process.terminate()


def show(page: Page) -> None:
    """Ask, and open the document at the first quote of the answer."""
    page.wait_for_selector("html[data-ready]")
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.locator(".turn:last-child .answer a[href*='#char=']").first.click()
    page.locator("mark.quoted").first.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # scrolling ends


def main() -> None:
    """Take the picture."""
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB", color_scheme="light")
        page.goto(address)
        show(page)
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
