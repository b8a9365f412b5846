import pytest

from assistant.documents.catalogue import Entry
from assistant.documents.citations import Highlight, check, cite
from assistant.documents.document import Document
from assistant.documents.load import make_document

TEXT = "# Fees\n\n## Adults\n\nAn adult pays five euros \U0001f4b6. A well-known rule, as ever, holds.\n"


@pytest.fixture
def document() -> Document:
    entry = Entry(date="2024-02-27", url="https://example.org/fees#top")
    return make_document("town/fees 1", TEXT, path="town/fees 1.md", entry=entry)


def test_a_citation_is_a_slice_with_its_place(document: Document) -> None:
    start = TEXT.index("An adult")
    end = TEXT.index(" A well")
    mark = Highlight(TEXT.index("five"), TEXT.index(" euros"))
    cited = cite(document, 1, start, end, highlights=(mark,))
    check(cited, document)
    assert cited.quote == "An adult pays five euros \U0001f4b6."
    assert (cited.section, cited.section_path, cited.date) == ("Adults", ("Adults",), "2024-02-27")
    assert cited.url == f"/documents/town/fees%201#char={start},{end}"


def test_the_source_url_is_a_text_fragment_with_its_delimiters_escaped(document: Document) -> None:
    start = TEXT.index("A well")
    cited = cite(document, 1, start, len(TEXT.rstrip()))
    assert cited.source_url == ("https://example.org/fees#:~:text=A%20well%2Dknown%20rule%2C%20as%20ever%2C%20holds.")


@pytest.mark.parametrize("marks", [(0, 3), (25, 20), (60, 500)])
def test_highlights_outside_the_quote_are_never_shown(document: Document, marks: tuple[int, int]) -> None:
    start = TEXT.index("An adult")
    cited = cite(document, 1, start, start + 20, highlights=(Highlight(*marks),))
    with pytest.raises(AssertionError, match="is not the text of 'town/fees 1'"):
        check(cited, document)


def test_a_quote_of_another_text_is_never_shown(document: Document) -> None:
    start = TEXT.index("An adult")
    cited = cite(document, 1, start, start + 20)
    other = make_document("town/fees 1", TEXT.replace("five", "nine"), path="town/fees 1.md", entry=Entry())
    with pytest.raises(AssertionError):
        check(cited, other)
