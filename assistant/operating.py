"""The operator's commands: `chapterverse keys create|list|revoke` and `chapterverse feedback export`.

In: options. Out: a key, shown once; a table of keys; a file of rated answers (.csv, .xlsx, .jsonl).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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


@contextmanager
def _store() -> Iterator["Store"]:
    from assistant.settings import read_settings
    from assistant.store.database import open_store

    with open_store(read_settings().database) as store:
        yield store
