"""The SDK's own client: in this process over a scripted assistant, and over both transports at the real command."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from listening import HeldAssistant
from mcp import Client, ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import CallToolResult
from scripted import GARDEN, GARDEN_ID, garden
from typer.testing import CliRunner

from assistant import cli, operating
from assistant.answering import Assistant
from assistant.mcp_server import server_of
from assistant.mcp_tools import MOST_PLACES, MOST_READ
from assistant.service import models
from assistant.settings import Settings

QUESTION = "When does the garden open?"
OPENS = "The garden \U0001f338 opens at nine."
ENACTED = "When was the International Peace Cooperation Act enacted?"
COMMAND = ["-c", "from assistant.cli import main; main()", "mcp"]
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parent.parent)}

Use = Callable[[Client], Coroutine[Any, Any, Any]]


@pytest.fixture(scope="module")
def held() -> HeldAssistant:
    return HeldAssistant(Settings(organisation="City Parks"))


def used(server: Any, use: Use) -> Any:
    """What comes of using a client that is connected to a server, its address or its command."""

    async def run() -> Any:
        async with Client(server) as client:
            return await use(client)

    return asyncio.run(run())


def called(held: HeldAssistant, tool: str, **arguments: Any) -> CallToolResult:
    """What a tool answers to a client in this process."""
    result: CallToolResult = used(server_of(held), lambda client: client.call_tool(tool, arguments))
    return result


def structured(held: HeldAssistant, tool: str, **arguments: Any) -> Any:
    result = called(held, tool, **arguments)
    assert not result.is_error, result.content
    return result.structured_content


def refused(held: HeldAssistant, tool: str, **arguments: Any) -> str:
    result = called(held, tool, **arguments)
    assert result.is_error
    (said,) = result.content
    assert said.type == "text"
    return said.text


# --- the tools ---


def test_four_tools_are_offered_with_their_shapes(held: HeldAssistant) -> None:
    tools = used(server_of(held), lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "search", "read_document", "verify_quote"]
    assert all(tool.output_schema and tool.description and tool.annotations.read_only_hint for tool in tools)
    assert tools[0].input_schema["required"] == ["question"]
    assert tools[0].output_schema["properties"].keys() == models.Answer.model_fields.keys()


def test_a_client_is_told_what_there_is(held: HeldAssistant) -> None:
    async def instructions(client: Client) -> Any:
        return client.instructions

    told = used(server_of(held), instructions)
    assert told.endswith(f"The documents: {GARDEN_ID} (Rules for Visitors \U0001f5fb).")
    assert "(City Parks)" in told


def test_ask_gives_the_contracts_answer(held: HeldAssistant) -> None:
    answer = structured(held, "ask", question=f" {QUESTION} ")
    assert answer == models.Answer.model_validate(held.ask(QUESTION).as_json()).model_dump()
    assert (answer["answer"], answer["status"]) == (OPENS, "answered")
    citation = answer["citations"][0]
    assert GARDEN[citation["start"] : citation["end"]] == citation["quote"] == OPENS


def test_ask_understands_a_conversation(held: HeldAssistant) -> None:
    citation = structured(held, "ask", question=QUESTION)["citations"][0]
    history = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": OPENS, "citations": [citation]},
    ]
    structured(held, "ask", question="And in winter?", history=history, documents=[GARDEN_ID])
    asked = held.asked[-1]
    assert (asked.history[1].citations[0].start, asked.documents) == (48, [GARDEN_ID])


def test_ask_says_when_nothing_is_known(held: HeldAssistant) -> None:
    answer = structured(held, "ask", question="Who is the mayor?")
    assert (answer["status"], answer["citations"], answer["note"]) == ("not_found", [], "These documents do not say.")


def test_search_gives_passages_the_best_first(held: HeldAssistant) -> None:
    found = structured(held, "search", query="fees", limit=2)
    assert found["index_version"] == "scripted"
    assert [one["section"] for one in found["passages"]] == ["2. Fees", "2. Fees"]
    assert [one["score"] for one in found["passages"]] == [1.0, 0.9]
    assert all(GARDEN[one["start"] : one["end"]] == one["quote"] for one in found["passages"])


def test_read_document_gives_text_and_sections(held: HeldAssistant) -> None:
    whole = structured(held, "read_document", document=GARDEN_ID)
    assert (whole["text"], whole["start"], whole["end"], whole["next_start"]) == (GARDEN, 0, len(GARDEN), None)
    assert [one["label"] for one in whole["sections"]] == ["1. Opening", "2. Fees", "(1) Refunds"]
    assert (whole["sha256"], whole["characters"]) == (garden().sha256, len(GARDEN))
    start = GARDEN.index("2. Fees")
    part = structured(held, "read_document", document=GARDEN_ID, start=start, end=start + 7)
    assert (part["text"], part["next_start"]) == ("2. Fees", start + 7)
    assert [one["label"] for one in part["sections"]] == ["2. Fees"]


def test_a_long_document_is_read_in_parts_that_add_up(assistant: Assistant) -> None:
    document = max(assistant.index.documents.values(), key=lambda one: len(one.text))

    async def read(client: Client) -> str:
        text, start = "", 0
        while start is not None:
            part = (
                await client.call_tool("read_document", {"document": document.id, "start": start})
            ).structured_content
            assert part is not None
            assert len(part["text"]) <= MOST_READ
            text += part["text"]
            start = part["next_start"]
        return text

    assert used(server_of(assistant), read) == document.text


def test_verify_quote_lists_every_place(held: HeldAssistant) -> None:
    quote = "pay"
    checked = structured(held, "verify_quote", document=GARDEN_ID, quote=quote)
    places = [(place["start"], place["end"]) for place in checked["places"]]
    assert places == [found.span() for found in re.finditer(quote, GARDEN)]
    assert (checked["verbatim"], checked["count"], checked["nearly"]) == (True, 3, [])
    assert {place["section"] for place in checked["places"]} == {"2. Fees"}
    assert checked["places"][0]["url"].endswith(f"#char={places[0][0]},{places[0][1]}")


def test_verify_quote_counts_what_overlaps_and_lists_the_first(held: HeldAssistant) -> None:
    spaces = structured(held, "verify_quote", document=GARDEN_ID, quote="\n\n")
    assert spaces["count"] == sum(GARDEN.startswith("\n\n", start) for start in range(len(GARDEN)))
    many = structured(held, "verify_quote", document=GARDEN_ID, quote="e")
    assert (many["count"], len(many["places"])) == (GARDEN.count("e"), min(GARDEN.count("e"), MOST_PLACES))


@pytest.mark.parametrize("quote", ["the garden \U0001f338  opens\nat nine.", "THE GARDEN \U0001f338 OPENS AT NINE."])
def test_verify_quote_tells_what_stands_there_instead(held: HeldAssistant, quote: str) -> None:
    checked = structured(held, "verify_quote", document=GARDEN_ID, quote=quote)
    assert (checked["verbatim"], checked["count"], checked["places"]) == (False, 0, [])
    assert [(one["quote"], one["start"]) for one in checked["nearly"]] == [(OPENS, 48)]


@pytest.mark.parametrize("quote", ["The garden opens at nine.", "   \t", "\U0001f338\U0001f338"])
def test_what_does_not_stand_there_is_nowhere(held: HeldAssistant, quote: str) -> None:
    checked = structured(held, "verify_quote", document=GARDEN_ID, quote=quote)
    assert (checked["verbatim"], checked["places"], checked["nearly"]) == (False, [], [])


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("ask", {"question": " "}, "the question is empty; send 1 character at least"),
        ("ask", {"question": "x" * 2001}, "the question has 2001 characters; send 2000 at most"),
        ("ask", {"question": "?", "documents": ["no"]}, "there is no document 'no'"),
        ("ask", {"question": "?", "documents": []}, "at least 1 item"),
        ("ask", {}, "Field required"),
        ("search", {"query": ""}, "the question is empty"),
        ("search", {"query": "?", "limit": 51}, "less than or equal to 50"),
        ("read_document", {"document": "no"}, f"there is no document 'no'; there are {GARDEN_ID}"),
        ("read_document", {"document": GARDEN_ID, "start": 9999}, "has 299 characters; from 9999 to the end there is"),
        ("read_document", {"document": GARDEN_ID, "start": 9, "end": 3}, "from 9 to 3 there is nothing to read"),
        ("verify_quote", {"document": "no", "quote": "?"}, "there is no document 'no'"),
        ("verify_quote", {"document": GARDEN_ID, "quote": ""}, "at least 1 character"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    held: HeldAssistant, tool: str, arguments: dict[str, Any], reason: str
) -> None:
    said = refused(held, tool, **arguments)
    assert said.startswith(f"Error executing tool {tool}")
    assert reason.replace("299", str(len(GARDEN))) in said


def test_a_fault_of_ours_gives_nothing_away(held: HeldAssistant) -> None:
    assert refused(held, "ask", question="explode") == "Error executing tool ask"


# --- the command ---


async def _every_tool(client: Client) -> tuple[Any, ...]:
    """One real answer, checked with the other tools."""
    answer = (await client.call_tool("ask", {"question": ENACTED})).structured_content
    assert answer is not None
    citation = answer["citations"][0]
    place = {"document": citation["document"], "start": citation["start"], "end": citation["end"]}
    read = (await client.call_tool("read_document", place)).structured_content
    checked = (
        await client.call_tool("verify_quote", {"document": citation["document"], "quote": citation["quote"]})
    ).structured_content
    found = (await client.call_tool("search", {"query": ENACTED, "limit": 3})).structured_content
    return answer, citation, read, checked, found


def _holds_together(answer: Any, citation: Any, read: Any, checked: Any, found: Any) -> None:
    assert (answer["status"], answer["answer"]) == ("answered", "June 1992")
    assert read["text"] == citation["quote"]
    assert checked["verbatim"] is True
    assert (citation["start"], citation["end"]) in [(place["start"], place["end"]) for place in checked["places"]]
    assert len(found["passages"]) == 3
    assert any(one["section_path"] == citation["section_path"] for one in found["passages"])


@pytest.mark.slow
def test_a_client_of_the_protocol_before_this_one_is_served_too(index_folder: Path, tmp_path: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--index", str(index_folder)], env=ENVIRONMENT, cwd=tmp_path
    )

    async def run() -> tuple[Any, Any]:
        async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
            begun = await session.initialize()
            return begun, await session.call_tool("verify_quote", {"document": "japan-pko", "quote": "June 1992"})

    begun, checked = asyncio.run(run())
    assert (begun.server_info.name, checked.structured_content["verbatim"]) == ("chapterverse", True)
    assert checked.content[0].text


def test_over_stdio_a_client_asks_reads_and_verifies(index_folder: Path, tmp_path: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--index", str(index_folder)], env=ENVIRONMENT, cwd=tmp_path
    )
    errors = tmp_path / "errors"
    with errors.open("w") as log:
        _holds_together(*used(stdio_client(command, errlog=log), _every_tool))
    assert errors.read_text() == ""


@pytest.fixture
def served(index_folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address of `chapterverse mcp --http`, which ends well on Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, *COMMAND, "--http", "--port", "0", "--index", str(index_folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | ENVIRONMENT,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    ready = process.stdout.readline()
    try:
        assert ready.startswith("Ready at http://127.0.0.1:"), ready
        yield ready.split()[-1]
    finally:
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in errors
    assert not (tmp_path / "data").exists()  # no key is asked for on loopback, so no database is made


def test_over_http_a_client_asks_reads_and_verifies(served: str) -> None:
    assert served.endswith("/mcp")
    _holds_together(*used(served, _every_tool))
    foreign = httpx.post(served, json={}, headers={"host": "evil.example"})
    assert foreign.status_code == 421  # DNS rebinding


@pytest.mark.slow
def test_where_other_machines_can_call_a_key_is_needed(index_folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, *COMMAND, "--http", "--host", "0.0.0.0", "--port", "0", "--index", str(index_folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | ENVIRONMENT,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1].replace("0.0.0.0", "127.0.0.1")
        refused = httpx.post(address, json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_without_the_package_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "find_spec", lambda _: None)
    result = CliRunner().invoke(cli.app, ["mcp"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == ("chapterverse: the package mcp is not installed; run pip install 'chapterverse[mcp]'\n")


def test_without_an_index_one_line_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["mcp", "--index", str(tmp_path / "none")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("run `chapterverse build`\n")
