"""Every command of `chapterverse`, thin: options in, one call, the outcome shown; operating.py holds the operator's.

A command imports what it needs when it runs, so that `--help` and a wrong word cost nothing.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from assistant import operating
from assistant.commands import FAILED, TERMINATED, WRONG_USE, Commands, Corpus, IndexFolder, opened, settings_of

if TYPE_CHECKING:
    from assistant.settings import Settings

app = typer.Typer(
    cls=Commands,
    help="Answers from your own documents, in the documents' own words, with chapter and verse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chapterverse {version('chapterverse')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show a character shows its escape
            stream.reconfigure(errors="backslashreplace")


@app.command()
def build(
    corpus: Corpus = None,
    index: IndexFolder = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Exit 0 even if some documents could not be read.")
    ] = False,
) -> None:
    """Index the documents; only what changed is embedded again.

    Documents that cannot be read are named and left out, and the exit status is 2 unless --skip-bad is given.
    """
    if _build(settings_of(corpus, index)) and not skip_bad:
        raise typer.Exit(WRONG_USE)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Answer one question with a quote and its place."""
    settings = settings_of(corpus, index)
    from assistant import terminal

    answer = opened(settings, corpus, index).ask(question)
    if as_json:
        terminal.print_json(answer)
    else:
        terminal.show_answer(terminal.console(), answer, contact=settings.contact)


@app.command()
def chat(corpus: Corpus = None, index: IndexFolder = None) -> None:
    """Converse in the terminal: follow-up questions are understood; /new starts afresh, /quit ends."""
    settings = settings_of(corpus, index)
    from assistant import terminal

    terminal.converse(opened(settings, corpus, index), terminal.console())


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one.")] = 8000,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Serve the web chat and the API; builds the index if there is none."""
    settings = settings_of(corpus, index)
    from assistant.serving import listen
    from assistant.serving import serve as serve_on

    with listen(host, port) as listener:
        from assistant.search.index import current_version

        if current_version(settings.index) is None:
            _build(settings)
        assistant = opened(settings, corpus, index)
        serve_on(
            settings, assistant, listener, ready=lambda url: print(f"Chapter & Verse is ready at {url}", flush=True)
        )


@app.command()
def batch(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Question file: .csv, .xlsx or .jsonl.")],
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Answer file.", show_default="IN with .answers in its name"),
    ] = None,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Answer a whole file of questions: columns id and question (JSONL also: history, conversation).

    Several citations of one answer are joined by newlines. A row that cannot be used gets an error, the others go on.
    """
    settings = settings_of(corpus, index)
    import signal

    from assistant import terminal
    from assistant.batch import answer_file, plan

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that the unfinished file is removed
    job = plan(source, target)
    assistant = opened(settings, corpus, index)
    with terminal.progress("answering") as progress:
        summary = answer_file(assistant, job, progress=progress)
    typer.echo(summary)


@app.command(name="eval")
def evaluate(
    suite: Annotated[Path, typer.Option("--suite", metavar="DIR", help="Folder of the question sets.")] = Path("eval"),
    report: Annotated[
        Path | None, typer.Option("--report", metavar="DIR", help="Where the report goes.", show_default="the suite")
    ] = None,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Run the question sets, print the report and write it as HTML and JSON; exit 1 below a gate.

    With --corpus, the documents are indexed first: into --index, or into a passing index when none is named.
    """
    from assistant import terminal
    from assistant.evaluation.report import terminal as as_tables
    from assistant.evaluation.run import run_evaluation

    settings = settings_of(corpus, index)
    with _passing_index(settings) if corpus and not index else nullcontext(settings) as chosen:
        if corpus:
            _build(chosen)
        result = run_evaluation(chosen, suite, report or suite)
    terminal.console().print(as_tables(result))
    if not result.passed:
        raise typer.Exit(FAILED)


app.command()(operating.mcp)
app.command(name="train-reader")(operating.train_reader)
app.add_typer(operating.keys_app, name="keys")
app.add_typer(operating.feedback_app, name="feedback")


def main() -> None:
    """The entry point of the `chapterverse` command."""
    app(prog_name="chapterverse")


def _build(settings: "Settings") -> bool:
    """Build, say what was done, and return whether documents had to be left out."""
    from assistant import terminal
    from assistant.search.build import build as build_index

    with terminal.progress("embedding") as progress:
        report = build_index(settings, progress=progress)
    terminal.show_build(report)
    return bool(report.problems)


@contextmanager
def _passing_index(settings: "Settings") -> Iterator["Settings"]:
    """Settings with an index folder that is gone afterwards; the exported encoders are shared with the real one."""
    from assistant.search.index import encoders_folder

    shared = encoders_folder(settings.index).resolve()
    shared.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        encoders_folder(Path(folder)).symlink_to(shared, target_is_directory=True)
        yield settings.model_copy(update={"index": Path(folder)})
