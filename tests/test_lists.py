"""Lists whose items print no mark: parts of a sentence, and lines of one block below a lead."""

import pytest
from outlines import count_words

from assistant.documents import passages
from assistant.documents.load import make_document
from assistant.documents.outline import Outline

PARTS = """Article 55
The Organisation shall promote:

higher standards of living, full employment, and conditions of economic and social progress;
solutions of international economic, social, health and related problems; and
universal respect for human rights.

Article 56
All Members pledge themselves to act.
"""
BLOCK = """Article 2
The Members shall act in accordance with the following Principles.

The Organisation is based on the sovereign equality of all its Members, large and small.
All Members shall settle their disputes by peaceful means, so that peace is not endangered.
All Members shall give every assistance in any action that is taken under this Charter.

Nothing here limits Article 9.
"""
PROSE = """Opening hours
The library opens at nine:

It closes at five, and on Fridays at six, all through the year.

Visitors bring a card. Whoever has none asks at the desk.
"""


def lists(text: str) -> list[tuple[str, list[str]]]:
    document = make_document("page", text, path="page.txt")
    outline = Outline(document, passages.split(document, count_tokens=count_words))
    return [
        (document.text[one.intro.start : one.intro.end], [document.text[item.start : item.end] for item in one.items])
        for one in outline.lists
        if one.intro
    ]


def test_parts_of_a_sentence_are_items() -> None:
    [(intro, items)] = lists(PARTS)
    assert intro == "The Organisation shall promote:"
    assert [item.split()[0] for item in items] == ["higher", "solutions", "universal"]


def test_lines_of_one_block_below_a_lead_are_items_and_what_follows_is_none() -> None:
    [(intro, items)] = lists(BLOCK)
    assert intro.endswith("the following Principles.")
    assert [item.split()[:2] for item in items] == [["The", "Organisation"], ["All", "Members"], ["All", "Members"]]


@pytest.mark.parametrize("text", [PROSE, PROSE.replace("nine:", "nine.")])
def test_paragraphs_are_no_items(text: str) -> None:
    assert lists(text) == []


def test_items_are_called_what_the_lead_calls_them() -> None:
    document = make_document("page", BLOCK, path="page.txt")
    outline = Outline(document, passages.split(document, count_tokens=count_words))
    assert set(outline.nouns) == {"principle"}
