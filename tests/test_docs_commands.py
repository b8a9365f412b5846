"""docs/cli.md names every command and option that there is, and no page names one that there is not."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from conftest import ROOT

from assistant.cli import app

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
FOLDERS = {"--corpus", "--index"}
HELP = {"--help", "-h"}
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def commands() -> dict[str, set[str]]:
    """The options of every command, by its name ("keys create")."""
    return dict(_walked(typer.main.get_command(app), ""))


def _walked(command: Any, name: str) -> Iterator[tuple[str, set[str]]]:
    yield name, {option for one in command.params if one.param_type_name == "option" for option in one.opts}
    for word, below in getattr(command, "commands", {}).items():
        yield from _walked(below, f"{name} {word}".strip())


COMMANDS = commands()
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
INTRODUCTION, *PARTS = re.split(r"^## ", CLI, flags=re.MULTILINE)
SECTIONS = {part.partition("\n")[0]: part for part in PARTS}
TOP = [name for name in COMMANDS if name and " " not in name]


def test_there_is_a_section_for_every_command_and_for_nothing_else() -> None:
    assert set(SECTIONS) == {*TOP, "Exit status"}


def test_the_introduction_lists_every_command() -> None:
    listed = re.findall(r"^    chapterverse (\S+)", INTRODUCTION, re.MULTILINE)
    assert sorted(listed) == sorted(TOP)
    taking = re.search(r"^(`build`.*?) take `--corpus DIR`", INTRODUCTION, re.DOTALL | re.MULTILINE)
    assert taking is not None
    assert set(re.findall(r"`([a-z-]+)`", taking[1])) == {name for name in COMMANDS if COMMANDS[name] >= FOLDERS}
    assert set(OPTION.findall(INTRODUCTION)) - {"-o"} == FOLDERS | HELP | COMMANDS[""]


@pytest.mark.parametrize("name", TOP)
def test_a_section_names_every_option_of_its_command_and_no_other(name: str) -> None:
    own = {command: options for command, options in COMMANDS.items() if command.split()[0:1] == [name]}
    options = set().union(*own.values())
    named = set(OPTION.findall(SECTIONS[name]))
    assert options - FOLDERS <= named
    assert named <= options
    for command in own:
        assert command == name or f"chapterverse {command}" in SECTIONS[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_calls_a_command_that_there_is_not(page: Any) -> None:
    called = re.findall(r"(?<![\w/])chapterverse ([a-z][a-z-]*)(?: ([a-z]+))?([^`|\n]*)", page.read_text("utf-8"))
    for word, second, rest in called:
        name = f"{word} {second}" if f"{word} {second}" in COMMANDS else word
        assert name in COMMANDS, f"chapterverse {name}"
        assert set(OPTION.findall(rest)) <= COMMANDS[name] | HELP, f"chapterverse {name} {rest}"


def test_every_variable_of_make_that_a_page_names_is_one() -> None:
    named = {
        name for page in PAGES for name in re.findall(r"\bmake [a-z]+ ([A-Z]+)=", page.read_text(encoding="utf-8"))
    }
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named == {"PORT"}
    assert all(re.search(rf"^{name} \?=", makefile, re.MULTILINE) and f"$({name})" in makefile for name in named)


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md", "docs/settings.md"])
def test_who_reads_of_build_reads_that_a_running_server_keeps_its_index(page: str) -> None:
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert re.search(r"[^.]*\b(a|A) (server that is running|running server)\b[^.]*\bindex\b[^.]*start it again", text)
