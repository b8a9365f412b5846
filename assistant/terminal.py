"""What the commands show: answers, builds, progress, and a conversation.

In: results of the assistant. Out: text on a terminal, or plain lines where the output goes elsewhere. Colour is never
the only sign: the answering words stand on a line of their own above the quote that holds them.
"""

import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from assistant.answering import Answer, Assistant
from assistant.dialogue.followups import Turn
from assistant.documents.citations import Citation
from assistant.errors import QuestionError
from assistant.understanding import NOT_FOUND

if TYPE_CHECKING:
    from assistant.search.build import BuildReport

MARK = "bold black on bright_yellow"
QUIET = "dim"
SURE, LIKELY = 0.9, 0.7
MOST_SHOWN = 0.99  # no answer is shown as certain
HELP = "Ask a question. /new starts a new conversation, /quit ends."
# Documents may hold control characters, which a terminal would obey.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def console(*, stderr: bool = False) -> Console:
    """A console that shows text as it is, and breaks lines only for a terminal."""
    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    made.soft_wrap = not made.is_terminal
    return made


def print_json(answer: Answer) -> None:
    """The answer as one JSON object on stdout."""
    print(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))


def show_answer(out: Console, answer: Answer, *, contact: str = "") -> None:
    """An answer with its quotes and their places, or what comes closest to one; of a greeting only the reply to it."""
    if _is_remark(answer):
        out.print(_text(_own_note(answer)))
        return
    if answer.standalone_question != answer.question:
        out.print(_text(f"understood as: {answer.standalone_question}", QUIET))
    for correction in answer.corrections:
        out.print(_text(f"read as: {correction}", QUIET))
    if answer.answered:
        _show_found(out, answer)
    else:
        _show_not_found(out, answer, contact)
    out.print(
        _text(f"Confidence: {confidence_word(answer.confidence)} ({min(answer.confidence, MOST_SHOWN):.2f})", QUIET)
    )


def confidence_word(confidence: float) -> str:
    """The web page's words for a confidence."""
    if confidence >= SURE:
        return "sure"
    return "likely" if confidence >= LIKELY else "unsure"


def show_build(report: "BuildReport") -> None:
    """What a build did on stdout, and what it left out on stderr."""
    for problem in report.problems:
        console(stderr=True).print(_text(f"left out: {problem}", "red"))
    for dangling in report.dangling:
        console(stderr=True).print(_text(f"reference: {dangling}", "yellow"))
    console().print(
        _text(
            f"Indexed {_counted(report.documents, 'document')} in {_counted(report.passages, 'passage')}: "
            f"{report.embedded} embedded, {report.reused} unchanged; version {report.version}, {report.seconds:.1f} s"
        )
    )


def show_changed(documents: Sequence[str]) -> None:
    """Say that these documents are not in the index as they are in the corpus; for none, nothing."""
    if documents:
        named = ", ".join(documents[:3]) + (", …" if len(documents) > 3 else "")
        console(stderr=True).print(
            _text(f"the index is behind the corpus: {named}; run `chapterverse build`", "yellow"), soft_wrap=True
        )


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr where that is a terminal. Yields the function to call with (done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def converse(assistant: Assistant, out: Console, *, read: Callable[[str], str] = input) -> None:
    """Ask and answer until /quit or the end of the input; each question is understood in the conversation so far."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415  (gives `input` its line editing)
    interactive = sys.stdin.isatty()
    if interactive:
        out.print(_text(HELP, QUIET))
    history: tuple[Turn, ...] = ()
    while (line := _next_line(read, "> " if interactive else "")) not in (None, "/quit"):
        if line == "/new":
            history = ()
            out.print(_text("A new conversation.", QUIET))
        elif line.startswith("/"):
            out.print(_text(HELP, QUIET))
        elif line:
            history = _converse_once(assistant, out, line, history)


def _converse_once(assistant: Assistant, out: Console, line: str, history: tuple[Turn, ...]) -> tuple[Turn, ...]:
    try:
        answer = assistant.ask(line, history)
    except QuestionError as error:
        out.print(_text(str(error), "red"))
        return history
    show_answer(out, answer, contact=assistant.settings.contact)
    out.print()
    return history + answer.turns()


def _next_line(read: Callable[[str], str], prompt: str) -> str | None:
    try:
        return read(prompt).strip()
    except EOFError:
        if prompt:
            print()
        return None


def _own_note(answer: Answer) -> str:
    """What a note says beside the fixed sentence, which stands above it."""
    return "; ".join(part for part in (answer.note or "").split("; ") if part != NOT_FOUND)


def _is_remark(answer: Answer) -> bool:
    """Whether a note is the whole answer, as the reply to a greeting is: nothing was looked for."""
    return not answer.answered and not answer.closest and bool(_own_note(answer))


def _show_found(out: Console, answer: Answer) -> None:
    if answer.derived:
        ends = answer.derived.isdecimal() and int(answer.derived) > len(answer.citations) == 2
        quoted = " (the first and the last are quoted)" if ends else ""
        out.print(_text(f"Counted: {answer.derived}{quoted}", "bold"))
        out.print()
    if answer.ambiguous:
        out.print(_text(f"{len(answer.citations)} readings:", "bold"))
    if answer.answer not in {*(citation.quote for citation in answer.citations), _quotes(answer)}:
        out.print(_text(answer.answer, "bold"))
        out.print()
    for citation in answer.citations:
        out.print(_indented(out, _quote(citation)))
        out.print(_indented(out, _text(_place(citation), QUIET)))
        if citation.source_url:
            out.print(_indented(out, _text(citation.source_url, QUIET)), soft_wrap=True)
        out.print()
    for part in answer.unanswered:
        out.print(_text(f"Not in these documents: {part}", "yellow"))
    if _own_note(answer):
        out.print(_text(_own_note(answer)))


def _show_not_found(out: Console, answer: Answer, contact: str) -> None:
    out.print(_text(NOT_FOUND, "bold"))
    if _own_note(answer):
        out.print(_text(_own_note(answer)))
    if contact:
        out.print(_text(contact))
    if answer.closest:
        out.print(_text("Closest sections (not an answer):", QUIET))
    for citation in answer.closest:
        out.print(_indented(out, _text(_place(citation), QUIET)))


def _quotes(answer: Answer) -> str:
    return "\n".join(citation.quote for citation in answer.citations)


def _quote(citation: Citation) -> Text:
    quote = _text(citation.quote)
    for mark in citation.highlights:
        quote.stylize(MARK, mark.start - citation.start, mark.end - citation.start)
    return quote


def _place(citation: Citation) -> str:
    path = " › ".join((citation.title, *citation.section_path))
    return f"{path} · {citation.document}, characters {citation.start}–{citation.end}"


def _indented(out: Console, text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 2), expand=False) if out.is_terminal else text


def _text(words: str, style: str = "") -> Text:
    """Text for the screen: each control character is replaced by one sign, so that positions hold."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", words), style=style)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
