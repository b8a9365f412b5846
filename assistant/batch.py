"""A question file → an answer file: .csv, .xlsx and .jsonl, in and out, in any combination.

In: an opened assistant and a `Job`, made by `plan`. Out: the answer file, which appears whole or not at all, and a
`BatchSummary`. Rows are read, answered in blocks and written as they come; a bad row gets an `error`, the others go on.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from assistant.answering import Answer, Assistant
from assistant.dialogue.followups import Turn
from assistant.errors import QuestionError
from assistant.question_rows import Row, find_column, read_rows
from assistant.table_writers import CsvWriter, JsonLinesWriter, Writer, XlsxWriter, finishing
from assistant.tables import Cell, Table, extension_of, open_table, text_of
from assistant.understanding import Request

COLUMNS = (
    "id", "question", "status", "answer", "confidence", "document", "section", "quote", "start", "end", "error",
)  # fmt: skip
KEYS = (*Answer.__dataclass_fields__, "answered", "error")
WIDE = ("question", "answer", "quote")
BLOCK = 64

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done. `kept` are the input's own columns under the names that they have in the answer file."""

    table: Table
    target: Path
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row with its answer; None where the row has a problem."""

    row: Row
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """How many rows came out how, and where they stand."""

    answered: int
    partial: int
    not_found: int
    errors: int
    target: Path

    def __str__(self) -> str:
        return (
            f"answered {self.answered}, partial {self.partial}, not found {self.not_found}, "
            f"errors {self.errors} → {self.target}"
        )


def plan(source: Path, target: Path | None = None) -> Job:
    """Open the question file and settle where the answers go; takes no assistant, so that a mistake shows at once.

    The default target is the source with ".answers" before its extension. Raises `QuestionError` naming the file.
    """
    table = open_table(source, expected="question")
    chosen = target or source.with_name(f"{source.stem}.answers{source.suffix}")
    taken = KEYS if extension_of(chosen) == ".jsonl" else COLUMNS
    _check_target(source, chosen)
    return Job(table, chosen, _kept_columns(table, taken))


def answer_file(assistant: Assistant, job: Job, *, progress: Progress | None = None) -> BatchSummary:
    """Answer every row and write the answer file. `progress(done, total)` counts rows.

    Interrupted by whatever exception, it leaves neither a part of the file nor anything beside it.
    """
    counts = dict.fromkeys(("answered", "partial", "not_found", "error"), 0)
    with _whole_file(job.target) as stream, finishing(_writer(job, stream)) as writer:
        for done, outcome in enumerate(_outcomes(assistant, read_rows(job.table, job.kept, assistant.settings)), 1):
            counts[outcome.answer.status if outcome.answer else "error"] += 1
            writer.write(_cells(outcome, as_object=extension_of(job.target) == ".jsonl"))
            if progress:
                progress(done, job.table.count)
    return BatchSummary(counts["answered"], counts["partial"], counts["not_found"], counts["error"], job.target)


def _outcomes(assistant: Assistant, rows: Iterator[Row]) -> Iterator[Outcome]:
    conversations: dict[str, tuple[Turn, ...]] = {}
    while block := list(islice(rows, BLOCK)):
        answers = _answer_block(assistant, block, conversations)
        yield from (Outcome(row, answers.get(row.number)) for row in block)


def _answer_block(
    assistant: Assistant, block: Sequence[Row], conversations: dict[str, tuple[Turn, ...]]
) -> dict[int, Answer]:
    """Answers by row number. Rows of one conversation wait for each other; all others are asked together."""
    answers: dict[int, Answer] = {}
    waiting = [row for row in block if not row.problem]
    while waiting:
        wave, waiting = _next_wave(waiting)
        histories = [conversations.get(row.conversation, ()) + row.history for row in wave]
        requests = [
            Request(row.question, history, id=text_of(row.id)) for row, history in zip(wave, histories, strict=True)
        ]
        for row, history, answer in zip(wave, histories, assistant.ask_all(requests), strict=True):
            answers[row.number] = answer
            if row.conversation:
                conversations[row.conversation] = history + answer.turns()
    return answers


def _next_wave(waiting: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that can be asked now, and those whose conversation has one before them."""
    wave: list[Row] = []
    later: list[Row] = []
    begun: set[str] = set()
    for row in waiting:
        (later if row.conversation in begun else wave).append(row)
        if row.conversation:
            begun.add(row.conversation)
    return wave, later


def _kept_columns(table: Table, taken: Sequence[str]) -> dict[str, str]:
    """The input's own columns and their names in the answer file, where ours have the right of way."""
    read = [find_column(table.columns, "id"), find_column(table.columns, "question")]
    read += ["history"] if extension_of(table.path) == ".jsonl" else []
    used = {name.casefold() for name in taken}
    kept: dict[str, str] = {}
    for column in table.columns:
        if column not in read:
            kept[column] = _free_name(column, used)
            used.add(kept[column].casefold())
    return kept


def _free_name(column: str, used: set[str]) -> str:
    name, copy = column, 1
    while name.casefold() in used:
        name = f"{column} (input)" if copy == 1 else f"{column} (input {copy})"
        copy += 1
    return name


def _cells(outcome: Outcome, *, as_object: bool) -> dict[str, Cell]:
    row, answer = outcome.row, outcome.answer
    if answer is None:
        identifier = text_of(row.id) if as_object else row.id
        return {**row.kept, "id": identifier, "question": row.question, "error": row.problem}
    if as_object:
        return {**row.kept, **answer.as_json()}
    return {
        **row.kept,
        "id": row.id,
        "question": row.question,
        "status": answer.status,
        "answer": answer.answer,
        "confidence": answer.confidence,
        "document": _joined([citation.document for citation in answer.citations]),
        "section": _joined([citation.section for citation in answer.citations]),
        "quote": _joined([citation.quote for citation in answer.citations]),
        "start": _joined([citation.start for citation in answer.citations]),
        "end": _joined([citation.end for citation in answer.citations]),
    }


def _joined(cells: Sequence[Cell]) -> Cell:
    return cells[0] if len(cells) == 1 else "\n".join(map(text_of, cells))


def _writer(job: Job, stream: IO[bytes]) -> Writer:
    columns = [*job.kept.values(), *COLUMNS]
    match extension_of(job.target):
        case ".csv":
            return CsvWriter(stream, columns, delimiter=job.table.delimiter, marked=job.table.marked)
        case ".xlsx":
            return XlsxWriter(stream, columns, wide=WIDE)
    return JsonLinesWriter(stream)


def _check_target(source: Path, target: Path) -> None:
    if target.resolve() == source.resolve() or (target.exists() and target.samefile(source)):
        raise QuestionError(f"{str(target)!r} is the question file itself: name another file with -o")
    if target.is_dir():
        raise QuestionError(f"{str(target)!r} is a folder: name a file with -o")
    if not target.parent.is_dir():
        raise QuestionError(f"folder {str(target.parent)!r} does not exist: create it or name another file with -o")


@contextmanager
def _whole_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that takes the target's place when all is written, and is gone when anything goes wrong."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
