import pytest

from assistant.reading.counting import counted_words, wanted_noun
from assistant.search.terms import words_of


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("How many SDF staff officers serve in UNMISS?", "officers"),
        ("how many people answered the survey", "people"),
        ("In how many election observation missions has Japan taken part?", "missions"),
        ("How many times did it rain?", "times"),
        ("How many fish live in the pond?", "fish"),
        ("How many?", ""),
        ("How much is the fee?", ""),
        ("Which rules are there?", ""),
    ],
)
def test_what_is_to_be_counted(question: str, noun: str) -> None:
    assert wanted_noun(question) == noun


def test_what_stands_behind_a_number_is_counted_but_not_behind_a_year() -> None:
    text = "In 2019 officers went to 13 United Nations peacekeeping operations and, twelve times, to the sea."
    counted = counted_words(words_of(text))
    assert {"operations", "times"} <= set(counted)
    assert "officers" not in counted
