from pathlib import Path
from textwrap import dedent

import pytest
from outlines import outline, outline_of

from assistant.documents.document import Document, Section
from assistant.documents.load import load_corpus, make_document

GOLDEN = Path(__file__).parent / "golden" / "japan-pko.outline.txt"


def same(text: str, expected: str, path: str = "page.txt") -> None:
    assert outline(dedent(text).lstrip("\n"), path) == dedent(expected).lstrip("\n")


def labels(document: Document) -> list[str]:
    return [f"{section.level} {section.label}" for section in document.sections[1:]]


@pytest.fixture(scope="module")
def seed(corpus_folder: Path) -> Document:
    return load_corpus(corpus_folder, max_bytes=100_000).documents[0]


def test_the_shipped_document_is_outlined_as_agreed(seed: Document) -> None:
    assert outline_of(seed) == GOLDEN.read_text(encoding="utf-8")


def test_title_date_and_navigation_of_the_shipped_document_belong_to_the_root(seed: Document) -> None:
    root, last = seed.sections[0], seed.sections[-1]
    assert (
        seed.text[root.heading_start : root.heading_end] == "Japan's Contribution to UN Peacekeeping Operations (PKO)"
    )
    assert (root.level, root.start, root.end, root.parent) == (0, 0, len(seed.text), None)
    assert seed.path_of(len(seed.sections) - 1) == (
        "5. Japan’s Specific Cooperation Achievements",
        "(6) Public Opinion Survey",
    )
    assert seed.text[last.end :] == "Back to Japan's Contribution to UN Peacekeeping Operations (PKO)"
    assert seed.sections[last.parent or 0].end == last.end


@pytest.mark.parametrize(
    ("number", "heading", "label"),
    [
        ("5", "Japan's Achievements", "5. Japan's Achievements"),
        ("5.2", "Scope", "5.2 Scope"),
        ("(1)", "Cooperation", "(1) Cooperation"),
        ("a)", "Cooperation", "a) Cooperation"),
        ("IV", "Fees", "IV. Fees"),
        ("Article 9", "", "Article 9"),
        ("Chapter II", "Membership", "Chapter II: Membership"),
        ("§ 12", "Fees", "§ 12 Fees"),
        ("", "What is it?", "What is it?"),
    ],
)
def test_labels(number: str, heading: str, label: str) -> None:
    assert Section(number, heading, 1, 0, 9, 0, 5, 0).label == label


def test_numbered_headings_and_numbered_items_are_told_apart() -> None:
    same(
        """
        Rules

        1. Documents

        Bring all of these:

        (1) Passport
        (2) Photo

        2. Offices

        (1) The northern office

        It is in the north.

        (2) The southern office

        It is in the south.

        3. Steps

        1. Fill out the form.
        2. Sign it;

        4. Things

        (1) Passport

        (2) Photo

        The office is open on weekdays.
        """,
        """
        # Rules
        = 1. Documents
          p| Bring all of these:
          li (1)| (1) Passport
          li (2)| (2) Photo
        = 2. Offices
          = (1) The northern office
            p| It is in the north.
          = (2) The southern office
            p| It is in the south.
        = 3. Steps
          li 1.| 1. Fill out the form.
          li 2.| 2. Sign it;
        = 4. Things
          li (1)| (1) Passport
          li (2)| (2) Photo
          p| The office is open on weekdays.
        """,
    )


@pytest.mark.parametrize(
    "prose",
    [
        "Article 9 of the Constitution provides that war is renounced.",
        "Section 3 requires that the fee be paid",
        "Chapter 7 and Chapter 11 apply.",
        "Articles 3 and 4 apply.",
        "A fee is paid, and",
        "The following are exempt:",
        "3.5 million people paid",
        "In June 1992",
    ],
)
def test_prose_is_no_heading(prose: str) -> None:
    document = make_document("a", f"Title\n\nThe Act is long.\n\n{prose}\n\nThe rest follows here.", path="a.txt")
    expected = [] if prose != "In June 1992" else ["1 In June 1992"]  # words alone cannot tell this one from a heading
    assert labels(document) == expected


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("1. Overview", "1. Overview"),
        ("5.2 Scope", "5.2 Scope"),
        ("Article 9", "Article 9"),
        ("Article 9 — Renunciation of war", "Article 9: Renunciation of war"),
        ("ARTICLE 9.", "ARTICLE 9"),
        ("Chapter II", "Chapter II"),
        ("Chapter I: Purposes and Principles", "Chapter I: Purposes and Principles"),
        ("Section 3", "Section 3"),
        ("§ 12", "§ 12"),
        ("§ 12a. Fees", "§ 12a Fees"),
        ("PART A", "PART A"),
        ("Part Two — Fees", "Part Two: Fees"),
        ("Annex 1", "Annex 1"),
        ("Second Schedule", "Second Schedule"),
        ("(1) Cooperation in the north", "(1) Cooperation in the north"),
        ("Who pays?", "Who pays?"),
        ("AND FOR THESE ENDS", "AND FOR THESE ENDS"),
        ("To apply for a child...", "To apply for a child..."),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_above_a_paragraph_is_a_heading(line: str, label: str, end: str) -> None:
    text = end.join(["Title", "", "The Act is long.", "", line, "", "The rest follows here.", ""])
    document = make_document("a", text, path="a.txt")
    assert labels(document) == [f"1 {label}"]
    section = document.sections[1]
    assert text[section.heading_start : section.heading_end] == line
    assert section.start == section.heading_start
    assert section.end == len(text)


def test_nesting_follows_the_document_and_custom_where_it_shows_nothing() -> None:
    constitution = """
        Constitution

        Article I

        Section 1

        All powers are vested.

        Section 2

        The House is composed.

        Article II

        Section 1

        The power is vested.
        """
    regulation = """
        REGULATION 2016/1

        CHAPTER I

        General provisions

        Article 1

        Subject-matter

        1.   This Regulation lays down rules.

        CHAPTER II

        Rights

        Section 1

        Transparency

        Article 2

        Information

        The controller shall provide:

        (a)

        the purposes;

        (b)

        the recipients.
        """
    same(
        constitution,
        """
        # Constitution
        = Article I
          = Section 1
            p| All powers are vested.
          = Section 2
            p| The House is composed.
        = Article II
          = Section 1
            p| The power is vested.
        """,
    )
    same(
        regulation,
        """
        # REGULATION 2016/1
        = CHAPTER I: General provisions
          = Article 1: Subject-matter
            li 1.| 1. This Regulation lays down rules.
        = CHAPTER II: Rights
          = Section 1: Transparency
            = Article 2: Information
              p| The controller shall provide:
              li (a)| (a) the purposes;
              li (b)| (b) the recipients.
        """,
    )


def test_run_in_headings_captions_and_a_table_of_contents() -> None:
    same(
        """
        Act on Fees
        (Act No. 79 of June 19, 1992)

        Chapter I General Provisions (Articles 1 and 2)
        Chapter II Payment

        Chapter I General Provisions

        (Purpose)
        Article 1 The purpose of this Act is to set fees. It does no more.
        (Definitions)
        Article 2 (1) A fee is money.
        (2) Money is a currency.

        Chapter II Payment

        Article 3 Fees are paid under Article 2.
        Article 9 of the Constitution applies.

        Supplementary Provisions
        This Act comes into effect at once.
        """,
        """
        # Act on Fees
        p| (Act No. 79 of June 19, 1992)
        = Chapter I: General Provisions
          = (Purpose)
            = Article 1
              p| The purpose of this Act is to set fees. It does no more.
          = (Definitions)
            = Article 2
              li (1)| (1) A fee is money.
              li (2)| (2) Money is a currency.
        = Chapter II: Payment
          = Article 3
            p| Fees are paid under Article 2.
            p| Article 9 of the Constitution applies.
        = Supplementary Provisions
          p| This Act comes into effect at once.
        """,
    )


def test_a_text_wrapped_by_hand() -> None:
    same(
        """
                         DEPARTMENT OF PUBLIC WORKS
                          GUIDE TO STREET PERMITS

        Last updated: 3 May 2023

        1. Who needs a permit ........................ 1
        2. How to apply .............................. 2

        1. WHO NEEDS A PERMIT

        Anyone who wants to dig up, close or otherwise use a public street for
        more than two hours needs a permit from the Department described under
        (2) of the Act. Small works (see 1.2 below) are exempt from the permit
        alone.

        1.1 Exempt persons

          (a) the fire brigade, the police and any other emergency service of
              the city or of a neighbouring city; and
          (b) residents who move house.

        2. HOW TO APPLY

        - Fill in Form A.
        - Pay the fee of $12.50 at the counter on the ground floor, at any bank
          or by post to the Department.

        Questions
        ---------

        Write to the Department of Public Works, 1 Main Street, Springfield, or
        call 555-0100.

                                                                  Page 2 of 2
        """,
        """
        # DEPARTMENT OF PUBLIC WORKS GUIDE TO STREET PERMITS
        p| Last updated: 3 May 2023
        = 1. WHO NEEDS A PERMIT
          p| Anyone who wants to dig up, close or otherwise use a public street for more than two hours needs a permit from the Department described under (2) of the Act. Small works (see 1.2 below) are exempt from the permit alone.
          = 1.1 Exempt persons
            li (a)| (a) the fire brigade, the police and any other emergency service of the city or of a neighbouring city; and
            li (b)| (b) residents who move house.
        = 2. HOW TO APPLY
          li| Fill in Form A.
          li| Pay the fee of $12.50 at the counter on the ground floor, at any bank or by post to the Department.
        = Questions
          p| Write to the Department of Public Works, 1 Main Street, Springfield, or call 555-0100.
        """,
    )


def test_a_page_of_questions_with_site_chrome() -> None:
    same(
        """
        Fees | Town Hall

        Fees for a permit
        Find out what a permit costs.

        Who pays?
        Everyone pays the fee.

        How do I pay?


        If you live in town
        Pay at the counter. Bring your card.

        If you live elsewhere
        Pay online at any time.

        What if I am late?
        You pay more.

        Common Tasks:


        Related PDFs:


        Topic:
        Fees [5 ]

        yes or no survey:

        Back to top
        """,
        """
        # Fees | Town Hall
        = Fees for a permit
          p| Find out what a permit costs.
        = Who pays?
          p| Everyone pays the fee.
        = How do I pay?
          = If you live in town
            p| Pay at the counter. Bring your card.
          = If you live elsewhere
            p| Pay online at any time.
        = What if I am late?
          p| You pay more.
          p| Topic:
          p| Fees [5 ]
        """,
    )


def test_lists_addresses_and_names_are_content() -> None:
    same(
        """
        Members

        These people are members of the board.

        Alice Jones

        Bob Smith

        Carol White

        Dan Brown

        Eve Black

        They meet on Mondays.

        J. Smith signed this on behalf of the office.

        Ministry of Works
        1 Main Street
        Springfield

        Last reviewed: 2024-01-05
        """,
        """
        # Members
        p| These people are members of the board.
        p| Alice Jones
        p| Bob Smith
        p| Carol White
        p| Dan Brown
        = Eve Black
          p| They meet on Mondays.
          p| J. Smith signed this on behalf of the office.
          p| Ministry of Works 1 Main Street Springfield
        p| Last reviewed: 2024-01-05
        """,
    )


def test_tables_in_plain_text() -> None:
    same(
        """
        Hours

        | Day | Open |
        |-----|------|
        | Monday | 9-5 |

        Name | Floor | Phone
        Smith | 2 | 100
        """,
        """
        # Hours
        tr| Monday | 9-5
        tr| Name | Floor | Phone
        tr| Smith | 2 | 100
        """,
    )


def test_markdown() -> None:
    same(
        """
        Guide to *Fees*
        ===============

        Intro with `code`.

        ## 1. Overview &amp; scope ##

        A paragraph
        over two lines.

        * item one
          continued

          second paragraph of the item
          * nested item
        * (1) labelled item

        1. First:
           a. sub a
           b. sub b
        2. Second

        Under paragraph
        (2) of the Act nothing is due.

        | Age | Fee |
        |-----|----:|
        | 1   | 2   |

        ```
        # not a heading
        ```

        **In bold above text**

        Text below.

        **In bold above nothing**

        Article 9: War

        ### 1.1 [Linked](http://example.org) heading

        > A quotation.

        [ref]: http://example.org

        [Back to top](#top)
        """,
        """
        # Guide to Fees
        p| Intro with `code`.
        = 1. Overview & scope
          p| A paragraph over two lines.
          li| item one continued
          p| second paragraph of the item
          li| nested item
          li (1)| (1) labelled item
          li 1.| 1. First:
          li a.| a. sub a
          li b.| b. sub b
          li 2.| 2. Second
          p| Under paragraph (2) of the Act nothing is due.
          tr| 1 | 2
          p| # not a heading
          = In bold above text
            p| Text below.
            p| **In bold above nothing**
          = Article 9: War
          = 1.1 Linked heading
            p| A quotation.
        """,
        "page.md",
    )


def test_html_in_markdown() -> None:
    same(
        """
        ---
        layout: page
        title: Claim exam
        ---

        <div class="intro">

        Get answers below.

        </div>

        <h3 class="alert">
        Be <em>sure</em>.
        </h3>
        <p>Do not miss it. <br></p>

        ### How to schedule

        <ul class="accordion">
        <li>
        <button aria-controls="a">How will you contact me?</button>
        <div id="a">

        The staff will call.

        #### By letter

        Or write.

        </div>
        </li>
        <li>
        <button aria-controls="b">What should I do?</button>
        <div id="b">

        - Call **us**. <br>

        </div>
        </li>
        </ul>

        <details><summary>More</summary>

        Hidden text.

        </details>

        <table>
        <tr><th>Age</th><th>Fee</th></tr>
        <tr><td>1</td><td>2</td></tr>
        </table>

        ### After

        <ol><li>One <b>item</b></li><li>Two</li></ol>
        <script>var x = 1;</script>
        """,
        """
        # Claim exam
        p| Get answers below.
        = Be sure .
          p| Do not miss it.
        = How to schedule
          = How will you contact me?
            p| The staff will call.
            = By letter
              p| Or write.
          = What should I do?
            li| Call **us**.
          = More
            p| Hidden text.
            tr| 1</td><td>2
        = After
          li| One <b>item</b>
          li| Two
        """,
        "page.md",
    )


def test_markdown_without_marks_is_read_as_plain_text() -> None:
    same(
        """
        Guide to Fees

        1. Overview

        The fee is paid once.
        """,
        """
        # Guide to Fees
        = 1. Overview
          p| The fee is paid once.
        """,
        "page.md",
    )


def read(folder: Path, name: str) -> Document:
    path = folder / "documents" / name
    return make_document(path.stem, path.read_bytes().decode(), path=path.name)


def test_the_united_nations_charter(data_folder: Path) -> None:
    charter = read(data_folder, "un-charter.txt")
    found = labels(charter)
    assert [label for label in found if " Chapter " in label][:2] == [
        "1 Chapter I: Purposes and Principles",
        "1 Chapter II: Membership",
    ]
    articles = [section for section in charter.sections if section.number.startswith("Article ")]
    assert [section.number for section in articles] == [f"Article {number}" for number in range(1, 112)]
    assert sum(label.startswith("1 Chapter ") for label in found) == 19
    assert found[:2] == ["1 WE THE PEOPLES OF THE UNITED NATIONS DETERMINED", "1 AND FOR THESE ENDS"]
    voting = next(index for index, section in enumerate(charter.sections) if section.number == "Article 18")
    assert charter.path_of(voting) == ("Chapter IV: The General Assembly", "VOTING", "Article 18")
    assert len(found) == 2 + 19 + 111 + 4 * 4


def test_two_conventions_in_markdown(data_folder: Path) -> None:
    rights = read(data_folder, "udhr.md")
    assert rights.title == "The Universal Declaration of Human Rights"
    assert labels(rights) == ["1 Preamble", *(f"1 Article {number}" for number in range(1, 31))]
    child = read(data_folder, "crc.md")
    assert child.path_of(next(i for i, one in enumerate(child.sections) if one.number == "Article 44")) == (
        "PART II",
        "Article 44",
    )
    assert [section.label for section in child.sections if section.level == 1] == [
        "Preamble",
        "PART I",
        "PART II",
        "PART III",
    ]


def test_a_help_page_with_an_accordion(data_folder: Path) -> None:
    page = read(data_folder, "va/pension-how-to-apply-fully-developed-claim.md")
    assert page.title == "Fully Developed Claim Program"
    assert labels(page)[:3] == ["1 What do I need to do?", "2 FDC Program", "2 Standard Claim Process"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_change_nothing_but_positions(seed: Document, end: str) -> None:
    other = make_document("japan-pko", seed.text.replace("\n", end), path="japan-pko.txt")
    assert outline_of(other) == outline_of(seed)


@pytest.mark.parametrize(
    "line", ["Version 2.3, effective 1 January 2025", "2nd edition", "Status: draft", "Issue 4 (May 2024)"]
)
def test_a_line_that_tells_the_version_is_no_heading(line: str) -> None:
    text = f"Terms of the Archive\n\n{line}\n\n1. Scope\n\nThese terms apply to images.\n\n2. Fees\n\nThere are none.\n"
    found = make_document("terms", text, path="terms.txt")
    assert [section.label for section in found.sections[1:]] == ["1. Scope", "2. Fees"]
    assert found.title == "Terms of the Archive"


@pytest.mark.parametrize("line", ["Version control", "Issue of permits", "Status report"])
def test_a_heading_that_begins_like_a_version_is_one(line: str) -> None:
    text = f"Terms of the Archive\n\n{line}\n\nThese terms apply to all images that we have.\n"
    assert [section.label for section in make_document("terms", text, path="terms.txt").sections[1:]] == [line]
