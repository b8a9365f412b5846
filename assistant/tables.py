"""A .csv, .xlsx or .jsonl file → a `Table`. Knows nothing of questions; `table_writers.py` is the way back.

In: a path whose extension says the format. Out: a `Table`, whose records are read lazily, from the start each time they
are asked for. A cell keeps its type, and a spreadsheet's number its look.
"""

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NoReturn

from openpyxl import load_workbook

from assistant.errors import QuestionError

EXTENSIONS = (".csv", ".xlsx", ".jsonl")
DELIMITERS = (",", ";", "\t")
BOM = b"\xef\xbb\xbf"
_LONGEST_CSV_CELL = 10_000_000
_PADDED = re.compile(r"0+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Shown:
    """A spreadsheet's number or date with the format that it is shown in ("00000", "0%", "d mmm yyyy")."""

    value: Any
    number_format: str


# What a cell may hold: None, bool, int, float, str, a date or a time, `Shown`, or in JSON a list or an object.
Cell = Any


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number (from 1 on, blank ones not counted), its cells by column, the problem if there is one."""

    number: int
    cells: Mapping[str, Cell]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An input file. `columns` are unique names; `delimiter` and `marked` (a byte order mark) are a CSV file's."""

    path: Path
    columns: tuple[str, ...]
    count: int
    records: Callable[[], Iterator[Record]] = field(repr=False)
    delimiter: str = ","
    marked: bool = False


def extension_of(path: Path) -> str:
    """The format of a file by its name. Raises `QuestionError` where it is none that can be read and written."""
    extension = path.suffix.lower()
    if extension not in EXTENSIONS:
        raise QuestionError(f"{str(path)!r} is of no known format: the name must end in {', '.join(EXTENSIONS)}")
    return extension


def open_table(path: Path, *, expected: str) -> Table:
    """Open an input file and read it through once, so that a damaged one fails before any work is done.

    `expected` is a column that must be there. Raises `QuestionError` with the file, what is wrong and the remedy.
    """
    opened = {".csv": _open_csv, ".xlsx": _open_xlsx, ".jsonl": _open_json_lines}[extension_of(path)]
    try:
        return opened(path, expected)
    except FileNotFoundError:
        raise QuestionError(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise QuestionError(f"{str(path)!r} cannot be read: {error.strerror or error}") from None


def is_named(column: str, name: str) -> bool:
    """Whether a header cell means the column `name`: case and outer space do not count."""
    return column.strip().casefold() == name


def text_of(cell: Cell) -> str:
    """A cell as text, as its file shows it: 1 stays "1", a date is ISO 8601, an empty cell is ""."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Shown(int(number), str(shape)) if _PADDED.fullmatch(shape):
            return str(number).zfill(len(shape))
        case Shown(value, _):
            return text_of(value)
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case list() | dict():
            return json.dumps(cell, ensure_ascii=False)
    return str(cell)


def _open_csv(path: Path, expected: str) -> Table:
    csv.field_size_limit(_LONGEST_CSV_CELL)
    with path.open("rb") as stream:
        marked = stream.read(len(BOM)) == BOM
    try:
        delimiter = _delimiter(path, expected)
        columns = _unique(next(_csv_rows(path, delimiter), []))
        _require(path, columns, expected)
        count = sum(1 for _ in _csv_records(path, delimiter, columns))
    except UnicodeDecodeError as error:
        wrong = error.object[error.start]
        raise QuestionError(f"{str(path)!r} is not UTF-8 (byte {wrong:#04x}): save it as 'CSV UTF-8'") from None
    return Table(path, columns, count, lambda: _csv_records(path, delimiter, columns), delimiter, marked)


def _delimiter(path: Path, expected: str) -> str:
    """The delimiter under which the header names the expected column; of several, the one with the most columns.

    Guessing from the rows (as csv.Sniffer does) fails on questions, which are full of commas; the header cannot.
    """

    def rank(delimiter: str) -> tuple[bool, int]:
        with suppress(QuestionError):  # told when the right delimiter meets it too
            header = next(_csv_rows(path, delimiter), [])
            return any(is_named(column, expected) for column in header), len(header)
        return False, 0

    return max(DELIMITERS, key=rank)


def _csv_rows(path: Path, delimiter: str) -> Iterator[list[str]]:
    """The rows that are not blank. Raises `QuestionError` with the line from which on marks and cells disagree."""
    lines: list[str] = []  # of the row that is being read
    read = 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(_noting(stream, lines), delimiter=delimiter)
        try:
            for row in reader:
                if not _is_closed(lines, delimiter):
                    raise QuestionError(
                        f'{str(path)!r}, line {read + 1}: a quotation mark (") that begins a cell is not closed; '
                        'put one at the end of the cell, and write one within the cell twice ("")'
                    )
                read += len(lines)
                lines.clear()
                if any(cell.strip() for cell in row):
                    yield row
        except csv.Error as error:
            raise QuestionError(f"{str(path)!r}, line {read + 1}: no CSV ({error}); save the file as CSV") from None


def _noting(stream: Iterable[str], lines: list[str]) -> Iterator[str]:
    for line in stream:
        lines.append(line)
        yield line


def _is_closed(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the quotation marks of a row end its cells, so that no cell holds the rows after it.

    Text after a mark (`"old" gate`) is let pass in a row of one line, where nothing else can be lost by it.
    """
    if not any('"' in line for line in lines):
        return True
    try:
        return bool(list(csv.reader(lines, delimiter=delimiter, strict=True)))
    except csv.Error:
        # One mark more closes a cell that is open, and begins a row of its own where none is.
        return len(lines) == 1 and len(list(csv.reader([*lines, '"'], delimiter=delimiter))) == 2


def _csv_records(path: Path, delimiter: str, columns: Sequence[str]) -> Iterator[Record]:
    rows = _csv_rows(path, delimiter)
    next(rows)
    for number, row in enumerate(rows, 1):
        problem = ""
        if any(row[len(columns) :]):
            problem = (
                f"the row has {len(row)} cells and the header {len(columns)}: "
                f"put text that holds {delimiter!r} in quotation marks"
            )
        yield Record(number, _cells(columns, row, empty=""), problem)


def _open_xlsx(path: Path, expected: str) -> Table:
    try:
        sheet, columns = _find_sheet(path, expected)
        count = sum(1 for _ in _xlsx_records(path, sheet, columns))
    except (OSError, QuestionError):
        raise
    except Exception as error:  # a damaged workbook raises whatever the parser stumbles over
        raise QuestionError(f"{str(path)!r} is no workbook that can be read ({error}): save it as .xlsx") from None
    return Table(path, columns, count, lambda: _xlsx_records(path, sheet, columns))


def _find_sheet(path: Path, expected: str) -> tuple[str, tuple[str, ...]]:
    """Name and columns of the first sheet whose first row that is not blank names the expected column."""
    with closing(load_workbook(path, read_only=True, data_only=True)) as workbook:
        for sheet in workbook.worksheets:
            columns = _unique([text_of(_xlsx_cell(cell)) for cell in next(_xlsx_rows(sheet), ())])
            if any(is_named(column, expected) for column in columns):
                return sheet.title, columns
        names = ", ".join(repr(sheet.title) for sheet in workbook.worksheets)
    raise QuestionError(f"{str(path)!r} has no column {expected!r} in the first row of a sheet ({names})")


def _xlsx_rows(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # the size that the file states is often wrong, and rows beyond it would be lost
    for row in sheet.iter_rows():
        if any(cell.value is not None and str(cell.value).strip() for cell in row):
            yield row


def _xlsx_records(path: Path, sheet: str, columns: Sequence[str]) -> Iterator[Record]:
    with closing(load_workbook(path, read_only=True, data_only=True)) as workbook:
        rows = _xlsx_rows(workbook[sheet])
        next(rows)
        for number, row in enumerate(rows, 1):
            yield Record(number, _cells(columns, [_xlsx_cell(cell) for cell in row], empty=None))


def _xlsx_cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)  # ECMA-376 part 1, ST_Xstring
    if value is None or isinstance(value, bool) or cell.number_format in (None, "General"):
        return value
    return Shown(value, cell.number_format)


def _open_json_lines(path: Path, expected: str) -> Table:
    columns: dict[str, None] = {}
    count = 0
    for record in _json_records(path):
        count += 1
        columns.update(dict.fromkeys(record.cells))
    if count and not columns:
        raise QuestionError(f"{str(path)!r} has no line that is a JSON object: it needs one a line, with {expected!r}")
    _require(path, tuple(columns), expected)
    return Table(path, tuple(columns), count, lambda: _json_records(path))


def _json_records(path: Path) -> Iterator[Record]:
    number = 0
    with path.open("rb") as stream:
        for line_number, line in enumerate(stream, 1):
            text = line.removeprefix(BOM) if line_number == 1 else line
            if text.strip():
                number += 1
                yield _json_record(number, line_number, text)


def _json_record(number: int, line_number: int, line: bytes) -> Record:
    try:
        cells = json.loads(line.decode("utf-8").strip(), parse_constant=_refuse_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        return Record(number, {}, f"line {line_number} is not JSON: {error.msg} (column {error.colno})")
    except (ValueError, RecursionError) as error:
        return Record(number, {}, f"line {line_number} is not JSON: {error}")
    if not isinstance(cells, dict):
        return Record(number, {}, f"line {line_number} is no JSON object")
    return Record(number, cells)


def _finite(digits: str) -> float:
    return float(digits) if math.isfinite(float(digits)) else _refuse_number(digits)


def _refuse_number(digits: str) -> NoReturn:
    raise ValueError(f"{digits} is no number of JSON's")


def _cells(columns: Sequence[str], row: Sequence[Cell], *, empty: Cell) -> dict[str, Cell]:
    return dict(zip(columns, [*row, *[empty] * len(columns)], strict=False))


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    """Column names of a header row: an empty one becomes "column 3", a second "note" becomes "note (2)"."""
    names: dict[str, None] = {}
    for number, title in enumerate(header, 1):
        name = first = title.strip() or f"column {number}"
        copy = 1
        while name in names:
            copy += 1
            name = f"{first} ({copy})"
        names[name] = None
    return tuple(names)


def _require(path: Path, columns: Sequence[str], expected: str) -> None:
    if not columns:
        raise QuestionError(f"{str(path)!r} is empty: it needs a column {expected!r}")
    if not any(is_named(column, expected) for column in columns):
        raise QuestionError(f"{str(path)!r} has no column {expected!r}; its columns are {', '.join(columns)}")
