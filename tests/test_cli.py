import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from scripted import GARDEN, GARDEN_ID, ScriptedAssistant
from typer.testing import CliRunner, Result

from assistant import terminal
from assistant.answering import Answer, Assistant
from assistant.cli import app
from assistant.errors import SettingsError
from assistant.serving import listen, url_of
from assistant.settings import Settings
from assistant.understanding import NOT_FOUND, Request

QUESTION, OPENS = "When does the garden open?", "The garden \U0001f338 opens at nine."
START = GARDEN.index(OPENS)
TITLE = "Rules for Visitors \U0001f5fb"
PLACE = f"{TITLE} › 1. Opening · {GARDEN_ID}, characters {START}–{START + len(OPENS)}"
SOURCE = "https://parks.example/rules#:~:text=The%20garden%20%F0%9F%8C%B8%20opens%20at%20nine."
COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedAssistant:
    """What every command opens in place of an index."""
    scripted = ScriptedAssistant(Settings(contact="Call 0120."))
    monkeypatch.setattr(Assistant, "open", lambda _: scripted)
    return scripted


@pytest.fixture(autouse=True)
def _own_signals_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def invoke(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=typed, catch_exceptions=False)


def start(*words: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )


def last_line_of(code: str) -> str:
    """What a fresh interpreter prints last."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    return done.stdout.splitlines()[-1]


def test_help_imports_nothing_heavy() -> None:
    heavy = [
        "numpy",
        "torch",
        "faiss",
        "bm25s",
        "onnxruntime",
        "fastapi",
        "pydantic",
        "openpyxl",
        "sqlalchemy",
        "alembic",
        "limits",
        "prometheus_client",
        "uvicorn",
        "transformers",
    ]
    code = (
        "import sys\nfrom assistant.cli import app\n"
        "status = app(['--help'], standalone_mode=False)\n"
        f"print('loaded:', [name for name in {heavy} if name in sys.modules], status)"
    )
    assert last_line_of(code) == "loaded: [] 0"


def test_asking_imports_neither_torch_nor_the_service(index_folder: Path) -> None:
    code = (
        "import sys\nfrom assistant.cli import app\n"
        f"app(['ask', 'When was the Act enacted?', '--index', {str(index_folder)!r}], standalone_mode=False)\n"
        "print('loaded:', [name for name in ['torch', 'transformers', 'fastapi', 'openpyxl'] if name in sys.modules])"
    )
    assert last_line_of(code) == "loaded: []"


def test_every_command_is_listed_and_explained() -> None:
    text = invoke("--help").stdout
    for name in ("build", "ask", "chat", "serve", "batch", "eval", "train-reader", "keys", "feedback", "mcp"):
        assert f" {name} " in text
        assert invoke(name, "--help").exit_code == 0
    for name in ("build", "ask", "chat", "serve", "batch", "eval"):
        assert {"--corpus", "--index"} <= set(invoke(name, "--help").stdout.split())
    assert invoke("--version").stdout.startswith("chapterverse ")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["aks"], "chapterverse: No such command 'aks'. Did you mean 'ask'?"),
        (["ask"], "chapterverse: Missing argument 'question'."),
        (["ask", "Why?", "--index", "none"], "chapterverse: no index in 'none'; run `chapterverse build`"),
        (["build", "--corpus", "none"], "chapterverse: corpus folder 'none' does not exist; create it or name another"),
        (["batch", "none.csv"], "chapterverse: there is no file 'none.csv'"),
        (
            ["batch", "none.pdf"],
            "chapterverse: 'none.pdf' is of no known format: the name must end in .csv, .xlsx, .jsonl",
        ),
        (
            ["serve", "--port", "65536"],
            "chapterverse: Invalid value for '--port': Input should be less than or equal to 65535",
        ),
        (["eval", "--suite", "none"], "chapterverse: 'none' holds no question"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(words: list[str], line: str) -> None:
    result = invoke(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_wrong_settings_are_one_line_and_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPTERVERSE_THRESHOLD", "many")
    result = invoke("ask", "Why?")
    assert result.exit_code == 2
    assert result.stderr.startswith("chapterverse: setting 'threshold' is 'many'")


def test_an_unwritable_folder_is_one_line_and_status_2(tmp_path: Path, corpus_folder: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be", encoding="utf-8")
    result = invoke("build", "--corpus", str(corpus_folder), "--index", str(tmp_path / "index"))
    assert (result.exit_code, result.stderr) == (2, f"chapterverse: {tmp_path / 'index'}: File exists\n")


@pytest.mark.usefixtures("scripted")
def test_an_answer_shows_quote_place_and_confidence() -> None:
    assert invoke("ask", QUESTION).stdout == f"{OPENS}\n{PLACE}\n{SOURCE}\n\nConfidence: sure (0.97)\n"


@pytest.mark.usefixtures("scripted")
def test_no_answer_shows_what_is_close_and_says_that_it_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPTERVERSE_CONTACT", "Call 0120.")
    refunds = "A ticket is refunded <b>only</b>"
    start = GARDEN.index(refunds)
    place = f"{TITLE} › 2. Fees › (1) Refunds · {GARDEN_ID}, characters {start}–{start + len(refunds)}"
    assert invoke("ask", "Who is the mayor?").stdout.splitlines() == [
        "These documents do not say.",
        "Call 0120.",
        "Closest sections (not an answer):",
        place,
        "Confidence: unsure (0.12)",
    ]


@pytest.mark.usefixtures("scripted")
def test_parts_readings_counts_and_corrections_are_shown() -> None:
    partial = invoke("ask", "When does it open and who is the director?").stdout
    assert "Not in these documents: who is the director?\nConfidence: unsure (0.60)\n" in partial
    assert invoke("ask", "What about payment?").stdout.startswith("2 readings:\nFees are due")
    assert invoke("ask", "What does it cost?").stdout.startswith("Counted: 3\n\n(1) Adults pay 500 yen;\n")
    assert invoke("ask", "How many fees are there?").stdout.startswith(
        "Counted: 3 (the first and the last are quoted)\n\n(1)"
    )
    assert invoke("ask", "When does the gaarden open?").stdout.startswith("read as: garden\n")


HELLO = "Hello! Ask me about “Rules for Visitors”."


def test_a_greeting_is_greeted_and_nothing_else(scripted: ScriptedAssistant) -> None:
    answer = replace(scripted.ask("Hello!"), note=HELLO, closest=(), confidence=0.0)
    assert shown(answer, color_system=None) == f"{HELLO}\n"


def test_a_note_is_told_beside_what_the_documents_do_not_say(scripted: ScriptedAssistant) -> None:
    answer = replace(scripted.ask("Why?"), note=f"section 4 has items (1) to (22); {NOT_FOUND}")
    lines = shown(answer, color_system=None).splitlines()
    assert lines[:3] == [NOT_FOUND, "section 4 has items (1) to (22)", "Closest sections (not an answer):"]
    partial = replace(scripted.ask("When does it open and who is the director?"), note=NOT_FOUND)
    assert NOT_FOUND not in shown(partial, color_system=None)


@pytest.mark.parametrize(("confidence", "said"), [(1.0, "sure (0.99)"), (0.996, "sure (0.99)"), (0.914, "sure (0.91)")])
def test_no_answer_is_shown_as_certain(scripted: ScriptedAssistant, confidence: float, said: str) -> None:
    answer = replace(scripted.ask(QUESTION), confidence=confidence)
    assert shown(answer, color_system=None).endswith(f"Confidence: {said}\n")
    assert answer.as_json()["confidence"] == confidence


def test_json_is_the_answer_alone(scripted: ScriptedAssistant) -> None:
    result = invoke("ask", QUESTION, "--json")
    assert json.loads(result.stdout) == json.loads(json.dumps(scripted.ask(QUESTION).as_json()))
    assert "\U0001f338" in result.stdout


def shown(answer: Answer, **options: Any) -> str:
    out = Console(file=io.StringIO(), force_terminal=True, width=200, highlight=False, **options)
    terminal.show_answer(out, answer)
    return out.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_answering_words_are_marked_on_a_terminal(
    scripted: ScriptedAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;30;103mat nine\x1b[0m" in shown(scripted.ask(QUESTION), color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shown(scripted.ask(QUESTION), color_system="standard")
    assert "\x1b[1mat nine\x1b[0m" in plain
    assert "[1;30;103m" not in plain


def test_control_characters_of_a_document_do_not_reach_the_terminal(scripted: ScriptedAssistant) -> None:
    answer = scripted.ask(QUESTION)
    (citation,) = answer.citations
    values = {field: getattr(citation, field) for field in citation.__dataclass_fields__}
    evil = type(citation)(**values | {"quote": "\x1b]0;owned\x07\u009b31m [bold]x[/bold] :smile:"})
    kept = {field: getattr(answer, field) for field in answer.__dataclass_fields__}
    text = shown(type(answer)(**kept | {"citations": (evil,), "answer": evil.quote}), color_system=None)
    assert "�]0;owned��31m [bold]x[/bold] :smile:" in text
    assert not {"\x1b", "\x07", "\u009b"} & set(text)


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "sure"), (0.9, "sure"), (0.89, "likely"), (0.7, "likely"), (0.69, "unsure")]
)
def test_confidence_in_words(confidence: float, word: str) -> None:
    assert terminal.confidence_word(confidence) == word


def test_a_conversation_has_a_history_until_a_new_one_begins(scripted: ScriptedAssistant) -> None:
    typed = f"{QUESTION}\n\nAnd on Sundays?\n{'x' * 2001}\n/what\n/new\nAnd on Sundays?\n"
    result = invoke("chat", typed=typed)
    assert result.exit_code == 0
    first, second, third = scripted.asked
    assert [turn.content for turn in first.history] == []
    assert [turn.content for turn in second.history] == [QUESTION, OPENS]
    assert second.history[1].citations[0].start == START
    assert list(third.history) == []
    assert "understood as: When does the garden open on Sundays?\n" in result.stdout
    assert "the question has 2001 characters; send 2000 at most\n" in result.stdout
    assert f"{terminal.HELP}\nA new conversation.\n" in result.stdout
    assert "Call 0120." in result.stdout


def test_quit_ends_a_conversation(scripted: ScriptedAssistant) -> None:
    assert invoke("chat", typed=f"{QUESTION}\n/quit\n{QUESTION}\n").exit_code == 0
    assert len(scripted.asked) == 1


class Interrupted(ScriptedAssistant):
    """Is stopped by Ctrl-C while it answers."""

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        raise KeyboardInterrupt(len(requests))


def test_ctrl_c_is_status_130_without_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assistant, "open", Interrupted)
    (tmp_path / "faq.csv").write_text("question\nWhy?\n", encoding="utf-8")
    for words in (["ask", QUESTION], ["batch", "faq.csv"], ["chat"]):
        result = invoke(*words, typed="Why?\n")
        assert (result.exit_code, result.stderr) == (130, "")
    assert [path.name for path in tmp_path.iterdir()] == ["faq.csv"]


@pytest.mark.usefixtures("scripted")
def test_batch_says_what_came_out(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text(f"question\n{QUESTION}\nWhy?\n{'x' * 2001}\n", encoding="utf-8")
    result = invoke("batch", "faq.csv", "-o", "out.xlsx")
    assert (result.exit_code, result.stdout) == (0, "answered 1, partial 0, not found 1, errors 1 → out.xlsx\n")
    assert (tmp_path / "out.xlsx").is_file()


class Terminated(ScriptedAssistant):
    """Is told to end by the system while it answers."""

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        os.kill(os.getpid(), signal.SIGTERM)
        return super().ask_all(requests)


def test_a_terminated_batch_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assistant, "open", Terminated)
    (tmp_path / "faq.csv").write_text("question\nWhy?\n", encoding="utf-8")
    assert invoke("batch", "faq.csv").exit_code == 143
    assert [path.name for path in tmp_path.iterdir()] == ["faq.csv"]


def small_corpus(folder: Path, **files: bytes) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.txt").write_bytes(content)
    return folder


def test_build_reports_and_fails_on_bad_documents_unless_told_to_skip(tmp_path: Path, encoder_cache: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "encoders").symlink_to(encoder_cache, target_is_directory=True)
    small_corpus(tmp_path / "corpus", good=b"Rules\n\nThe garden opens at nine.\n", bad=b"", worse=b"\x00\x01\x02")
    result = invoke("build")
    assert result.exit_code == 2
    assert result.stdout.startswith("Indexed 1 document in ")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["left out", "left out"]
    assert "bad.txt" in result.stderr.splitlines()[0]
    assert invoke("build", "--skip-bad").exit_code == 0
    (tmp_path / "corpus" / "bad.txt").unlink()
    (tmp_path / "corpus" / "worse.txt").unlink()
    again = invoke("build")
    assert (again.exit_code, again.stderr) == (0, "")
    assert ": 0 embedded, " in again.stdout


CASE = '{"id": "1", "question": "When was the Act enacted?", "gold": ["June 1992"]}\n'


@pytest.mark.parametrize(("most", "status"), [(0, 0), (2, 1)])
def test_eval_fails_below_a_gate(tmp_path: Path, index_folder: Path, most: float, status: int) -> None:
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "questions.jsonl").write_text(CASE, encoding="utf-8")
    (suite / "gates.toml").write_text(f"[questions.all.at_least]\nright = {most}\n", encoding="utf-8")
    result = invoke("eval", "--suite", "suite", "--index", str(index_folder))
    assert result.exit_code == status, result.output
    assert (suite / "report.html").is_file()
    assert ("all 1 gates passed" if status == 0 else "1 of 1 gates failed") in result.stdout


def test_eval_of_another_corpus_leaves_the_index_alone(tmp_path: Path, encoder_cache: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "encoders").symlink_to(encoder_cache, target_is_directory=True)
    corpus = small_corpus(tmp_path / "other", garden=b"Rules\n\nThe garden opens at nine.\n")
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "questions.jsonl").write_text('{"id": "1", "question": "When?", "gold": ["at nine"]}\n', encoding="utf-8")
    result = invoke("eval", "--suite", "suite", "--corpus", str(corpus), "--report", "report")
    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["report.html", "report.json"]
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["encoders"]


def test_serve_says_when_it_is_ready_and_stops_on_ctrl_c(index_folder: Path) -> None:
    process = start("serve", "--port", "0", "--index", str(index_folder))
    assert process.stdout is not None
    ready = process.stdout.readline().strip()
    try:
        assert ready.startswith("Chapter & Verse is ready at http://127.0.0.1:")
        assert httpx.get(f"{ready.rsplit(' ', 1)[1]}/readyz", timeout=60).status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate()
    assert (process.returncode, out, errors) == (130, "", "")


def test_who_asks_an_index_that_is_behind_its_corpus_is_told(
    index_folder: Path, corpus_folder: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "own"
    shutil.copytree(corpus_folder, corpus)
    asked = ("ask", "When was the Act enacted?", "--index", str(index_folder))
    assert invoke(*asked, "--corpus", str(corpus)).stderr == ""
    (corpus / "dogs.txt").write_text("No dogs in the museum.\n", encoding="utf-8")
    assert (
        invoke(*asked, "--corpus", str(corpus)).stderr
        == "the index is behind the corpus: dogs; run `chapterverse build`\n"
    )
    assert invoke(*asked).stderr == ""  # an index named alone may be of any corpus


def test_a_port_in_use_is_one_line_and_status_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = invoke("serve", "--port", str(port))
    assert result.exit_code == 2
    assert result.stderr == (
        f"chapterverse: cannot listen on 127.0.0.1 port {port} (Address already in use); "
        "name another with --host or --port\n"
    )


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"cannot listen on 203\.0\.113\.7 port 0"):
        listen("203.0.113.7", 0)


def test_addresses_are_shown_as_a_browser_takes_them() -> None:
    with listen("127.0.0.1", 0) as bound:
        assert url_of(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"
    if socket.has_ipv6:
        with listen("::1", 0) as bound:
            assert url_of(bound) == f"http://[::1]:{bound.getsockname()[1]}"


def test_a_reader_that_goes_away_is_no_error(index_folder: Path) -> None:
    process = start("ask", "When was the Act enacted?", "--json", "--index", str(index_folder))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (141, "")
