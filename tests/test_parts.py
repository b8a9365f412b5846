import time

import pytest

from assistant.dialogue.parts import Part, parts


def texts(question: str) -> list[str]:
    return [part.question for part in parts(question)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was it enacted? Who enacted it?", ["When was it enacted?", "Who enacted it?"]),
        (
            "What is the bill about? When was it passed? Who supported it?",
            ["What is the bill about?", "When was the bill passed?", "Who supported the bill?"],
        ),
        (
            "When was the bill passed and when was it amended?",
            ["When was the bill passed?", "when was the bill amended?"],
        ),
        ("Who commands the units; who pays for them?", ["Who commands the units?", "who pays for the units?"]),
        (
            "What is the aim of the bill, and why were the five rules arranged?",
            ["What is the aim of the bill?", "why were the five rules arranged?"],
        ),
        (
            "Since when has Kenya taken part in the MFO, and where does it operate?",
            ["Since when has Kenya taken part in the MFO?", "where does the MFO operate?"],
        ),
        (
            "When did Kenya join the union and how many teachers has it sent?",
            ["When did Kenya join the union?", "how many teachers has Kenya sent?"],
        ),
        (
            "What did the army do for Chad and what does it do at sea?",
            ["What did the army do for Chad?", "what does the army do at sea?"],
        ),
        ("Which rules apply as well as who decides?", ["Which rules apply?", "who decides?"]),
        (
            "Which item restores the forest and which one repairs roads?",
            ["Which item restores the forest?", "which item repairs roads?"],
        ),
        (
            "Can you tell me when the bill was passed and why it was amended?",
            ["Can you tell me when the bill was passed?", "why the bill was amended?"],
        ),
        (
            "Was the bill passed in 1992 and was it amended later?",
            ["Was the bill passed in 1992?", "was the bill amended later?"],
        ),
        ("when was the bill passed and who wrote it", ["when was the bill passed", "who wrote the bill"]),
    ],
)
def test_each_question_of_several_stands_alone(question: str, expected: list[str]) -> None:
    assert texts(question) == expected
    assert all(part.sure for part in parts(question))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When and where was the bill signed?", ["When was the bill signed?", "where was the bill signed?"]),
        (
            "How many trade missions and how many relief missions has Kenya sent teachers to?",
            [
                "How many trade missions has Kenya sent teachers to?",
                "how many relief missions has Kenya sent teachers to?",
            ],
        ),
        (
            "To which countries was the police sent, and to which the army?",
            ["To which countries was the police sent?", "To which countries was the army sent?"],
        ),
        (
            "How many missions were there before and how many after the reform?",
            ["How many missions were there before the reform?", "How many missions were there after the reform?"],
        ),
        (
            "How many missions were there before the reform and how many after it?",
            ["How many missions were there before the reform?", "How many missions were there after the reform?"],
        ),
        ("What happened in 1992 and what in 1998?", ["What happened in 1992?", "What happened in 1998?"]),
        ("When was the bill passed and when amended?", ["When was the bill passed?", "when was the bill amended?"]),
        ("When was the bill passed, and by whom?", ["When was the bill passed?", "by whom was the bill passed?"]),
        ("Was the bill amended, and if so, when?", ["Was the bill amended?", "when was the bill amended?"]),
        ("Who passed the bill, and when?", ["Who passed the bill?", "when was it that someone passed the bill?"]),
    ],
)
def test_what_a_part_leaves_out_is_taken_from_its_neighbour(question: str, expected: list[str]) -> None:
    assert texts(question) == expected


def test_what_was_asked_can_be_what_the_next_question_is_about() -> None:
    assert texts("How many voters support the plan, and what does that reflect?") == [
        "How many voters support the plan?",
        "what does it reflect that voters support the plan?",
    ]


def test_a_pronoun_that_nothing_fits_keeps_the_question_before_it() -> None:
    assert texts("How do I renew and where does it apply?") == [
        "How do I renew?",
        "How do I renew? where does it apply?",
    ]


@pytest.mark.parametrize(
    ("question", "last"),
    [
        ("How do I renew my permit and how long does it take?", "how long does it take to renew my permit?"),
        ("How fast is express delivery and what does it cost?", "what does express delivery cost?"),
        ("How long does a guided tour last and how much does it cost?", "how much does a guided tour cost?"),
        ("Who may apply and how much does it cost?", "how much does it cost to apply?"),
    ],
)
def test_what_costs_or_takes_something_is_what_was_asked_about(question: str, last: str) -> None:
    assert texts(question)[-1] == last


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Where were the army and the police sent?",
            ["Where were the army sent?", "Where were the police sent?"],
        ),
        ("When did NATO and UNHCR leave Chad?", ["When did NATO leave Chad?", "When did UNHCR leave Chad?"]),
        (
            "What rules applied before and after the reform?",
            ["What rules applied before the reform?", "What rules applied after the reform?"],
        ),
        (
            "Which items deal with prisoners and with elections?",
            ["Which items deal with prisoners?", "Which items deal with elections?"],
        ),
    ],
)
def test_parts_with_one_question_word_between_them_are_unsure(question: str, expected: list[str]) -> None:
    assert parts(question) == tuple(Part(text, sure=False) for text in expected)


@pytest.mark.parametrize(
    "question",
    [
        "What is the purpose of search and rescue?",
        "Which assignment covers transportation, storage and communication?",
        "Who may enter between 9 and 5?",
        "Where do I find food and drink?",
        "What are the terms and conditions?",
        "When did Bosnia and Herzegovina become independent?",
        "Who gives advice or guidance and supervision?",
        "Do I need a passport and a photo?",
        "What do assignments (6) and (7) cover?",
        "What are the eighth and the tenth assignment?",
        "What do the first and the third principle require?",
        "What is the difference between the army and the police?",
        "When did the army and the police meet?",
        "When the bill was passed, what changed?",
        "What is the bill, which was passed in 1992, about?",
        "Was it passed or was it rejected?",
        "What does the bill say about what happens when consent is withdrawn and how participation ends?",
        "The river flows between the city and what other town?",
        "Can you help me? How do I renew my permit?",
        "  and, ?  ",
        "?",
        "",
    ],
)
def test_one_question_is_left_as_it_is(question: str) -> None:
    assert parts(question) == (Part(question),)


@pytest.mark.parametrize(
    "phrase", ["before and ", "what is the bill and ", "how many of the ", ", ", "when ", "with a and "]
)
def test_long_nonsense_takes_no_time(phrase: str) -> None:
    started = time.perf_counter()
    parts(phrase * (2000 // len(phrase)))
    assert time.perf_counter() - started < 0.25
