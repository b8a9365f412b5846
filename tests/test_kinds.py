"""What a question word wants: a number, a time; and what no answer can lack."""

import pytest

from assistant.reading.kinds import wanted_kind


@pytest.mark.parametrize(
    ("question", "holding", "lacking"),
    [
        ("When did the troops leave?", "They left in June 1998.", "They were sent to the Golan Heights."),
        ("When may weapons be used?", "Only if life is in danger.", "The use of weapons is strictly limited."),
        ("How many officers serve?", "Eighteen officers serve.", "The officers serve abroad."),
        ("For how long is a term?", "It lasts two years.", "The assembly elects them."),
        ("How often may I borrow?", "Every reader may borrow.", "Readers borrow books."),
        ("What is the fax number of the office?", "Fax: 1-844-678-8979", "Fax the form to us."),
        ("In which year was it founded?", "It was founded in 1921.", "The founders were teachers."),
        ("What percentage of people agree?", "About 90% agree.", "People agree on this."),
    ],
)
def test_an_answer_holds_the_kind_of_thing_that_is_asked_for(question: str, holding: str, lacking: str) -> None:
    kind = wanted_kind(question)
    assert kind is not None
    assert kind.search(holding)
    assert not kind.search(lacking)


@pytest.mark.parametrize(
    "question",
    [
        "What must I do when I move?",
        "Can I come when the office is closed?",
        "When I move, whom do I tell?",
        "How much will I pay?",
        "Who may apply?",
        "opening hours",
    ],
)
def test_other_questions_want_no_number_and_no_time(question: str) -> None:
    assert wanted_kind(question) is None
