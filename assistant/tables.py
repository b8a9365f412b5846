"""A .csv, .xlsx or .jsonl file → its records, and records → such a file. Knows nothing of questions.

In: a path whose extension says the format. Out: a `Table`, whose records are read lazily, from the start each time they
are asked for; or a `Writer` that takes records one by one. A cell keeps its type and a spreadsheet's number its look.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Protocol

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from assistant.errors import QuestionError

EXTENSIONS = (".csv", ".xlsx", ".jsonl")
DELIMITERS = (",", ";", "\t")
LONGEST_XLSX_TEXT = 32_767  # Excel's limit for one cell
_LONGEST_CSV_CELL = 10_000_000
_BOM = b"\xef\xbb\xbf"
_PADDED = re.compile(r"0+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Not allowed in XML, or changed by every XML reader (CR): written as _xHHHH_ (ECMA-376 part 1, ST_Xstring).
_UNSAFE_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A spreadsheet's number or date with the format that it is shown in ("00000", "0%", "d mmm yyyy")."""

    value: Any
    number_format: str


# What a cell may hold: None, bool, int, float, str, a date or a time, `Shown`, or in JSON a list or an object.
Cell = Any


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number from 1 on, blank ones not counted, its cells by column, or the problem with it."""

    number: int
    cells: Mapping[str, Cell]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An input file. `columns` are unique names; delimiter and byte order mark are those of a CSV file."""

    path: Path
    columns: tuple[str, ...]
    count: int
    records: Callable[[], Iterator[Record]] = field(repr=False)
    delimiter: str = ","
    marked: bool = False


class Writer(Protocol):
    """Takes records in order; the file is whole only after `close`."""

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record."""

    def close(self) -> None:
        """Write what is left and close the file."""


def extension_of(path: Path) -> str:
    """The format of a file by its name. Raises `QuestionError` where it is none that can be read and written."""
    extension = path.suffix.lower()
    if extension not in EXTENSIONS:
        raise QuestionError(f"{str(path)!r} is no question file: its name must end in {', '.join(EXTENSIONS)}")
    return extension


def open_table(path: Path, *, expected: str) -> Table:
    """Open an input file and read it through once, so that a file that cannot be read fails before any work is done.

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


# ---------------------------------------------------------------------------------------------------------------- CSV


def _open_csv(path: Path, expected: str) -> Table:
    csv.field_size_limit(_LONGEST_CSV_CELL)
    with path.open("rb") as stream:
        marked = stream.read(3) == _BOM
    try:
        delimiter = _delimiter(path, expected)
        header = next(_csv_rows(path, delimiter), [])
        columns = _unique(header)
        _require(path, columns, expected)
        records = _Records(lambda: _csv_records(path, delimiter, columns))
        return Table(path, columns, records.count(), records, delimiter, marked)
    except UnicodeDecodeError as error:
        raise QuestionError(
            f"{str(path)!r} is not UTF-8 (byte {error.object[error.start]:#04x}): save it as 'CSV UTF-8'"
        ) from None
    except csv.Error as error:
        raise QuestionError(f"{str(path)!r} is no CSV file: {error}") from None


def _delimiter(path: Path, expected: str) -> str:
    """The delimiter under which the header names the expected column; of several, the one with the most columns.

    Guessing from the rows (as csv.Sniffer does) fails on questions, which are full of commas; the header cannot.
    """

    def rank(delimiter: str) -> tuple[bool, int]:
        header = next(_csv_rows(path, delimiter), [])
        return any(is_named(column, expected) for column in header), len(header)

    return max(DELIMITERS, key=rank)


def _csv_rows(path: Path, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.reader(stream, delimiter=delimiter):
            if any(cell.strip() for cell in row):
                yield row


def _csv_records(path: Path, delimiter: str, columns: Sequence[str]) -> Iterator[Record]:
    rows = _csv_rows(path, delimiter)
    next(rows)
    for number, row in enumerate(rows, 1):
        problem = ""
        if any(row[len(columns) :]):
            problem = (
                f"the row has {len(row)} cells, the header {len(columns)}: "
                "put text that holds the delimiter in quotation marks"
            )
        yield Record(number, dict(zip(columns, [*row, *[""] * len(columns)], strict=False)), problem)


class CsvWriter:
    """Writes RFC 4180 CSV in UTF-8. Cells stand as they are: see docs/batch.md on cells that look like formulas."""

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, delimiter: str = ",", marked: bool = False) -> None:
        encoding = "utf-8-sig" if marked else "utf-8"
        self._stream = io.TextIOWrapper(stream, encoding=encoding, errors="backslashreplace", newline="")
        self._columns = columns
        self._writer = csv.writer(self._stream, delimiter=delimiter)
        self._writer.writerow(columns)

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record; a column that it lacks is empty."""
        self._writer.writerow([text_of(cells.get(column)) for column in self._columns])

    def close(self) -> None:
        """Flush; the stream is the caller's."""
        self._stream.flush()
        self._stream.detach()


# --------------------------------------------------------------------------------------------------------------- XLSX


def _open_xlsx(path: Path, expected: str) -> Table:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        sheet, columns = _sheet(path, workbook, expected)
        records = _Records(lambda: _xlsx_records(sheet, columns))
        return Table(path, columns, records.count(), records)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as error:
        # SyntaxError: what XML parsers raise
        raise QuestionError(f"{str(path)!r} is no workbook that can be read ({error}): save it as .xlsx") from None


def _sheet(path: Path, workbook: Any, expected: str) -> tuple[Any, tuple[str, ...]]:
    """The first sheet whose first row that is not blank names the expected column."""
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # the size written in the file is often wrong, and rows beyond it would be lost
        columns = _unique([text_of(_xlsx_cell(cell)) for cell in next(_xlsx_rows(sheet), ())])
        if any(is_named(column, expected) for column in columns):
            return sheet, columns
    names = ", ".join(repr(sheet.title) for sheet in workbook.worksheets)
    raise QuestionError(f"{str(path)!r} has no column {expected!r} in the first row of a sheet ({names})")


def _xlsx_rows(sheet: Any) -> Iterator[Sequence[Any]]:
    for row in sheet.iter_rows():
        if any(cell.value is not None and str(cell.value).strip() for cell in row):
            yield row


def _xlsx_records(sheet: Any, columns: Sequence[str]) -> Iterator[Record]:
    rows = _xlsx_rows(sheet)
    next(rows)
    for number, row in enumerate(rows, 1):
        cells = [_xlsx_cell(cell) for cell in row]
        yield Record(number, dict(zip(columns, [*cells, *[None] * len(columns)], strict=False)))


def _xlsx_cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    if value is None or isinstance(value, bool) or cell.number_format in (None, "General"):
        return value
    return Shown(value, cell.number_format)


class XlsxWriter:
    """Streams a workbook of one sheet. Every text is of the type text, so none is ever taken for a formula."""

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, wide: Iterable[str] = ()) -> None:
        self._stream = stream
        self._columns = columns
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet("Answers")
        self._sheet.freeze_panes = "A2"
        self._wide = frozenset(wide)
        for number, column in enumerate(columns, 1):
            if column in self._wide:
                self._sheet.column_dimensions[get_column_letter(number)].width = 60
        self._sheet.append([self._cell(column, bold=True) for column in columns])

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record; a column that it lacks is empty."""
        self._sheet.append([self._cell(cells.get(column), wrap=column in self._wide) for column in self._columns])

    def close(self) -> None:
        """Put the workbook together."""
        self._workbook.save(self._stream)

    def _cell(self, content: Cell, *, bold: bool = False, wrap: bool = False) -> Any:
        value = content.value if isinstance(content, Shown) else content
        if not isinstance(value, bool | int | float | date | time | timedelta) or _too_large(value):
            value = _xlsx_text(text_of(content))
        cell = WriteOnlyCell(self._sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
        if isinstance(content, Shown):
            cell.number_format = content.number_format
        if bold:
            cell.font = Font(bold=True)
        if wrap:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell


def _too_large(value: Any) -> bool:
    """Whether Excel's numbers, which have 15 digits, cannot hold it; infinite and NaN included."""
    return isinstance(value, int | float) and not abs(value) < 1e15


def _xlsx_text(text: str) -> str:
    escaped = _UNSAFE_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return escaped if len(escaped) <= LONGEST_XLSX_TEXT else escaped[: LONGEST_XLSX_TEXT - 1] + "…"


# -------------------------------------------------------------------------------------------------------------- JSONL


def _open_json_lines(path: Path, expected: str) -> Table:
    columns: dict[str, None] = {}
    records = _Records(lambda: _json_records(path))
    count = 0
    for record in records():
        count += 1
        columns.update(dict.fromkeys(record.cells))
    _require(path, tuple(columns), expected)
    return Table(path, tuple(columns), count, records)


def _json_records(path: Path) -> Iterator[Record]:
    number = 0
    with path.open("rb") as stream:
        for line_number, line in enumerate(stream, 1):
            text = line.removeprefix(_BOM) if line_number == 1 else line
            if text.strip():
                number += 1
                yield _json_record(number, line_number, text)


def _json_record(number: int, line_number: int, line: bytes) -> Record:
    try:
        cells = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return Record(number, {}, f"line {line_number} is not JSON: {error}")
    if not isinstance(cells, dict):
        return Record(number, {}, f"line {line_number} is no JSON object")
    return Record(number, cells)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


class JsonLinesWriter:
    """Writes one JSON object a line, UTF-8; dates and spreadsheet numbers as `json_value` gives them."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record with the keys that it has."""
        values = {column: _json_value(cell) for column, cell in cells.items()}
        line = json.dumps(values, ensure_ascii=False, allow_nan=False)
        # Half a character cannot be UTF-8; its backslash escape is JSON's own.
        self._stream.write(line.encode("utf-8", "backslashreplace") + b"\n")

    def close(self) -> None:
        """Nothing is left to write; the stream is the caller's."""


def _json_value(cell: Cell) -> Cell:
    if isinstance(cell, Shown) and text_of(cell) == text_of(cell.value):
        return _json_value(cell.value)
    if isinstance(cell, Shown | date | time | timedelta) or (isinstance(cell, float) and _too_large(cell)):
        return text_of(cell)
    return cell


# ------------------------------------------------------------------------------------------------------------- shared


class _Records:
    """Records that can be gone through again from the start."""

    def __init__(self, read: Callable[[], Iterator[Record]]) -> None:
        self._read = read

    def __call__(self) -> Iterator[Record]:
        return self._read()

    def count(self) -> int:
        """How many there are; reads the file through."""
        return sum(1 for _ in self._read())


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
