"""What every command shares: the options for the folders, the settings, the opened index, and how a command ends.

In: whatever a command raises. Out: one line on stderr and an exit status: 0 done, 1 a gate or a check failed, 2 wrong
use or unusable input, 130 interrupted, 141 whoever read the output went away, 143 told to end.
"""

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from assistant.errors import ChapterVerseError

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.settings import Settings

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130
TERMINATED = 143
BROKEN_PIPE = 141

Corpus = Annotated[
    Path | None, typer.Option("--corpus", metavar="DIR", help="Folder of the documents.", show_default="corpus")
]
IndexFolder = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index.", show_default="index")
]


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


def settings_of(corpus: Path | None = None, index: Path | None = None) -> "Settings":
    """What the settings file, the environment and these options say."""
    from assistant.settings import read_settings

    return read_settings(corpus=corpus, index=index)


def opened(settings: "Settings", corpus: Path | None, index: Path | None) -> "Assistant":
    """The assistant on the index; says so when that is not of the corpus as it is now."""
    from assistant import terminal
    from assistant.answering import Assistant
    from assistant.search.build import changed_since

    assistant = Assistant.open(settings)
    if corpus or not index:  # an index named alone may be of any corpus
        terminal.show_changed(changed_since(settings, assistant.index))
    return assistant


def _say(message: str, status: int) -> int:
    """One line on stderr, whatever the message holds."""
    line = " ".join(message.split())
    if line:
        typer.echo(f"chapterverse: {line}", err=True)
    return status


def _explained(error: OSError) -> str:
    reason = error.strerror or errno.errorcode.get(error.errno or 0, "") or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
