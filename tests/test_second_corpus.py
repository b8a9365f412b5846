"""A corpus with other numbering than the first, answered by the real engine: exact quotes, counts, notes and readings.

Nothing in the code may know these documents: what holds here and for the shipped corpus holds by general rules.
"""

from pathlib import Path

import pytest
from conftest import settings_for

from assistant.answering import Answer, Assistant
from assistant.dialogue.turns import Place, Turn
from assistant.evaluation.cases import load_suite
from assistant.evaluation.gates import load_gates
from assistant.evaluation.run import evaluate
from assistant.search.build import BuildReport, build

SUITE = Path(__file__).parent / "data" / "second"
CORPUS = SUITE / "corpus"


@pytest.fixture(scope="module")
def built(encoder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[BuildReport, Assistant]:
    settings = settings_for(CORPUS, tmp_path_factory.mktemp("second"), encoder_cache)
    report = build(settings)
    return report, Assistant.open(settings)


@pytest.fixture(scope="module")
def second(built: tuple[BuildReport, Assistant]) -> Assistant:
    return built[1]


def quotes(answer: Answer) -> list[str]:
    """The quotes, each up to its first 40 characters."""
    return [citation.quote[:40] for citation in answer.citations]


def beginnings(answer: Answer, expected: list[str]) -> list[str]:
    """The quotes, each as long as what is expected in its place; those beyond are whole."""
    lengths = [*map(len, expected), *[None] * len(answer.citations)]
    return [citation.quote[:length] for citation, length in zip(answer.citations, lengths, strict=False)]


DUTIES = [
    "(a) to cultivate at least two thirds of t",
    "(b) to keep the paths beside the plot fre",
    "(c) to trim hedges to a height of no more",
    "(d) to compost the green waste of the plo",
    "(e) to report damage to fences and pipes ",
    "(f) to pay the rent by 31 January of each",
]
PERSONS = [
    "(a) adults who have lived in the Municipa",
    "(b) schools and kindergartens with their ",
    "(c) charities that are entered in the reg",
    "(d) hospitals and homes for the elderly;",
    "(e) beekeepers who hold a certificate of ",
]


def starts(*texts: str) -> list[str]:
    return [text[:40] for text in texts]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("What are the duties of a tenant?", DUTIES),
        ("Name all the duties that a tenant has.", DUTIES),
        ("Which persons may hold a plot?", PERSONS),
        ("In which months must lawns not be sprinkled?", ["June;", "July;", "August."]),
        (
            "Which machines have to stay switched off in the quiet hours?",
            ["lawn mowers;", "chainsaws;", "shredders;", "water pumps with a petrol engine."],
        ),
        ("Which charges are due for keys?", ["(a) for the first key to the gate, 12 crowns;", "(b) for each further key, 25 crowns;"]),
    ],
)  # fmt: skip
def test_a_list_is_quoted_whole_and_in_order(second: Assistant, question: str, items: list[str]) -> None:
    answer = second.ask(question)
    assert quotes(answer) == starts(*items)
    assert len({citation.start for citation in answer.citations}) == len(items)


@pytest.mark.parametrize(
    ("question", "count", "ends"),
    [
        ("How many duties does a tenant have?", "6", [DUTIES[0], DUTIES[-1]]),
        ("How many tools can tenants borrow?", "5", ["wheelbarrows;", "fruit pickers."]),
        (
            "How many kinds of machines stay off in the quiet hours?",
            "4",
            ["lawn mowers;", "water pumps with a petrol engine."],
        ),
    ],
)
def test_a_count_is_derived_and_shown_by_the_first_and_the_last(
    second: Assistant, question: str, count: str, ends: list[str]
) -> None:
    answer = second.ask(question)
    assert (answer.derived, quotes(answer)) == (count, starts(*ends))


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Please quote item (d) of Article 7.", "(d) to park vehicles or caravans."),
        ("Article 4 paragraph 2", "The Garden Office shall confirm the receipt of the form within ten days."),
        ("What is item (ii) of Article 5, paragraph 2, item (b)?", "(ii) can be reached without steps;"),
        ("What is Chapter III about?", "CHAPTER III\nUse of Plots"),
        ("What is the heading of Article 14?", "Article 14\nTransitional rules"),
        ("Section 1, point 2, letter b of the site rules", "b. to fill pools that hold more than 300 litres;"),
        ("section 3(2)(c)", "c. cat litter;"),
        ("§ 4 b)", "b) the municipal treasury, for the purpose in § 3 a)."),
        ("What does § 2 (1) no. 4 name?", "4. bank account;"),
        ("Which paper comes second?", "a bill that shows your address, not older than three months;"),
        ("What is the last duty of the tenant?", "(f) to pay the rent by 31 January of each year."),
    ],
)
def test_a_number_is_looked_up(second: Assistant, question: str, quote: str) -> None:
    answer = second.ask(question)
    assert [citation.quote for citation in answer.citations] == [quote]
    assert not answer.ambiguous


def test_a_lead_that_answers_brings_its_list(second: Assistant) -> None:
    found = quotes(second.ask("May I light a fire in winter?"))
    assert found[0].startswith("2. At other times a fire may be lit")
    assert len(found) > 2


def test_a_numbered_paragraph_is_quoted_with_the_lists_in_it(second: Assistant) -> None:
    assert quotes(second.ask("Article 5(2)")) == starts(
        "2. Of several applicants the following have priority, in this order:",
        "(a) applicants whose dwelling has neither a garden nor a balcony;",
        "(b) applicants with a disability, if the vacant plot",
        "(i) lies no more than fifty metres from a gate, and",
        "(ii) can be reached without steps;",
        "(c) applicants who have been on the list for more than four years.",
    )


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("§ 12", "“Privacy Notice of the Garden Office” has §§ 1 to 6"),
        ("What does duty (k) say?", "Article 6 has items (a) to (f)"),
        ("What is the ninth ground?", "Article 10 has items (i) to (v)"),
        ("What is the eighth tool?", "“What can I borrow?” has 5 items"),
        (
            "What does Article 31 say?",
            "“Allotment Gardens Act” has Articles 1 to 15; “Garden Fees Ordinance” has Articles 1 to 7",
        ),
        ("Article 4 paragraph 9", "Article 4 has 4 paragraphs; Article 4 has 1 paragraph"),
        ("Article 7(1)(h)", "item 1 of Article 7 has items (a) to (d); Article 7 has 1 paragraph"),
        ("What is Chapter VIII about?", "“Allotment Gardens Act” has Chapters I to V"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(second: Assistant, question: str, note: str) -> None:
    answer = second.ask(question)
    assert (answer.status, answer.note, answer.citations) == ("not_found", note, ())


@pytest.mark.parametrize(
    ("question", "readings"),
    [
        (
            "What does Article 6 say?",
            {
                "allotments-act": "The tenant has the following duties:",
                "fees-ordinance": "(1) Whoever pays after the due date owes",
            },
        ),
        (
            "What does section 4 say?",
            {
                "privacy-notice": "The following recipients are given data:",
                "site-rules": "1. Open fires are forbidden from 1 March",
            },
        ),
        (
            "What is the heading of Article 3?",
            {
                "allotments-act": "Article 3\nPersons who may hold a plot",
                "fees-ordinance": "Article 3 — Other charges",
            },
        ),
    ],
)
def test_a_number_of_two_documents_has_two_readings(second: Assistant, question: str, readings: dict[str, str]) -> None:
    answer = second.ask(question)
    assert answer.ambiguous
    found = {citation.document: citation.quote for citation in answer.citations}
    assert len(answer.citations) == 2
    assert all(found[document].startswith(words) for document, words in readings.items())


def test_a_title_or_a_sign_decides_between_documents(second: Assistant) -> None:
    named = second.ask("What does Article 6(2) of the Garden Fees Ordinance say?")
    assert [citation.quote for citation in named.citations] == ["(2) For a second reminder a fee of 9 crowns is added."]
    signed = second.ask("§ 5")
    assert {citation.document for citation in signed.citations} == {"privacy-notice"}
    assert [named.ambiguous, signed.ambiguous] == [False, False]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Which persons shall name an adult who answers for the plot?",
            ["3. The persons listed in paragraph 1, items (b) to (d),", *PERSONS[1:4]],
        ),
        (
            "Which duties do not apply in the first six months of a tenancy?",
            ["The duties in (a) and (d) do not apply in the first six months", DUTIES[0], DUTIES[3]],
        ),
        (
            "In which cases is no compensation paid?",
            [
                "2. No compensation is paid in the cases of Article 10",
                "(i) the rent is more than two months overdue;",
                "(ii) the plot has not been cultivated for a whole season;",
                "(iii) the tenant has broken a prohibition of Article 7",
                "(iv) the tenant has passed the plot on to another person",
            ],
        ),
        (
            "Between which tasks may tenants over seventy choose?",
            [
                "3. Tenants over seventy choose between the tasks under 2(c) and 2(d).",
                "c. cleaning the ditches;",
                "d. looking after the insect hotel.",
            ],
        ),
        (
            "For which rights do I write to the data protection officer?",
            [
                "For the rights in a) to c) write to the data protection officer.",
                "a) to see your data;",
                "b) to have wrong data corrected;",
                "c) to have data erased that are no longer needed;",
            ],
        ),
        (
            "Which articles do not apply to tenancies that began before 1 April 2019?",
            [
                "Articles 3 to 5 do not apply to tenancies that began",
                "Article 3\nPersons who may hold a plot",
                "Article 4\nProcedure",
                "Article 5\nWaiting list",
            ],
        ),
    ],
)
def test_a_clause_is_quoted_with_all_that_it_names(second: Assistant, question: str, expected: list[str]) -> None:
    answer = second.ask(question)
    assert beginnings(answer, expected) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Must a school name an adult who answers for the plot?",
            ["3. The persons listed in paragraph 1, items (b) to (d),", "(b) schools and kindergartens"],
        ),
        (
            "Do beekeepers have to name an adult who answers for the plot?",
            ["3. The persons listed in paragraph 1, items (b) to (d),"],
        ),
        (
            "Does the duty to compost green waste apply in the first six months?",
            ["The duties in (a) and (d) do not apply", "(d) to compost the green waste"],
        ),
        ("May a helper pay the rent as one of the duties?", ["The duties in (b), (c) and (e) may be carried out"]),
    ],
)
def test_whether_something_belongs_to_a_clause(second: Assistant, question: str, expected: list[str]) -> None:
    answer = second.ask(question)
    assert beginnings(answer, expected) == expected


def test_a_lead_is_quoted_with_its_list_unless_its_own_words_answer(second: Assistant) -> None:
    opened = second.ask("When is the office open?")
    assert quotes(opened) == starts(
        "The office is open at these times:",
        "Monday from 9:00 to 12:00;",
        "Wednesday from 14:00 to 18:30;",
        "the first Saturday of the month from 10:00 to 12:00.",
    )
    lent = second.ask("For how long can tools be borrowed?")
    assert [citation.quote for citation in lent.citations] == [
        "Tenants can borrow these tools free of charge for one week:"
    ]


def test_the_reference_that_points_nowhere_is_reported(built: tuple[BuildReport, Assistant]) -> None:
    [line] = built[0].dangling
    position = (CORPUS / "allotments-act.txt").read_text(encoding="utf-8").index("Article 31")
    assert line == (
        f"allotments-act, position {position}: “Article 31” points nowhere; “Allotment Gardens Act” has Articles 1 to 15"
    )


def test_references_lead_to_the_items_and_sections_that_they_name(second: Assistant) -> None:
    named = {}
    for link in second.index.links:
        text = second.index.documents[link.document].text
        named[link.document, text[link.start : link.end]] = [text[one.start : one.end][:14] for one in link.targets]
    assert named["allotments-act", "The preceding paragraph"] == ["2. Of several "]
    assert named["allotments-act", "paragraph 1, items (b) to (d)"] == [
        "(b) schools an",
        "(c) charities ",
        "(d) hospitals ",
    ]
    assert named["allotments-act", "Chapter III"] == ["CHAPTER III\nUs"]
    assert named["fees-ordinance", "Article 3, paragraph 1, items (b) to (d)"] == []  # of another law
    assert named["privacy-notice", "(1) nos. 4 and 5"] == ["4. bank accoun", "5. warnings by"]
    assert named["privacy-notice", "§ 3 b) and c)"] == ["b) to keep the", "c) to invite t"]
    assert named["site-rules", "2(b) and 2(d)"] == ["b. plants with", "d. ash from co"]


def test_a_conversation_walks_through_articles_paragraphs_and_items(second: Assistant) -> None:
    history: list[Turn] = []
    heard = []
    for question in (
        "What does Article 4 paragraph 1 say?",
        "And the next paragraph?",
        "And the one after that?",
        "And the last paragraph?",
        "What does Article 14 of the Act say?",
        "And the next article?",
        "And the one after that?",
    ):
        answer = second.ask(question, history)
        heard.append(answer.citations[0].quote[:30] if answer.citations else answer.note)
        places = tuple(Place(one.document, one.start, one.end) for one in answer.citations)
        history += [Turn("user", question), Turn("assistant", answer.answer or answer.note or "", places)]
    assert heard == [
        "The applicant shall hand in th",
        "The Garden Office shall confir",
        "The site committee shall propo",
        "An applicant who declines thre",
        "Articles 3 to 5 do not apply t",
        "This Act comes into force on 1",
        "“Allotment Gardens Act” has Articles 1 to 15",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("suite", [SUITE, SUITE / "unseen"], ids=lambda folder: folder.name)
def test_the_suite_reaches_its_gates(second: Assistant, suite: Path) -> None:
    report = evaluate(second, load_suite(suite), gates=load_gates(suite / "gates.toml"))
    assert [str(failure) for failure in report.failures] == []


def test_a_list_is_led_into_only_by_what_speaks_of_the_question(second: Assistant) -> None:
    assert not any(quote.startswith("You have the right") for quote in quotes(second.ask("May I sleep in my garden?")))
    assert beginnings(second.ask("Which institutions pay only half the rent?"), ["(c) the institutions listed"]) == [
        "(c) the institutions listed"
    ]
