import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from assistant.errors import QuestionError
from assistant.table_writers import CsvWriter, JsonLinesWriter, Writer, XlsxWriter
from assistant.tables import Shown, Table, open_table, text_of


def opened(path: Path, content: str | bytes) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, expected="question")


def rows(table: Table) -> list[dict[str, Any]]:
    return [dict(record.cells) for record in table.records()]


def workbook(path: Path, *sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for sheet in sheets:
        page = book.create_sheet()
        for row in sheet:
            page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_delimiter_mark_and_newlines_are_recognised(
    tmp_path: Path, delimiter: str, mark: bytes, newline: str
) -> None:
    text = newline.join(
        [f"id{delimiter}question", f'1{delimiter}"Who, when; and\twhere{newline}exactly?"', "", f"2{delimiter}Why?", ""]
    )
    table = opened(tmp_path / "faq.csv", mark + text.encode())
    assert (table.columns, table.count, table.delimiter, table.marked) == (("id", "question"), 2, delimiter, bool(mark))
    assert rows(table) == [
        {"id": "1", "question": f"Who, when; and\twhere{newline}exactly?"},
        {"id": "2", "question": "Why?"},
    ]


def test_the_header_decides_the_delimiter_not_the_commas_of_the_questions(tmp_path: Path) -> None:
    table = opened(tmp_path / "faq.csv", "id;question\n1;What, if anything, is paid, and when?\n")
    assert rows(table) == [{"id": "1", "question": "What, if anything, is paid, and when?"}]


def test_a_csv_row_with_too_many_cells_says_what_to_do_and_short_ones_are_filled(tmp_path: Path) -> None:
    table = opened(tmp_path / "faq.csv", "id,question,note\n1,What, then?,x\n2,Why?\n3,Who?,y,,\n")
    first, second, third = table.records()
    assert first.problem == "the row has 4 cells and the header 3: put text that holds ',' in quotation marks"
    assert (second.problem, dict(second.cells)) == ("", {"id": "2", "question": "Why?", "note": ""})
    assert (third.problem, dict(third.cells)) == ("", {"id": "3", "question": "Who?", "note": "y"})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,question\n1,"unterminated\n2,When?\n', 2),
        ('id,question\n1,Why?\n\n2,"cut in the mid', 4),
        ('id,question\n1,Why?\n2,"cut off\n', 3),
        ('id,question\n1,Why?\n2,"unterminated\n3,"Who, then?"\n4,"Where?"\n', 3),
        ('"question\nWhy?\n', 1),
    ],
)
def test_a_quotation_mark_that_is_not_closed_swallows_no_row(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(QuestionError) as caught:
        opened(tmp_path / "faq.csv", text)
    assert str(caught.value) == (
        f'{str(tmp_path / "faq.csv")!r}, line {line}: a quotation mark (") that begins a cell is not closed; '
        'put one at the end of the cell, and write one within the cell twice ("")'
    )


def test_other_quotation_marks_are_read_as_they_stand(tmp_path: Path) -> None:
    text = 'id,question\n1,the "old" gate\n2,"old" gate\n3,"an ""old""\ngate"\n4,5" wide\n5, "old"\n6,"a", \n7,"'
    with pytest.raises(QuestionError, match=r"line 9: a quotation mark"):
        opened(tmp_path / "faq.csv", text)
    table = opened(tmp_path / "faq.csv", text.removesuffix('7,"'))
    expected = ['the "old" gate', "old gate", 'an "old"\ngate', '5" wide', ' "old"', "a"]
    assert [row["question"] for row in rows(table)] == expected
    marked = opened(tmp_path / "faq.csv", 'id;of,"all;question\n1;x;Why?\n')
    assert (marked.delimiter, marked.columns) == (";", ("id", 'of,"all', "question"))


def test_a_cell_longer_than_can_be_read_is_named_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"faq\.csv', line 2: no CSV \(field larger than field limit"):
        opened(tmp_path / "faq.csv", f"question\n{'x' * 10_000_001}\n")


def test_header_cells_without_a_name_or_with_the_same_one_are_told_apart(tmp_path: Path) -> None:
    table = opened(tmp_path / "faq.csv", "Question,note,,note\nWhy?,a,b,c\n")
    assert table.columns == ("Question", "note", "column 3", "note (2)")
    assert rows(table) == [{"Question": "Why?", "note": "a", "column 3": "b", "note (2)": "c"}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("faq.csv", "id,text\n1,Why?\n", "has no column 'question'; its columns are id, text"),
        ("faq.csv", "", "is empty: it needs a column 'question'"),
        ("faq.csv", "id,question\n1,caf\udce9\n".encode("utf-8", "surrogateescape"), "is not UTF-8 .byte 0xe9.: save"),
        ("faq.csv", "question\nWhy?\n".encode("utf-16"), "is not UTF-8 .byte 0xff.: save it as 'CSV UTF-8'"),
        ("faq.xlsx", b"PK\x03\x04 no", "is no workbook that can be read"),
        ("faq.xlsx", b"", "is no workbook that can be read"),
        ("faq.jsonl", "", "is empty: it needs a column 'question'"),
        ("faq.jsonl", "[1]\nno\n", "has no line that is a JSON object"),
        ("faq.jsonl", '{"q": "Why?"}\n', "has no column 'question'; its columns are q"),
        ("faq.txt", "Why?", r"is of no known format: the name must end in .csv, .xlsx, .jsonl"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        opened(tmp_path / name, content)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"there is no file '.*faq\.csv'"):
        open_table(tmp_path / "faq.csv", expected="question")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(QuestionError, match=r"folder\.xlsx' cannot be read: Is a directory"):
        open_table(tmp_path / "folder.xlsx", expected="question")


def test_a_workbook_keeps_types_and_looks(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in [
        [],
        ["ID", "Question", "Since", "Share", "Code"],
        [1, "Why?_x000D_\nNow", datetime(2024, 2, 27), 0.25, 7],
    ]:
        page.append(row)
    page["D3"].number_format = "0%"
    page["E3"].number_format = "00000"
    page.append([None, "  ", None])
    page.append([2.5, 42, True])
    book.save(tmp_path / "faq.xlsx")
    table = open_table(tmp_path / "faq.xlsx", expected="question")
    first, second = rows(table)
    assert (table.columns, table.count) == (("ID", "Question", "Since", "Share", "Code"), 2)
    assert first == {
        "ID": 1, "Question": "Why?\r\nNow", "Since": Shown(datetime(2024, 2, 27), "yyyy-mm-dd h:mm:ss"),
        "Share": Shown(0.25, "0%"), "Code": Shown(7, "00000"),
    }  # fmt: skip
    assert [text_of(cell) for cell in first.values()] == ["1", "Why?\r\nNow", "2024-02-27", "0.25", "00007"]
    assert [text_of(cell) for cell in second.values()] == ["2.5", "42", "true", "", ""]


def test_the_sheet_with_the_questions_is_found_and_a_wrong_stated_size_does_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "faq.xlsx", [["About"], ["this file"]], [["id", "question"], [1, "Why?"], [2, "Who?"]])
    assert rows(open_table(path, expected="question")) == [{"id": 1, "question": "Why?"}, {"id": 2, "question": "Who?"}]
    path = workbook(tmp_path / "none.xlsx", [["About"]], [["id", "text"]])
    with pytest.raises(QuestionError, match=r"no column 'question' in the first row of a sheet \('Sheet', 'Sheet1'\)"):
        open_table(path, expected="question")


def test_broken_json_lines_are_problems_of_their_own(tmp_path: Path) -> None:
    lines = [
        b'\xef\xbb\xbf{"id": 1, "question": "Why?"}', b"", b'{"id": 2,', b'["Why?"]', b'{"question": "caf\xe9"}',
        b'{"question": "n", "x": NaN}', b'{"question": "n", "x": 1e999}', b"[" * 100_000,
        '{"question": "next\u2028line"}'.encode(),
    ]  # fmt: skip
    table = opened(tmp_path / "faq.jsonl", b"\n".join(lines))
    found = list(table.records())
    assert (table.columns, table.count) == (("id", "question"), 8)
    assert [record.number for record in found] == list(range(1, 9))
    assert dict(found[0].cells) == {"id": 1, "question": "Why?"}
    assert [record.problem.split(":")[0] for record in found[1:7]] == [
        "line 3 is not JSON", "line 4 is no JSON object", *(f"line {number} is not JSON" for number in (5, 6, 7, 8)),
    ]  # fmt: skip
    assert dict(found[7].cells) == {"question": "next\u2028line"}


def written(path: Path, columns: list[str], records: list[dict[str, Any]], **options: Any) -> Path:
    with path.open("wb") as stream:
        writer: Writer
        if path.suffix == ".csv":
            writer = CsvWriter(stream, columns, **{"delimiter": ",", "marked": False} | options)
        elif path.suffix == ".xlsx":
            writer = XlsxWriter(stream, columns, wide=["question"])
        else:
            writer = JsonLinesWriter(stream)
        for record in records:
            writer.write(record)
        writer.close()
    return path


def test_csv_is_written_with_the_delimiter_and_the_mark_asked_for(tmp_path: Path) -> None:
    records = [{"question": 'a;b "c"\nd', "n": 1}, {"n": 0.5, "question": "é\ud800"}]
    plain = written(tmp_path / "a.csv", ["question", "n", "x"], records)
    assert plain.read_bytes() == 'question,n,x\r\n"a;b ""c""\nd",1,\r\né\\ud800,0.5,\r\n'.encode()
    marked = written(tmp_path / "b.csv", ["question", "n"], records, delimiter=";", marked=True)
    assert marked.read_bytes() == '\ufeffquestion;n\r\n"a;b ""c""\nd";1\r\né\\ud800;0.5\r\n'.encode()


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example","y")', "#N/A", "=", "TRUE", "007"]


def test_no_text_in_a_workbook_is_a_formula_or_a_number(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", ["question", "=head"], [{"question": text, "=head": text} for text in FORMULAS])
    page = load_workbook(path).active
    assert page is not None
    assert [cell.value for cell in page["A"]] == ["question", *FORMULAS]
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}


def test_a_workbook_gets_back_what_a_workbook_gave(tmp_path: Path) -> None:
    cells = {"question": "a\r\nb\x0cc _x000D_ \U0001f338 ", "n": 1, "share": Shown(0.25, "0%"),
             "since": Shown(datetime(2024, 2, 27), "d mmm yyyy"), "yes": True, "none": None}  # fmt: skip
    path = written(tmp_path / "a.xlsx", [*cells], [cells])
    assert rows(open_table(path, expected="question")) == [cells]


def test_what_a_workbook_cannot_hold_is_text_and_not_longer_than_a_cell(tmp_path: Path) -> None:
    values = {"question": "x" * 40_000, "large": 12345678901234567890, "list": [1, {"a": "é"}], "half": "\ud800"}
    path = written(tmp_path / "a.xlsx", [*values], [values])
    (row,) = rows(open_table(path, expected="question"))
    assert row["question"] == "x" * 32_766 + "…"
    assert (row["large"], row["list"], row["half"]) == ("12345678901234567890", '[1, {"a": "é"}]', "\ud800")


def test_json_lines_are_valid_json_with_every_value(tmp_path: Path) -> None:
    values = {"question": "é\ud800\u2028", "date": Shown(datetime(2024, 2, 27), "d mmm"), "code": Shown(7, "000"),
              "share": Shown(0.25, "0%"), "list": [1, None], "large": 1e20}  # fmt: skip
    path = written(tmp_path / "a.jsonl", [], [values, {"question": "b"}])
    lines = path.read_bytes().split(b"\n")
    assert json.loads(lines[0]) == {
        "question": "é\ud800\u2028", "date": "2024-02-27", "code": "007", "share": 0.25, "list": [1, None], "large": 1e20,
    }  # fmt: skip
    assert lines[1:] == [b'{"question": "b"}', b""]


# Not in the texts: half characters, which no file format has, and the end of line that CSV and XML may fold.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(lambda text: text.strip())


@pytest.mark.parametrize("extension", [".csv", ".xlsx", ".jsonl"])
@given(questions=st.lists(TEXT, min_size=1, max_size=5))
def test_every_text_survives_every_format(
    tmp_path_factory: pytest.TempPathFactory, extension: str, questions: list[str]
) -> None:
    path = tmp_path_factory.mktemp("round") / f"a{extension}"
    written(path, ["id", "question"], [{"id": "x", "question": text} for text in questions])
    assert [row["question"] for row in rows(open_table(path, expected="question"))] == questions


def test_records_are_read_lazily_and_again_from_the_start(tmp_path: Path) -> None:
    with (tmp_path / "faq.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["question"], *([f"q{number}"] for number in range(5000))])
    table = open_table(tmp_path / "faq.csv", expected="question")
    records = table.records()
    assert isinstance(records, Iterator)
    assert [next(records).number, next(records).number, next(table.records()).number] == [1, 2, 1]
    assert table.count == 5000
