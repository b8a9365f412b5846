"""Every command of `chapterverse`, thin: options in, one call, the outcome shown.

Exit status: 0 done, 1 a gate or a check failed, 2 wrong use or unusable input (one line on stderr), 130 interrupted.
A command imports what it needs when it runs, so that `--help` and a wrong word cost nothing.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from assistant.errors import ChapterVerseError, SettingsError
from assistant.operating import feedback_app, keys_app

if TYPE_CHECKING:
    from assistant.settings import Settings

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130
TERMINATED = 143
BROKEN_PIPE = 141


class Commands(TyperGroup):
    """The group of all commands; turns whatever ends a command into one line and an exit status."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command. Bugs, and only they, end in a traceback."""
        status: Any = 0
        standalone = extra.pop("standalone_mode", True)
        extra["standalone_mode"] = False
        try:
            status = super().main(*args, **extra)
        except TyperException as error:
            status = _say(error.format_message(), error.exit_code)
        except ChapterVerseError as error:
            status = _say(str(error), WRONG_USE)
        except KeyboardInterrupt:
            status = INTERRUPTED
        except OSError as error:
            status = _say(_explained(error), WRONG_USE)
        if standalone:
            sys.exit(status if isinstance(status, int) else 0)
        return status

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named; who reads its output may stop reading."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # What is still buffered goes at exit into nothing, instead of into a traceback.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(BROKEN_PIPE) from None


app = typer.Typer(
    cls=Commands,
    help="Answers from your own documents, in the documents' own words, with chapter and verse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(keys_app, name="keys")
app.add_typer(feedback_app, name="feedback")

Corpus = Annotated[
    Path | None, typer.Option("--corpus", metavar="DIR", help="Folder of the documents.", show_default="corpus")
]
IndexFolder = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index.", show_default="index")
]


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
    if _build(_settings(corpus, index)) and not skip_bad:
        raise typer.Exit(WRONG_USE)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Answer one question with a quote and its place."""
    settings = _settings(corpus, index)
    from assistant import terminal
    from assistant.answering import Assistant

    answer = Assistant.open(settings).ask(question)
    if as_json:
        terminal.print_json(answer)
    else:
        terminal.show_answer(terminal.console(), answer, contact=settings.contact)


@app.command()
def chat(corpus: Corpus = None, index: IndexFolder = None) -> None:
    """Converse in the terminal: follow-up questions are understood; /new starts afresh, /quit ends."""
    settings = _settings(corpus, index)
    from assistant import terminal
    from assistant.answering import Assistant

    terminal.converse(Assistant.open(settings), terminal.console())


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one.")] = 8000,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Serve the web chat and the API; builds the index if there is none."""
    settings = _settings(corpus, index)
    from assistant.serving import listen
    from assistant.serving import serve as serve_on

    with listen(host, port) as listener:
        from assistant.answering import Assistant
        from assistant.search.index import current_version

        if current_version(settings.index) is None:
            _build(settings)
        assistant = Assistant.open(settings)
        serve_on(
            settings, assistant, listener, ready=lambda url: print(f"Chapter & Verse is ready at {url}", flush=True)
        )


@app.command()
def mcp(
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP instead of standard input and output.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port, with --http; 0 for any free one.")] = 8001,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Offer the documents as tools to other software's assistants (Model Context Protocol)."""
    settings = _settings(corpus, index)
    if find_spec("mcp") is None:
        raise SettingsError("the package mcp is not installed; run pip install 'chapterverse[mcp]'")
    from assistant import mcp_server, serving
    from assistant.answering import Assistant

    if not http:
        mcp_server.serve_stdio(Assistant.open(settings))
        return
    with serving.listen(host, port) as listener:
        mcp_server.serve_http(
            settings, Assistant.open(settings), listener, ready=lambda url: print(f"Ready at {url}", flush=True)
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
    settings = _settings(corpus, index)
    import signal

    from assistant import terminal
    from assistant.answering import Assistant
    from assistant.batch import answer_file, plan

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that the unfinished file is removed
    job = plan(source, target)
    with terminal.progress("answering") as progress:
        summary = answer_file(Assistant.open(settings), job, progress=progress)
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

    settings = _settings(corpus, index)
    with _passing_index(settings) if corpus and not index else nullcontext(settings) as chosen:
        if corpus:
            _build(chosen)
        result = run_evaluation(chosen, suite, report or suite)
    terminal.console().print(as_tables(result))
    if not result.passed:
        raise typer.Exit(FAILED)


@app.command(name="train-reader")
def train_reader(
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder with span-qa/ and doc2dial/ (either may lack).")],
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder for checkpoints, log and weights.")],
    start: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Weights to start from.", show_default="the shipped reader's"),
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A larger reader to learn from.", show_default="none")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own questions, JSON lines.", show_default="none")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="Time allowed.")] = 90.0,
    passes: Annotated[int, typer.Option(min=1, help="Passes, each over a freshly drawn training set.")] = 1,
    examples: Annotated[int, typer.Option(min=0, help="Most examples in a pass; 0 for all.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same batches.")] = 7,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in --output.")] = False,
) -> None:
    """Train the model that reads passages, from public data and your own questions (takes hours)."""
    from assistant.reading import training
    from assistant.reading.shipped_weights import restore_weights

    options = training.TrainingOptions(
        data=data,
        start=start or restore_weights(output / "start"),
        output=output,
        questions=questions,
        minutes=minutes,
        passes=passes,
        teacher=teacher,
        examples=examples,
        seed=seed,
        resume=resume,
    )
    typer.echo(f"weights in {training.train_reader(options)}")


def main() -> None:
    """The entry point of the `chapterverse` command."""
    app(prog_name="chapterverse")


def _settings(corpus: Path | None, index: Path | None) -> "Settings":
    from assistant.settings import read_settings

    return read_settings(corpus=corpus, index=index)


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


def _say(message: str, status: int) -> int:
    """One line on stderr, whatever the message holds."""
    line = " ".join(message.split())
    if line:
        typer.echo(f"chapterverse: {line}", err=True)
    return status


def _explained(error: OSError) -> str:
    reason = error.strerror or errno.errorcode.get(error.errno or 0, "") or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
