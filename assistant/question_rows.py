"""The records of a question file → rows that can be asked, or that say why they cannot.

In: a `Table` with a column "question", optionally "id" and "conversation", in JSONL also "history". Out: one `Row` a
record, in order. Header cells match whatever their case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.dialogue.followups import Place, Turn
from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.tables import Cell, Record, Table, extension_of, is_named, text_of
from assistant.understanding import clean


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a question file. `problem` says why it cannot be asked; `kept` are the cells of its own columns.

    `id` keeps its type; a row without one has "row-" and its number.
    """

    number: int
    id: Cell
    question: str
    history: tuple[Turn, ...] = ()
    conversation: str = ""
    kept: Mapping[str, Cell] = field(default_factory=dict)
    problem: str = ""


def read_rows(table: Table, kept: Mapping[str, str], settings: Settings) -> Iterator[Row]:
    """The rows of a table, lazily. `kept` maps the columns to be kept to the names that they get."""
    identifier, question, conversation = (
        find_column(table.columns, name) for name in ("id", "question", "conversation")
    )
    as_json = extension_of(table.path) == ".jsonl"
    for record in table.records():
        row = Row(
            number=record.number,
            id=_cell(record, identifier) if text_of(_cell(record, identifier)).strip() else f"row-{record.number}",
            question=text_of(_cell(record, question)),
            conversation=text_of(_cell(record, conversation)).strip(),
            kept={name: record.cells[column] for column, name in kept.items() if column in record.cells},
            problem=record.problem,
        )
        try:
            yield row if row.problem else _checked(row, record, question if as_json else None, settings)
        except QuestionError as error:
            yield replace(row, problem=str(error))


def find_column(columns: Sequence[str], name: str) -> str | None:
    """The column called `name`: as it is spelt here, else the first that differs in case or outer space only."""
    if name in columns:
        return name
    return next((column for column in columns if is_named(column, name)), None)


def _cell(record: Record, column: str | None) -> Cell:
    return None if column is None else record.cells.get(column)


def _checked(row: Row, record: Record, json_column: str | None, settings: Settings) -> Row:
    """The row with its history. Raises `QuestionError` when it cannot be asked."""
    if json_column is not None:
        _check_string(record.cells, json_column)
        row = replace(row, history=_history(record.cells.get("history")))
    clean(row.question, settings)
    return row


def _check_string(cells: Mapping[str, Cell], column: str) -> None:
    if column not in cells:
        raise QuestionError(f"the row has no {column!r}")
    if not isinstance(cells[column], str):
        raise QuestionError(f"{column!r} is {text_of(cells[column]) or 'null'}: it must be a string")


def _history(items: Any) -> tuple[Turn, ...]:
    """A row's `history` as turns. Raises `QuestionError` naming the message that is wrong."""
    if items is None:
        return ()
    if not isinstance(items, list):
        raise QuestionError("'history' must be a list of messages, oldest first")
    return tuple(_turn(number, item) for number, item in enumerate(items, 1))


def _turn(number: int, item: Any) -> Turn:
    match item:
        case {"role": "user" | "assistant" as role, "content": str(content)}:
            cited = item.get("citations") or []
            if isinstance(cited, list):
                return Turn(role, content, tuple(_place(number, citation) for citation in cited))
    raise QuestionError(
        f'message {number} of \'history\' must be like {{"role": "user" or "assistant", "content": "..."}}'
    )


def _place(number: int, citation: Any) -> Place:
    match citation:
        case {"document": str(document), "start": int(start), "end": int(end)} if 0 <= start <= end:
            return Place(document, start, end)
    raise QuestionError(f"a citation in message {number} of 'history' needs 'document', 'start' and 'end'")
