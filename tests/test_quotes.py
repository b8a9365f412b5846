"""A number is quoted with what bounds it and what it counts."""

import pytest

from assistant.documents.document import Span
from assistant.reading.quotes import completed


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("about 90% of respondents", "90", "about 90%"),
        ("about 90 % of respondents", "about 90", "about 90 %"),
        ("at most 12 per cent of it", "12", "at most 12 per cent"),
        ("for 30 times in all", "30", "30 times"),
        ("a fee of 50€ is due", "50", "50€"),
        ("EUR 180 per image", "180", "180"),
        ("in 13 operations", "operations", "operations"),
    ],
)
def test_a_bare_number_is_completed(text: str, marked: str, expected: str) -> None:
    start = text.index(marked)
    found = completed(text, Span(0, len(text)), Span(start, start + len(marked)))
    assert text[found.start : found.end] == expected
