"""The cell that a question asks for by the name of its column."""

import pytest
from outlines import count_words

from assistant.documents import passages
from assistant.documents.document import Document, Passage, Span
from assistant.documents.load import make_document
from assistant.reading.table_cells import answering_cell, asked_cell

HOURS = """# House

| Day | Museum ships | Library | Fee |
|---|---|---|---|
| Thursday | 10:00-16:00 | **13:00-19:00** | |
"""
CORNER = """# House

| | Full | Reduced |
|---|---|---|
| Year | €40 | €20 |
"""
HTML = """# House

<table>
<tr><th>Day</th><th>Museum</th><th>Library</th></tr>
<tr><td>Thursday</td><td>10:00</td><td><b>13:00</b></td></tr>
</table>
"""


def row_of(text: str) -> tuple[Document, Passage]:
    document = make_document("page", text, path="page.md")
    [row] = [one for one in passages.split(document, count_tokens=count_words) if one.kind == "table row"]
    return document, row


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        (HOURS, "When is the library open on Thursday?", ("13:00-19:00", "Library")),
        (HOURS, "When can I see the museum ships?", ("10:00-16:00", "Museum ships")),
        (HOURS, "When is the museum open?", None),  # half of a name is none
        (HOURS, "What is the fee on Thursday?", None),  # an empty cell
        (HOURS, "Which day?", None),  # the names of the rows
        (HOURS, "Are the library and the museum ships open?", None),  # two columns
        (CORNER, "What does the reduced ticket cost per year?", ("€20", "Reduced")),
        (HTML, "When is the library open?", ("13:00", "Library")),
    ],
)
def test_a_column_is_asked_for_by_its_name(text: str, question: str, expected: tuple[str, str] | None) -> None:
    document, row = row_of(text)
    found = asked_cell(question, document, row)
    words = tuple(
        document.text[one.start : one.end].replace("*", "").replace("<b>", "").replace("</b>", "")
        for one in found or ()
    )
    assert words == (expected or ())


@pytest.mark.parametrize(
    ("answer", "column"),
    [("10:00-16:00", "Museum ships"), ("10:00", "Museum ships"), ("00-16:00 | **13", ""), ("Thursday", "Day")],
)
def test_the_column_of_an_answer_is_that_of_the_cell_it_lies_in(answer: str, column: str) -> None:
    document, row = row_of(HOURS)
    start = document.text.index(answer)
    found = answering_cell(document, row, Span(start, start + len(answer)))
    assert (document.text[found[1].start : found[1].end] if found else "") == column
