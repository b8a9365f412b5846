"""A question file → an answer file: .csv, .xlsx and .jsonl, in and out, in any combination.

In: an opened assistant and a `Job`, made by `plan`. Out: the answer file, which appears whole or not at all, and a
`BatchSummary`. Rows are read, answered in blocks and written as they come; a bad row gets an `error`, the others go on.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from assistant.answering import Answer, Assistant
from assistant.dialogue.followups import REACH, Turn
from assistant.errors import QuestionError
from assistant.question_rows import Row, find_column, read_rows
from assistant.table_writers import CsvWriter, JsonLinesWriter, Writer, XlsxWriter, finishing
from assistant.tables import Cell, Table, extension_of, open_table, text_of
from assistant.understanding import Request

# What a table gets beside the file's own columns; a counted number stands before the words that were counted.
COLUMNS = (
    "status", "derived", "answer", "confidence", "note", "unanswered", "ambiguous",
    "document", "section", "quote", "start", "end", "standalone_question", "error",
)  # fmt: skip
KEYS = (*Answer.__dataclass_fields__, "answered", "error")
WIDE = ("answer", "note", "quote")
BLOCK = 64
REMEMBERED = 2 * REACH  # messages of a conversation that a later row is asked with: more would not be looked at

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done. `kept` are the input's own columns under the names that they have in the answer file.

    `identifier` and `question` are what the two columns that every row has are called there.
    """

    table: Table
    target: Path
    kept: Mapping[str, str]
    identifier: str = "id"
    question: str = "question"

    @property
    def as_objects(self) -> bool:
        """Whether the answers are written as the API's objects, and not as rows of a table."""
        return extension_of(self.target) == ".jsonl"

    def columns(self) -> list[str]:
        """The header of an answer table: the input's columns in their order, then ours."""
        names = {name: name for name in (self.identifier, self.question)} | dict(self.kept)
        own = [names[column] for column in self.table.columns if column in names]
        return [*own, *([] if self.identifier in own else [self.identifier]), *COLUMNS]


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
    _check_target(source, chosen)
    if extension_of(chosen) == ".jsonl":
        return Job(table, chosen, _kept_columns(table, KEYS))
    identifier, question = (find_column(table.columns, name) or name for name in ("id", "question"))
    return Job(table, chosen, _kept_columns(table, (identifier, question, *COLUMNS)), identifier, question)


def answer_file(assistant: Assistant, job: Job, *, progress: Progress | None = None) -> BatchSummary:
    """Answer every row and write the answer file. `progress(done, total)` counts rows.

    Interrupted by whatever exception, it leaves neither a part of the file nor anything beside it.
    """
    counts = dict.fromkeys(("answered", "partial", "not_found", "error"), 0)
    with _whole_file(job.target) as stream, finishing(_writer(job, stream)) as writer:
        for done, outcome in enumerate(_outcomes(assistant, read_rows(job.table, job.kept, assistant.settings)), 1):
            counts[outcome.answer.status if outcome.answer else "error"] += 1
            writer.write(_object(outcome) if job.as_objects else _cells(outcome, job))
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
                conversations[row.conversation] = (history + answer.turns())[-REMEMBERED:]
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


def _object(outcome: Outcome) -> dict[str, Cell]:
    """A line of JSON: the answer as the API gives it, after the row's own keys."""
    row, answer = outcome.row, outcome.answer
    if answer is None:
        return {**row.kept, "id": text_of(row.id), "question": row.question, "error": row.problem}
    return {**row.kept, **answer.as_json()}


def _cells(outcome: Outcome, job: Job) -> dict[str, Cell]:
    """A row of a table; of a row in error nothing is known but the error."""
    row, answer = outcome.row, outcome.answer
    known = {**row.kept, job.identifier: row.id, job.question: row.question}
    return {**known, "error": row.problem} if answer is None else {**known, **_answer_cells(answer)}


def _answer_cells(answer: Answer) -> dict[str, Cell]:
    return {
        "status": answer.status,
        "derived": _counted(answer.derived),
        "answer": answer.answer,
        "confidence": answer.confidence,
        "note": answer.note,
        "unanswered": _joined(answer.unanswered),
        "ambiguous": answer.ambiguous,
        "document": _joined([citation.document for citation in answer.citations]),
        "section": _joined([citation.section for citation in answer.citations]),
        "quote": _joined([citation.quote for citation in answer.citations]),
        "start": _joined([citation.start for citation in answer.citations]),
        "end": _joined([citation.end for citation in answer.citations]),
        "standalone_question": answer.standalone_question,
    }


def _counted(derived: str | None) -> Cell:
    """A counted number as a number, with which a spreadsheet can reckon; two of them ("5; 22") are text."""
    return int(derived) if derived and re.fullmatch(r"[0-9]{1,9}", derived) else derived


def _joined(cells: Sequence[Cell]) -> Cell:
    return cells[0] if len(cells) == 1 else "\n".join(map(text_of, cells))


def _writer(job: Job, stream: IO[bytes]) -> Writer:
    match extension_of(job.target):
        case ".csv":
            return CsvWriter(stream, job.columns(), delimiter=job.table.delimiter, marked=job.table.marked)
        case ".xlsx":
            return XlsxWriter(stream, job.columns(), wide=(job.question, *WIDE))
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
