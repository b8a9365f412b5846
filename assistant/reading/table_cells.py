"""A row of a table, its header and a question → the cell that the question asks for, by the name of its column.

In: a document and a passage that is a row. Out: exact spans. "When is the library open on Thursday?" asks for what
stands under "Library" in the row of Thursday.
"""

import re
from collections.abc import Sequence

from assistant.documents.document import Document, Passage, Span
from assistant.documents.readable import readable
from assistant.search.terms import terms_of

HALF = 0.5
_BETWEEN = re.compile(r"\s*\|\s*|</t[dh]>\s*<t[dh][^<>]*>", re.IGNORECASE)


def asked_cell(question: str, document: Document, row: Passage) -> tuple[Span, Span] | None:
    """The cell of the one column whose name the question says, and that name in the header; None where none is.

    More than half of the name must be said: "museum" does not ask for "Museum ships". The first column names the rows,
    and is no answer.
    """
    if row.kind != "table row" or not row.lead_end:
        return None
    header, cells = _columns(document, row)
    if len(cells) < 2:
        return None
    asked = set(terms_of(question))
    named = [len(own & asked) / max(len(own), 1) for own in _own_terms(document, header)]
    best = max(range(1, len(cells)), key=lambda column: named[column])
    if named[best] <= HALF or named[1:].count(named[best]) > 1 or cells[best].start == cells[best].end:
        return None
    return cells[best], header[best]


def answering_cell(document: Document, row: Passage, answer: Span) -> tuple[Span, Span] | None:
    """The one cell that an answer lies in, and its column's name; None where it is longer, or the row has no header."""
    pairs = [(cell, name) for name, cell in zip(*_columns(document, row), strict=True) if name.start < name.end]
    return next((pair for pair in pairs if pair[0].start <= answer.start < answer.end <= pair[0].end), None)


def _columns(document: Document, row: Passage) -> tuple[list[Span], list[Span]]:
    """The names of the columns and the cells of a row, as many of these as of those."""
    header = _cells(document, Span(row.lead_start, row.lead_end))
    cells = _cells(document, Span(row.start, row.end))
    # Rows are kept without what is empty at their edges: the end of a row, the corner above the names of the rows.
    cells += [Span(row.end, row.end)] * (len(header) - len(cells))
    header = [Span(row.lead_start, row.lead_start)] * (len(cells) - len(header)) + header
    return header, cells


def _own_terms(document: Document, header: Sequence[Span]) -> list[set[str]]:
    """The terms of each column's name that no other column has."""
    terms = [set(terms_of(readable(document, one.start, one.end))) for one in header]
    return [own.difference(*(other for other in terms if other is not own)) for own in terms]


def _cells(document: Document, row: Span) -> list[Span]:
    """The cells of a row or a header, without the space and the marks around them."""
    text, cells, left = document.text, [], row.start
    for gap in [*_BETWEEN.finditer(text, row.start, row.end), None]:
        right = gap.start() if gap else row.end
        words = readable(document, left, right)
        start = left + len(words) - len(words.lstrip(" \n|"))
        cells.append(Span(start, max(start, left + len(words.rstrip(" \n|")))))
        left = gap.end() if gap else right
    return cells
