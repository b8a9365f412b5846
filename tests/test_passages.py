from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outlines import count_words

from assistant.documents.document import Document, Passage
from assistant.documents.load import load_corpus, make_document
from assistant.documents.passages import context, split, uncovered

# What may stand outside passages and headings: bullets, rules, and the marks of Markdown and HTML.
MARKS = set("•-*+|#>=_`~:\ufeff")


def texts(document: Document, **options: int) -> list[str]:
    return [document.text[one.start : one.end] for one in split(document, count_tokens=count_words, **options)]


def check(document: Document, count: Callable[[str], int] = count_words, max_tokens: int = 256) -> tuple[Passage, ...]:
    """The properties that hold for every document; returns its passages."""
    text, sections = document.text, document.sections
    assert (sections[0].level, sections[0].start, sections[0].end) == (0, 0, len(text))
    for index, section in enumerate(sections):
        children = [sections[child] for child in section.children]
        assert section.start <= section.heading_start <= section.heading_end <= section.end
        assert all(child.parent == index and child.level == section.level + 1 for child in children)
        edges = [edge for child in children for edge in (child.start, child.end)]
        # Children lie inside their parent, in order, without overlap; what they leave is the parent's own.
        assert [section.start, *edges, section.end] == sorted([section.start, *edges, section.end])
        assert section.parent is None or section.heading or section.number
        assert all(child.start >= section.heading_end for child in children) or index == 0
    assert [section.start for section in sections] == sorted(section.start for section in sections)
    assert sorted(child for section in sections for child in section.children) == list(range(1, len(sections)))
    passages = split(document, count_tokens=count, max_tokens=max_tokens)
    for passage in passages:
        section = sections[passage.section]
        words = text[passage.start : passage.end]
        assert section.start <= passage.start < passage.end <= section.end
        assert not any(
            sections[child].start < passage.end and passage.start < sections[child].end for child in section.children
        )
        assert words == words.strip()
        assert words.startswith(passage.label)
        assert 0 <= passage.lead_start <= passage.lead_end <= passage.start
    assert all(one.end <= other.start for one, other in zip(passages, passages[1:], strict=False))
    return passages


def lost(document: Document, passages: tuple[Passage, ...]) -> list[str]:
    """The lines that no passage and no heading holds, without bare marks, empty labels ("Related PDFs:") and the lines of
    a table of contents, which come again as headings."""
    gaps = [document.text[gap.start : gap.end] for gap in uncovered(document, passages)]
    lines = [line.strip() for gap in gaps for line in gap.splitlines()]
    headings = {document.text[one.heading_start : one.heading_end] for one in document.sections}
    return [line for line in lines if set(line) - MARKS - {" "} and line[-1] != ":" and line not in headings]


def test_nothing_of_the_shipped_document_is_lost_but_its_navigation(corpus_folder: Path) -> None:
    document = load_corpus(corpus_folder, max_bytes=100_000).documents[0]
    passages = check(document)
    assert lost(document, passages) == ["Back to Japan's Contribution to UN Peacekeeping Operations (PKO)"]
    assert [passage.label for passage in passages if passage.kind == "list item"] == [
        *(f"({number})" for number in range(1, 6)),
        *(f"({number})" for number in range(1, 23)),
    ]


def test_the_context_is_title_headings_and_lead_in() -> None:
    document = make_document(
        "a", "Guide\n\nFees\nYou pay if you are:\n\n- old\n- young\n\nThe end comes here.", path="a.txt"
    )
    passages = split(document, count_tokens=count_words)
    assert [context(document, passage) for passage in passages] == [
        "Guide > Fees",
        "Guide > Fees: You pay if you are",
        "Guide > Fees: You pay if you are",
        "Guide > Fees",
    ]


def test_a_lead_in_holds_for_the_list_and_a_header_for_the_rows() -> None:
    document = make_document(
        "a",
        "# Guide\n\n## Fees\n\n**You pay if you are:**\n\n- old\n- young\n\nThe end.\n\n| Age | Fee |\n|---|---|\n| 1 | 2 |\n",
        path="a.md",
    )
    passages = split(document, count_tokens=count_words)
    assert [(document.text[one.start : one.end], context(document, one)) for one in passages] == [
        ("**You pay if you are:**", "Guide > Fees"),
        ("old", "Guide > Fees: You pay if you are"),
        ("young", "Guide > Fees: You pay if you are"),
        ("The end.", "Guide > Fees"),
        ("1 | 2", "Guide > Fees: Age | Fee"),
    ]


def test_a_heading_equal_to_the_title_is_said_once_and_long_paths_are_shortened() -> None:
    document = make_document("a", "Guide\n\nGuide\nText of it.", path="a.txt")
    assert context(document, split(document, count_tokens=count_words)[0]) == "Guide"
    headings = "\n\n".join(f"{'#' * level} {f'heading{level} ' * 12}" for level in range(1, 7))
    deep = make_document("a", f"{headings}\n\nText.", path="a.md")
    words = context(deep, split(deep, count_tokens=count_words)[0])
    assert len(words) < 400
    assert words.startswith("heading1 ")
    assert words.endswith(" heading6")


def test_long_paragraphs_are_cut_at_sentence_ends_evenly() -> None:
    sentences = [f"Sentence number {number} has exactly nine words in it." for number in range(30)]
    document = make_document("a", "Title\n\n" + " ".join(sentences), path="a.txt")
    pieces = texts(document, max_tokens=100)
    assert " ".join(pieces) == " ".join(sentences)
    assert all(piece.endswith(".") for piece in pieces)
    assert [count_words(piece) for piece in pieces] == [80, 80, 80, 60]
    assert len(texts(document, max_tokens=100, target_tokens=40)) == 8


def test_an_endless_sentence_is_cut_at_clauses_then_words_then_anywhere() -> None:
    clauses = [f"clause {number} goes on and on," for number in range(12)]
    assert texts(make_document("a", " ".join(clauses), path="a.txt"), max_tokens=40)[0].endswith(",")
    words = " ".join(f"word{number}" for number in range(100))
    pieces = texts(make_document("a", words, path="a.txt"), max_tokens=40)
    assert " ".join(pieces) == words
    assert max(map(count_words, pieces)) <= 40
    endless = make_document("a", "x" * 1000, path="a.txt")
    assert (
        "".join(endless.text[one.start : one.end] for one in split(endless, count_tokens=len, max_tokens=64))
        == "x" * 1000
    )


def test_a_cut_item_keeps_its_label_on_its_first_piece() -> None:
    item = "(1) " + " ".join(f"Sentence {number} is here." for number in range(20))
    document = make_document("a", f"Title\n\n- {item}", path="a.txt")
    passages = split(document, count_tokens=count_words, max_tokens=40)
    assert len(passages) > 2
    assert [passage.label for passage in passages] == ["(1)"] + [""] * (len(passages) - 1)
    assert {passage.kind for passage in passages} == {"list item"}


WORDS = st.lists(
    st.sampled_from(
        ["fee", "permit", "office", "the", "of", "Ministry", "Dr.", "U.S.", "3.5", "No.", "5", "(2)", "is"]
    ),
    min_size=1,
    max_size=30,
)
SENTENCE = WORDS.map(lambda words: "The " + " ".join(words) + ".")
SHORT = st.lists(st.sampled_from(["Fees", "Permits", "Who", "pays", "Offices", "Rules"]), min_size=1, max_size=4).map(
    " ".join
)
NUMBER = st.sampled_from(
    ["1. ", "2. ", "1.1 ", "(1) ", "(2) ", "Article 1 ", "Article 2: ", "Chapter I ", "§ 3 ", "A. ", "i. ", ""]
)
PLAIN_LINE = st.one_of(
    SENTENCE,
    st.tuples(NUMBER, SHORT).map("".join),
    st.tuples(NUMBER, SENTENCE).map("".join),
    st.tuples(st.sampled_from(["  • ", "- ", "* ", "• (1) "]), SENTENCE).map("".join),
    SHORT.map(str.upper),
    SHORT.map(lambda words: words + "?"),
    st.sampled_from(
        ["February 27, 2024", "Article 9", "-----", "=====", "| a | b |", "|---|---|", "(a)", "Note:", "\t", ""]
    ),
)
MARKDOWN_LINE = st.one_of(
    PLAIN_LINE,
    st.tuples(st.sampled_from(["# ", "## ", "### ", "> ", "1. ", "   - ", "      "]), SHORT).map("".join),
    st.sampled_from(
        [
            "```",
            "<div>",
            "</div>",
            "<h3>",
            "</h3>",
            "<li>",
            "</li>",
            "<table>",
            "<tr><td>",
            "</td></tr>",
            "<br>",
            "**Bold line**",
        ]
        + [
            "<button aria-controls='a'>Why?</button>",
            "<p id='a'>Because.</p>",
            "[link](http://x.org)",
            "<!-- c -->",
            "\\",
            "***",
        ]
    ),
)


def page(lines: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of lines, joined by one or two line ends of one sort."""
    ends = st.sampled_from(["\n", "\r\n", "\r"])
    gaps = st.lists(st.tuples(lines, st.integers(1, 3)), min_size=1, max_size=14)
    return st.tuples(gaps, ends).map(lambda parts: "".join(line + parts[1] * count for line, count in parts[0]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(page(PLAIN_LINE))
def test_plain_text_is_tiled_and_nothing_is_lost(text: str) -> None:
    document = make_document("a", text, path="a.txt")
    assert lost(document, check(document)) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(page(MARKDOWN_LINE))
def test_markdown_is_tiled_whatever_it_holds(text: str) -> None:
    check(make_document("a", text, path="a.md"))


@settings(max_examples=100, deadline=None)
@given(page(st.one_of(PLAIN_LINE, st.tuples(st.sampled_from(["# ", "## ", "> ", "1. "]), SHORT).map("".join))))
def test_markdown_without_html_loses_nothing(text: str) -> None:
    document = make_document("a", text, path="a.md")
    # The header of a table is the lead-in of its rows and no passage of its own.
    gone = {word for gap in lost(document, check(document)) for word in gap.replace("|", " ").split()}
    assert gone <= {"a", "b"}


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=120), st.sampled_from(["a.txt", "a.md"]))
def test_any_text_at_all_can_be_read(text: str, path: str) -> None:
    check(make_document("a", text, path=path))


@settings(max_examples=60, deadline=None)
@given(page(PLAIN_LINE), st.integers(40, 120))
def test_context_and_text_fit_the_encoder(text: str, max_tokens: int) -> None:
    document = make_document("a", text, path="a.txt")
    for passage in check(document, max_tokens=max_tokens):
        before = count_words(context(document, passage) + ": ")
        words = count_words(document.text[passage.start : passage.end])
        assert words <= max(max_tokens - before, max_tokens // 2)


@settings(max_examples=40, deadline=None)
@given(page(MARKDOWN_LINE), st.sampled_from(["a.txt", "a.md"]))
def test_reading_is_deterministic(text: str, path: str) -> None:
    one, other = make_document("a", text, path=path), make_document("a", text, path=path)
    assert one == other
    assert split(one, count_tokens=count_words) == split(other, count_tokens=count_words)


@pytest.mark.parametrize("folder", ["documents", "doc2dial/documents"])
def test_real_documents_are_tiled_and_keep_their_text(data_folder: Path, folder: str) -> None:
    corpus = load_corpus(data_folder / folder, max_bytes=10_000_000)
    assert corpus.problems == ()
    for document in corpus.documents:
        passages = check(document)
        assert all(
            count_words(f"{context(document, one)}: {document.text[one.start : one.end]}") <= 256 for one in passages
        )
        if document.source.path.endswith(".txt"):
            assert lost(document, passages) == []


def test_government_pages_lose_no_answer_to_their_headings(data_folder: Path) -> None:
    corpus = load_corpus(data_folder / "doc2dial" / "documents", max_bytes=10_000_000)
    headings = sum(one.heading_end - one.heading_start for document in corpus.documents for one in document.sections)
    total = sum(len(document.text) for document in corpus.documents)
    assert len(corpus.documents) == 143
    assert 0.03 < headings / total < 0.12


def test_a_line_that_comes_twice_is_no_table_of_contents() -> None:
    document = make_document("a", "A. Fees\nA. Fees\nFebruary 27, 2024\n", path="a.txt")
    assert lost(document, check(document)) == []


def test_an_unclosed_table_row_ends_where_other_text_begins() -> None:
    text = "The fee.\n<tr><td>\nFebruary 27, 2024\n\nThe rule.\n<tr><td>\n"
    document = make_document("a", text, path="a.md")
    passages = check(document)
    assert [text[one.start : one.end] for one in passages] == ["The fee.", "February 27, 2024", "The rule."]
