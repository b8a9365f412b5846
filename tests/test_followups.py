import pytest

from assistant.dialogue.followups import Turn, leans, standalone

ASKED = (
    Turn("user", "When was the Act amended?"),
    Turn("assistant", "In June 1998, Japan amended the Act."),
)


@pytest.mark.parametrize(
    "question", ["What for?", "And earlier?", "And in Nepal?", "Who says so?", "How many of them?"]
)
def test_a_question_that_leans_is_asked_with_the_one_before(question: str) -> None:
    assert standalone(question, ASKED) == f"When was the Act amended? {question}"


@pytest.mark.parametrize(
    "question", ["Which countries received election observers?", "What is the purpose of the International Peace Act?"]
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert not leans(question)
    assert standalone(question, ASKED) == question


def test_the_subject_comes_from_the_last_question_that_had_one() -> None:
    history = (Turn("user", "Which principles govern participation?"), *ASKED, Turn("user", "And earlier?"))
    assert standalone("What for?", history) == "When was the Act amended? What for?"


def test_without_history_nothing_changes() -> None:
    assert standalone("What for?", ()) == "What for?"
