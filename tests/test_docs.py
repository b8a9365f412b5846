"""Every example of README.md and docs/ is run as a reader would run it, and must give what the page shows below it.

A fenced block of sh, python or js is an example; a block of json or text right below it is its output, in which `…`
stands for anything. Indented blocks are not run. The servers that the pages name by address are real ones on loopback.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import CHROMIUM, needs_chromium, opened_browser, served
from conftest import ROOT
from markdown_it import MarkdownIt
from playwright.sync_api import Page

import assistant as assistant_package
from assistant.answering import Assistant
from assistant.mcp_server import PATH as MCP
from assistant.mcp_server import server_of
from assistant.service.app import create_app
from assistant.settings import Settings
from assistant.store.database import open_store
from assistant.store.keys import create_key

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
EXAMPLES = ("sh", "python", "js")
OUTPUTS = ("json", "text")
OTHERS = ("toml", "html")  # tried in test_docs_snippets.py
NODE = shutil.which("node")
HERE = "http://127.0.0.1:8000"
KEYED = "https://ask.example.org"
TOOLS = "http://127.0.0.1:8001"


@dataclass(frozen=True)
class Example:
    """A block of code in a page, and what the page shows as its output (empty: nothing is shown)."""

    page: Path
    line: int
    language: str
    code: str
    shown: str = ""
    is_json: bool = False

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line} {self.language}"


@dataclass(frozen=True)
class World:
    """Where examples run: a folder with corpus and index, and the addresses that stand for those in the pages."""

    folder: Path
    addresses: dict[str, str]
    key: str

    def here(self, text: str) -> str:
        for shown, real in self.addresses.items():
            text = text.replace(shown, real)
        return text

    def there(self, text: str) -> str:
        for shown, real in self.addresses.items():
            text = text.replace(real, shown)
        return text


def examples_of(page: Path) -> Iterator[Example]:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "fence" and token.info in EXAMPLES:
            assert token.map is not None
            output = following if following and following.type == "fence" and following.info in OUTPUTS else None
            shown = (output.content, output.info == "json") if output else ("", False)
            yield Example(page, token.map[0] + 1, token.info, token.content, *shown)


ALL = [example for page in PAGES for example in examples_of(page)]


def those_in(language: str) -> Any:
    return pytest.mark.parametrize("example", [one for one in ALL if one.language == language], ids=str)


def agrees(shown: str, came: str, *, is_json: bool = False) -> bool:
    """Whether an output is the one that is shown, "…" standing for anything; JSON may be laid out anyhow."""
    if is_json:
        came = json.dumps(json.loads(came), ensure_ascii=False)
        shown = re.sub(r"(?<=[\[{]) | (?=[\]}])", "", " ".join(shown.split()))
    pattern = ".*".join(map(re.escape, shown.strip().split("…")))
    return re.fullmatch(pattern, came.strip(), re.DOTALL) is not None


@pytest.fixture(scope="module")
def world(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("documented")
    settings = assistant.settings
    (folder / "corpus").symlink_to(settings.corpus)
    (folder / "index").symlink_to(settings.index)
    keyed = settings.model_copy(update={"require_keys": True})
    with ExitStack() as stack:
        store = stack.enter_context(open_store(f"sqlite:///{folder / 'store.sqlite3'}"))
        apps = {
            HERE: create_app(settings, lambda _: assistant, store=store),
            KEYED: create_app(keyed, lambda _: assistant, store=store),
            TOOLS: server_of(assistant).streamable_http_app(streamable_http_path=MCP, host="127.0.0.1"),
        }
        addresses = {shown: stack.enter_context(served(app)) for shown, app in apps.items()}
        yield World(folder, addresses, create_key(store, "example", frozenset({"ask"})).secret)


def check(example: Example, world: World, came: str) -> None:
    if example.shown:
        assert agrees(example.shown, world.there(came), is_json=example.is_json), came


@those_in("sh")
def test_a_shell_example_gives_what_is_shown(example: Example, world: World) -> None:
    if "curl" in example.code and not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    commands = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "KEY": world.key}
    done = subprocess.run(
        ["sh", "-ec", world.here(example.code)],
        env=environment,
        cwd=world.folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    check(example, world, done.stdout)


@those_in("python")
def test_a_python_example_gives_what_is_shown(example: Example, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(world.folder)
    code = compile(world.here(example.code), str(example), "exec")
    # In a thread of its own, where no event loop runs: an example may start one.
    with redirect_stdout(io.StringIO()) as out, ThreadPoolExecutor(1) as thread:
        thread.submit(exec, code, {"__name__": "__main__"}).result()
    check(example, world, out.getvalue())


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
@those_in("js")
def test_a_javascript_example_gives_what_is_shown(example: Example, world: World) -> None:
    command = [str(NODE), "--input-type=module", "--eval", world.here(example.code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    check(example, world, done.stdout)


@pytest.fixture(scope="module")
def page(world: World) -> Iterator[Page]:
    """The service's own page in Chromium."""
    with opened_browser() as browser:
        page = browser.new_page()
        page.goto(world.addresses[HERE])
        yield page


@needs_chromium
@those_in("js")
def test_a_javascript_example_does_the_same_in_a_browser(example: Example, world: World, page: Page) -> None:
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.evaluate(f"(async () => {{ {world.here(example.code)} }})()")
    check(example, world, "\n".join(logged))


# --- the pages themselves ---


def test_the_pages_have_examples_in_every_language_and_javascript_can_be_run() -> None:
    assert {one.language for one in ALL if one.page.name == "api.md"} == set(EXAMPLES)
    assert NODE or CHROMIUM, "neither node nor chromium is on this machine; the JavaScript examples cannot be run"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_fenced_block_is_tried(page: Path) -> None:
    fences = [token.info for token in MarkdownIt().parse(page.read_text(encoding="utf-8")) if token.type == "fence"]
    examples = list(examples_of(page))
    outputs = [one for one in fences if one in OUTPUTS]
    assert set(fences) <= {*EXAMPLES, *OUTPUTS, *OTHERS}
    assert len(outputs) == len([one for one in examples if one.shown])
    assert [str(one) for one in examples if "curl" in one.code and not one.shown] == []  # curl ends well on any status


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        leads_to = page.parent / path if path else page
        assert leads_to.exists(), target
        if anchor:
            assert anchor in anchors_of(leads_to), target


def anchors_of(page: Path) -> set[str]:
    """The anchors that code hosts make of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_map_names_every_file_and_none_beside() -> None:
    package = Path(assistant_package.__file__).parent
    mapped: dict[str, set[str]] = {}
    folder = ""
    for line in str(assistant_package.__doc__).splitlines():
        entry = re.match(r" {4}([a-z_]+)(/|\.py) ", line)
        if entry:
            folder = entry[1] if entry[2] == "/" else ""
        mapped.setdefault(folder, set()).update(re.findall(r"[a-z_]+\.py", line))
    folders = {"": package} | {one.parent.name: one.parent for one in package.glob("*/__init__.py")}
    there = {name: {one.name for one in path.glob("*.py")} - {"__init__.py"} for name, path in folders.items()}
    assert mapped == there


def test_the_page_on_the_api_lists_every_endpoint_and_none_beside(world: World) -> None:
    schema = httpx.get(f"{world.addresses[HERE]}/openapi.json").json()
    there = {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}
    table = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert set(re.findall(r"`([A-Z]+ /\S+)`", table)) == there | {"GET /metrics"}


def test_every_setting_stands_in_its_page_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.M)
    assert {name for name, _ in rows} == Settings.model_fields.keys()
    words = {"": "empty", "()": "none", "None": "by address"}
    for name, shown in rows:
        default = Settings.model_fields[name].default
        plain = str(default).lower() if isinstance(default, bool) else str(default)
        assert shown.strip().strip("`") == words.get(plain, plain), name


# --- the test itself ---


@pytest.mark.parametrize(
    ("shown", "came", "is_json", "expected"),
    [
        ("June 1992\n", "June 1992\n\n", False, True),
        ("June …", "June 1992", False, True),
        ("June …", "July 1992", False, False),
        ("a\n  b", "a\n b", False, False),
        ('{"a": [\n  1,\n  "…"\n]}', '{"a":[1,"x"]}', True, True),
        ('{"a": 1, … "c": 3}', '{"a": 1, "b": [2], "c": 3}', True, True),
        ('{"a": 1}', '{"a": 2}', True, False),
        ('{"a": 1}', '{"a": 1, "b": 2}', True, False),
    ],
)
def test_an_output_agrees_or_does_not(shown: str, came: str, is_json: bool, expected: bool) -> None:
    assert agrees(shown, came, is_json=is_json) is expected
