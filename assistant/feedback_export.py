"""Rated answers → a .csv, .xlsx or .jsonl file for who improves the documents.

In: a store, and a path whose extension says the format, or none for CSV on a stream. Out: one row a rating.
"""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO

from assistant.store.database import Store
from assistant.store.feedback import RatedAnswer, rated_answers
from assistant.table_writers import CsvWriter, JsonLinesWriter, Writer, XlsxWriter, finishing
from assistant.tables import Cell, extension_of

COLUMNS = tuple(RatedAnswer.__dataclass_fields__)
WIDE = ("reason", "question", "standalone_question", "answer", "places")
# What a spreadsheet would run as a formula (CWE-1236); the words are a stranger's, and staff open the file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_feedback(store: Store, output: Path | None, stream: IO[bytes], *, since: datetime | None = None) -> int:
    """Write what was rated since a moment, oldest rating first, and return how many; CSV to `stream` without a path.

    Raises `QuestionError` when the path's extension is of no known format.
    """
    if output is None:
        return _write(store, CsvWriter(stream, COLUMNS, delimiter=",", marked=False), since, format=".csv")
    format = extension_of(output)
    with output.open("wb") as file:
        return _write(store, _writer(file, format), since, format=format)


def _writer(stream: IO[bytes], format: str) -> Writer:
    match format:
        case ".csv":
            # With a byte order mark, without which Excel does not take a file for UTF-8.
            return CsvWriter(stream, COLUMNS, delimiter=",", marked=True)
        case ".xlsx":
            return XlsxWriter(stream, COLUMNS, wide=WIDE)
    return JsonLinesWriter(stream)


def _write(store: Store, writer: Writer, since: datetime | None, *, format: str) -> int:
    written = 0
    with finishing(writer):
        for rated in rated_answers(store, since=since):
            writer.write(_record(rated) if format == ".jsonl" else _row(rated, plain=format == ".csv"))
            written += 1
    return written


def _record(rated: RatedAnswer) -> dict[str, Cell]:
    return asdict(rated) | {"given": rated.given.isoformat(), "places": list(rated.places)}


def _row(rated: RatedAnswer, *, plain: bool) -> dict[str, Cell]:
    cells: dict[str, Cell] = _record(rated) | {"places": "\n".join(rated.places)}
    return {column: _harmless(cell) if plain else cell for column, cell in cells.items()}


def _harmless(cell: Cell) -> Cell:
    """Text that no spreadsheet takes for a formula: an apostrophe before it (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
