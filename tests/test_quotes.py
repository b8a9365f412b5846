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
        ("EUR 180 per image", "180", "EUR 180"),
        ("call Ms Hanna Lindqvist by noon", "Ms", "Ms Hanna Lindqvist"),
        ("write to groups@harbour.example.", "groups@harbour-museum"[:14], "groups@harbour.example"),
        ("call +49 30 5550 172 on weekdays", "30 5550 172", "+49 30 5550 172"),
        ("open 10:00–18:00 on Friday", "18:00", "10:00–18:00"),
        ("from 1 March to 31 October", "1 March", "1 March"),
        ("in 13 operations", "operations", "operations"),
    ],
)
def test_a_bare_number_is_completed(text: str, marked: str, expected: str) -> None:
    start = text.index(marked)
    found = completed(text, Span(0, len(text)), Span(start, start + len(marked)))
    assert text[found.start : found.end] == expected
