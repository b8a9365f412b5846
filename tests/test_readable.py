"""Markup made spaces: every word stays where it is, and no quote begins or ends with half a tag."""

import pytest
from outlines import count_words

from assistant.documents import passages
from assistant.documents.document import Document, Span
from assistant.documents.load import make_document
from assistant.documents.readable import readable, with_its_tags
from assistant.reading.quotes import units

PAGE = """# Appeals

See <b>Part III</b>, or [the form](https://example.org/form(1).pdf "PDF") by *June*&nbsp;1.

<span class="number"><i class="fa"></i>About 1 year</span>
<span class="text">The goal is about <b>a year</b>.</span>

<b>Note:</b> You have 60 days. <br>
[Get the form](/form). It is **free**.
"""


def words(document: Document, span: Span) -> str:
    return document.text[span.start : span.end]


def test_the_words_stay_in_their_places() -> None:
    document = make_document("page", PAGE, path="page.md")
    plain = readable(document, 0, len(PAGE))
    assert len(plain) == len(PAGE)
    assert (
        plain.split()
        == (
            "# Appeals See Part III , or the form by June 1. About 1 year The goal is about a year . "
            "Note: You have 60 days. Get the form . It is free ."
        ).split()
    )
    assert all(plain[place] in (" ", PAGE[place]) for place in range(len(PAGE)))


def test_plain_text_has_no_markup() -> None:
    text = "a < b and *c* [d](e) <b>f</b>"
    assert readable(make_document("page", text, path="page.txt"), 0, len(text)) == text


def test_no_quote_begins_or_ends_with_a_tag_whose_other_half_it_lacks() -> None:
    document = make_document("page", PAGE, path="page.md")
    cut = [one for passage in passages.split(document, count_tokens=count_words) for one in units(document, passage)]
    assert [words(document, one) for one in cut] == [
        'See <b>Part III</b>, or [the form](https://example.org/form(1).pdf "PDF") by *June*&nbsp;1.',
        "About 1 year",
        "The goal is about <b>a year</b>.",
        "<b>Note:</b> You have 60 days.",
        "[Get the form](/form).",
        "It is **free**.",
    ]


@pytest.mark.parametrize(
    ("text", "span", "widened"),
    [
        ("<b>Note:</b> pay", (3, 16), "<b>Note:</b> pay"),
        ("pay <b>now</b>", (0, 10), "pay <b>now</b>"),
        ("<li>pay", (4, 7), "pay"),
        ("<b><i>Note</i>:</b> pay", (6, 23), "<b><i>Note</i>:</b> pay"),
        ("pay</b>", (0, 3), "pay"),
    ],
)
def test_a_tag_comes_with_its_other_half(text: str, span: tuple[int, int], widened: str) -> None:
    found = with_its_tags(text, Span(*span))
    assert text[found.start : found.end] == widened
