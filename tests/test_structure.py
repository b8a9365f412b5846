"""Lists, addresses, outlines, references and what is answered from them, on a statute of another kind."""

import pytest

from assistant.documents.addresses import addresses, numbers_of
from assistant.documents.document import Document
from assistant.documents.load import load_corpus, make_document
from assistant.documents.outline import Outline
from assistant.documents.passages import split
from assistant.documents.references import references
from assistant.reading.structure import looked_up

STATUTE = """Statute of the Lending Library

Article 1

The following duties fall to the librarian.

(a) Lending books;

(b) Keeping the catalogue up to date;

(c) Collecting the fees named in Article 3.

Article 2

Readers shall return a book within four weeks.

Readers who cannot come shall write to the librarian.

Article 3

The duties in (a) and (b) are free of charge. Fees are due in the cases of Article 9.

Books of the reading room are lent under Article 12 of the Archive Act.
"""


@pytest.fixture(scope="module")
def outline(tmp_path_factory: pytest.TempPathFactory) -> Outline:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "library.txt").write_text(STATUTE, encoding="utf-8")
    [document] = load_corpus(folder, max_bytes=10_000).documents
    return Outline(document, split(document, count_tokens=lambda text: len(text.split())))


def words(document: Document, start: int, end: int) -> str:
    return document.text[start:end]


def test_a_list_knows_its_items_and_what_they_are_called(outline: Outline) -> None:
    [one] = outline.lists
    assert [(item.label, item.number) for item in one.items] == [("(a)", 1), ("(b)", 2), ("(c)", 3)]
    assert set(outline.nouns) == {"duty"}


@pytest.mark.parametrize(
    ("series", "numbers"),
    [
        ("(13) to (15), (21) and (22)", ("13", "14", "15", "21", "22")),
        ("3 to 5", ("3", "4", "5")),
        ("II and IV", ("ii", "iv")),
        ("the eighth and the tenth", ("8", "10")),
        ("twenty-second", ("22",)),
        ("(a) to (c)", ("a", "b", "c")),
    ],
)
def test_numbers_of_a_series(series: str, numbers: tuple[str, ...]) -> None:
    assert numbers_of(series) == numbers


@pytest.mark.parametrize(
    "text", ["Where may I park?", "in June 1992", "call and schedule one", "part of it", "page(s)"]
)
def test_prose_holds_no_address(text: str) -> None:
    assert addresses(text) == []


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("duty (b)", "(b) Keeping the catalogue up to date;"),
        ("the last of the duties", "(c) Collecting the fees named in Article 3."),
        ("Article 2 paragraph 2", "Readers who cannot come shall write to the librarian."),
        ("paragraph 1 of Article 2", "Readers shall return a book within four weeks."),
    ],
)
def test_an_address_leads_to_its_words(outline: Outline, address: str, text: str) -> None:
    [one] = addresses(address, outline.nouns)
    [place] = outline.resolve(one).places
    assert words(outline.document, place.start, place.end) == text


@pytest.mark.parametrize(
    ("address", "exists"),
    [
        ("Article 9", "“Statute of the Lending Library” has Articles 1 to 3"),
        ("duty (f)", "Article 1 has items (a) to (c)"),
        ("Article 2 paragraph 7", "Article 2 has 2 paragraphs"),
    ],
)
def test_a_number_that_does_not_exist_says_what_does(outline: Outline, address: str, exists: str) -> None:
    [one] = addresses(address, outline.nouns)
    resolved = outline.resolve(one)
    assert (resolved.places, resolved.exists) == ((), exists)


def test_references_are_links_and_those_to_nowhere_are_told(outline: Outline) -> None:
    found = references(outline)
    named = [
        (
            words(outline.document, link.start, link.end),
            [words(outline.document, one.start, one.end)[:9] for one in link.targets],
        )
        for link in found.links
    ]
    assert named == [
        ("Article 3", ["Article 3"]),
        ("(a) and (b)", ["(a) Lendi", "(b) Keepi"]),
        ("Article 12", []),  # of another law
    ]
    [dangling] = found.dangling
    assert str(dangling).endswith("“Article 9” points nowhere; “Statute of the Lending Library” has Articles 1 to 3")


def test_a_lookup_quotes_the_words_and_a_question_about_more_is_not_one(outline: Outline) -> None:
    outlines = {"library": outline}
    found = looked_up("What does duty (a) say?", outlines, ())
    assert found is not None
    [quote] = found.quotes
    assert words(outline.document, quote.answer.start, quote.answer.end) == "Lending books"
    assert looked_up("Is duty (a) paid by the mayor?", outlines, ()) is None
    assert looked_up("When is duty (a) due?", outlines, ()) is None
    refused = looked_up("What does Article 40 say?", outlines, ())
    assert refused is not None
    assert refused.note == "“Statute of the Lending Library” has Articles 1 to 3"


def test_a_place_of_another_text_is_what_is_said_of_it_and_not_a_number_that_lacks(outline: Outline) -> None:
    found = looked_up("What does Article 12 say?", {"library": outline}, references(outline).links)
    assert found is not None
    [quote] = found.quotes
    text = words(outline.document, quote.span.start, quote.span.end)
    assert text == "Books of the reading room are lent under Article 12 of the Archive Act."


CODE = """Code of the Reading Room

1. Admission

1.1 Cards

Readers show a card.

1.2 Conduct

Readers must not:

(a) eat at the desks;

(b) lend a card to others.

2. Chapter 7 grants

Whoever holds a Chapter 7 grant reads free of charge.
"""


@pytest.fixture(scope="module")
def outlines(outline: Outline) -> dict[str, Outline]:
    code = make_document("rules/reading-room-code", CODE, path="rules/reading-room-code.txt")
    return {"library": outline, code.id: Outline(code, split(code, count_tokens=lambda text: len(text.split())))}


def found_words(question: str, outlines: dict[str, Outline], cited: tuple[str, ...] = ()) -> list[str]:
    found = looked_up(question, outlines, (), cited=cited)
    assert found is not None
    return [words(outlines[one.document].document, one.span.start, one.span.end) for one in found.quotes]


@pytest.mark.parametrize(
    "question",
    [
        "What does section 1.1 say?",
        "What does 1.1 say?",
        "section 1.1 of the reading room code",
        "Show me section 1.1 of the CRR",
    ],
)
def test_a_section_below_another_is_found_by_its_number(question: str, outlines: dict[str, Outline]) -> None:
    assert found_words(question, outlines) == ["Readers show a card."]


@pytest.mark.parametrize(
    "question",
    [
        "What does rule 1.2(b) say?",
        "What is rule (b) of the reading room code?",
        "rule (b) of section 1.2 of the reading room code",
    ],
)
def test_what_no_heading_calls_a_rule_is_an_item(question: str, outlines: dict[str, Outline]) -> None:
    assert found_words(question, outlines) == ["(b) lend a card to others."]


def test_a_title_inside_a_word_names_no_document(outlines: dict[str, Outline]) -> None:
    fee = make_document("fee", "Fee\n\n1. Scope\n\nThis is free.\n", path="fee.txt")
    fees = {"fee": Outline(fee, split(fee, count_tokens=lambda text: len(text.split())))}
    assert looked_up("What does section 2 say about coffee?", {**outlines, **fees}, ()) is None


def test_a_number_that_is_only_a_name_is_not_missing(outlines: dict[str, Outline]) -> None:
    assert looked_up("What does a Chapter 7 grant pay for?", outlines, ()) is None
    refused = looked_up("What does section 9 say?", outlines, ())
    assert refused is not None
    assert refused.note == "“Code of the Reading Room” has sections 1 to 2"


def test_a_follow_up_looks_into_the_document_that_was_cited(outlines: dict[str, Outline]) -> None:
    refused = looked_up("Article 1?", outlines, (), cited=("rules/reading-room-code",))
    assert refused is None or not refused.quotes
    assert found_words("Section 1.1?", outlines, cited=("rules/reading-room-code",)) == ["Readers show a card."]
    named = found_words("Section 1.1 of the reading room code?", outlines, cited=("library",))
    assert named == ["Readers show a card."]


@pytest.mark.parametrize("question", ["What is Article 2 about?", "Article 2 - what does it ask for?"])
def test_a_number_without_a_title_is_about_what_it_says(question: str, outline: Outline) -> None:
    found = looked_up(question, {"library": outline}, ())
    assert found is not None
    said = [words(outline.document, one.span.start, one.span.end).split()[:2] for one in found.quotes]
    assert said == [["Readers", "shall"], ["Readers", "who"]]
