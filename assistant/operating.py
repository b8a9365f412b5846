"""The operator's commands: `chapterverse keys create|list|revoke`, `feedback export`, `mcp` and `train-reader`.

In: options. Out: a key, shown once; a table of keys; a file of rated answers (.csv, .xlsx, .jsonl); a server of tools;
a reader's weights.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands import Corpus, IndexFolder, opened, settings_of
from assistant.errors import SettingsError

if TYPE_CHECKING:
    from assistant.store.database import Store

keys_app = typer.Typer(help="API keys: make, list and revoke them.", no_args_is_help=True)
feedback_app = typer.Typer(help="What people thought of answers.", no_args_is_help=True)


class Scope(StrEnum):
    """What a key may do."""

    ask = "ask"
    batch = "batch"
    admin = "admin"


@keys_app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whom the key is for.", show_default=False)],
    scope: Annotated[
        list[Scope] | None,
        typer.Option("--scope", help="ask, batch, admin (reads /metrics); may be repeated.", show_default="ask"),
    ] = None,
) -> None:
    """Make a key and print it: the only time that it is seen."""
    from assistant.store.keys import create_key

    with _store() as store:
        made = create_key(store, name, frozenset(one.value for one in scope or [Scope.ask]))
    typer.echo(made.secret)
    typer.echo(f"Key {made.key.id} for {name}. Keep it now: only its hash is stored.", err=True)


@keys_app.command(name="list")
def list_all() -> None:
    """List every key: id, scopes, when it was made and revoked, and whom it is for."""
    from assistant.store.keys import list_keys

    with _store() as store:
        keys = list_keys(store)
    for key in keys:
        state = f"revoked {key.revoked:%Y-%m-%d}" if key.revoked else "valid"
        typer.echo(f"{key.id}  {','.join(sorted(key.scopes)):15}  {key.created:%Y-%m-%d}  {state:18}  {key.name}")


@keys_app.command()
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `keys list` shows it.", show_default=False)],
) -> None:
    """End a key at once."""
    from assistant.store.keys import revoke_key

    with _store() as store:
        key = revoke_key(store, id)
    typer.echo(f"Key {key.id} for {key.name} is revoked.")


@feedback_app.command()
def export(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help=".csv, .xlsx or .jsonl.", show_default="CSV on standard output"
        ),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only feedback of this day (UTC) and later.")
    ] = None,
) -> None:
    """Write every rated answer with its question, the rating and the reason, oldest first."""
    from assistant.feedback_export import export_feedback

    with _store() as store:
        written = export_feedback(store, output, sys.stdout.buffer, since=since and since.replace(tzinfo=UTC))
    if output:
        typer.echo(f"{written} rated answer{'' if written == 1 else 's'} → {output}")


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP instead of standard input and output.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port, with --http; 0 for any free one.")] = 8001,
    corpus: Corpus = None,
    index: IndexFolder = None,
) -> None:
    """Offer the documents as tools to other software's assistants (Model Context Protocol)."""
    settings = settings_of(corpus, index)
    if find_spec("mcp") is None:
        raise SettingsError("the package mcp is not installed; run pip install 'chapterverse[mcp]'")
    from assistant import mcp_server, serving

    if not http:
        mcp_server.serve_stdio(opened(settings, corpus, index))
        return
    with serving.listen(host, port) as listener:
        mcp_server.serve_http(
            settings, opened(settings, corpus, index), listener, ready=lambda url: print(f"Ready at {url}", flush=True)
        )


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


@contextmanager
def _store() -> Iterator["Store"]:
    from assistant.store.database import open_store

    with open_store(settings_of().database) as store:
        yield store
