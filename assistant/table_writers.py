"""Records → a .csv, .xlsx or .jsonl file, one by one.

In: a binary stream, then cells by column. Out: the bytes of the file, whole after `close`.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, time, timedelta
from typing import IO, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from assistant.tables import Cell, Shown, text_of

LONGEST_XLSX_TEXT = 32_767  # Excel's limit for one cell
MOST_XLSX_NUMBER = 1e15  # its numbers have 15 digits
WIDE = 60
# Not allowed in XML, or changed by every XML reader (CR), or meaning such an escape: written as _xHHHH_
# (ECMA-376 part 1, ST_Xstring).
_UNSAFE_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class Writer(Protocol):
    """Takes records in order; the file is whole only after `close`."""

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record; in a table, a column that it lacks is empty."""

    def close(self) -> None:
        """Write what is left; the stream is the caller's."""

    def abandon(self) -> None:
        """Let go of what is open; what was written is of no use."""


@contextmanager
def finishing(writer: Writer) -> Iterator[Writer]:
    """Close the writer at the end, or abandon it when an exception ends the block."""
    try:
        yield writer
    except BaseException:
        writer.abandon()
        raise
    writer.close()


class CsvWriter:
    """RFC 4180 CSV in UTF-8. Cells stand as they are: docs/batch.md speaks of cells that look like formulas."""

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, delimiter: str, marked: bool) -> None:
        encoding = "utf-8-sig" if marked else "utf-8"
        self._stream = io.TextIOWrapper(stream, encoding=encoding, errors="backslashreplace", newline="")
        self._columns = columns
        self._writer = csv.writer(self._stream, delimiter=delimiter)
        self._writer.writerow(columns)

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record; a column that it lacks is empty."""
        self._writer.writerow([text_of(cells.get(column)) for column in self._columns])

    def close(self) -> None:
        """Write what is left; the stream is the caller's."""
        self._stream.detach()

    def abandon(self) -> None:
        """Let go of the stream."""
        self._stream.detach()


class XlsxWriter:
    """A workbook of one sheet. Every text is of the type text, so none is ever taken for a formula.

    `wide` names the columns of long text.
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, wide: Iterable[str]) -> None:
        self._stream = stream
        self._columns = columns
        self._wide = frozenset(wide)
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet("Answers")
        self._sheet.freeze_panes = "A2"
        for number, column in enumerate(columns, 1):
            if column in self._wide:
                self._sheet.column_dimensions[get_column_letter(number)].width = WIDE
        self._sheet.append([self._cell(column, font=Font(bold=True)) for column in columns])
        # Beside a cell of many lines everything stands at its top, where a reader begins.
        self._plain, self._wrapped = Alignment(vertical="top"), Alignment(wrap_text=True, vertical="top")

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record; a column that it lacks is empty."""
        self._sheet.append(
            [
                self._cell(cells.get(column), alignment=self._wrapped if column in self._wide else self._plain)
                for column in self._columns
            ]
        )

    def close(self) -> None:
        """Put the workbook together."""
        self._workbook.save(self._stream)

    def abandon(self) -> None:
        """Let openpyxl finish with its temporary file; what comes out goes nowhere."""
        with suppress(Exception):  # it may have been stopped in the middle of a row
            self._workbook.save(io.BytesIO())

    def _cell(self, content: Cell, **styles: Any) -> Any:
        value = content.value if isinstance(content, Shown) else content
        if not _kept_in_xlsx(value):
            value = _xlsx_text(text_of(content))
        cell = WriteOnlyCell(self._sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
        elif isinstance(content, Shown):
            cell.number_format = content.number_format
        for name, style in styles.items():
            if style is not None:
                setattr(cell, name, style)
        return cell


class JsonLinesWriter:
    """One JSON object a line, in UTF-8. Dates are text, as are spreadsheet numbers shown with leading zeros."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, cells: Mapping[str, Cell]) -> None:
        """Append one record with the keys that it has."""
        values = {column: _json_value(cell) for column, cell in cells.items()}
        line = json.dumps(values, ensure_ascii=False, allow_nan=False)
        # Half a character (a lone surrogate) cannot be UTF-8; its backslash escape is JSON's own.
        self._stream.write(line.encode("utf-8", "backslashreplace") + b"\n")

    def close(self) -> None:
        """Nothing is left to write; the stream is the caller's."""

    def abandon(self) -> None:
        """Nothing is open."""


def _kept_in_xlsx(value: Cell) -> bool:
    if isinstance(value, int | float):
        return abs(value) < MOST_XLSX_NUMBER
    return value is None or isinstance(value, date | time | timedelta)


def _xlsx_text(text: str) -> str:
    escaped = _UNSAFE_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return escaped if len(escaped) <= LONGEST_XLSX_TEXT else escaped[: LONGEST_XLSX_TEXT - 1] + "…"


def _json_value(cell: Cell) -> Cell:
    if isinstance(cell, Shown) and text_of(cell) == text_of(cell.value):
        return _json_value(cell.value)
    return text_of(cell) if isinstance(cell, Shown | date | time | timedelta) else cell
