import pytest

from assistant.dialogue.asides import without_asides


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("I teach history and my class came up with this one: which gate is the oldest?", "which gate is the oldest?"),
        (
            "We were wondering whether you might be able to help us: may dogs come in? And cats? Kind regards, Tom",
            "may dogs come in? And cats?",
        ),
        (
            "I am writing an essay and would be grateful if you could tell me in which year the garden was opened.",
            "in which year the garden was opened.",
        ),
        (
            "Our director would like to know whose consent is needed for a hut. Yours sincerely, M. Dubois",
            "whose consent is needed for a hut.",
        ),
        (
            "we are preparing a leaflet and need to know for the back page since when children pay nothing",
            "since when children pay nothing",
        ),
        ("Is there a fee? Best wishes from Lyon.", "Is there a fee?"),
        ("Is there a fee? With kind regards, Ann-Marie O’Hara", "Is there a fee?"),
    ],
)
def test_the_words_that_ask_are_left(message: str, asked: str) -> None:
    assert without_asides(message) == asked


@pytest.mark.parametrize(
    "message",
    [
        "Can you tell me when the garden opens?",
        "I am 67 years old and live here: what does a ticket cost?",
        "Rule 4, second sentence, of the garden: what does it say?",
        "Article 5: is it in force?",
        "I lost my pass. What do I have to do?",
        "Must the applicant tell the office where he lives?",
        "My landlord raised the rent without any notice and I would like to know what I can do.",
        "I sent you my form weeks ago and would like to know how long it takes",
        "What does “yours sincerely” mean?",
        "Which best wishes are sent?",
    ],
)
def test_what_may_belong_to_the_question_stays(message: str) -> None:
    assert without_asides(message) == message


@pytest.mark.parametrize("phrase", ["I tell me, for a ", "like to know ", "my : is ", "? Regards "])
def test_a_long_message_of_what_begins_like_an_aside_stays(phrase: str) -> None:
    message = phrase * (2000 // len(phrase)) + "x"
    assert without_asides(message) == message


def test_of_a_long_letter_the_question_is_left() -> None:
    letter = f"{'I like to walk there with my class. ' * 50}We like to know: which gate is the oldest? Regards, Ann"
    assert without_asides(letter) == "which gate is the oldest?"


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (
            "We prepare a debate in school, and I am to represent France. I am confused: somebody said that one member "
            "can block a decision. "
            "How does voting in the Council on other matters work? Thanks a lot, Mia",
            "How does voting in the Council on other matters work?",
        ),
        ("Which tasks concern mines? Thank you and kind regards, Earl", "Which tasks concern mines?"),
        ("My wife died in May. Which payments can I see?", "My wife died in May. Which payments can I see?"),
        ("I am 67 and moved. What does a ticket cost?", "I am 67 and moved. What does a ticket cost?"),
        (
            "My claim exam was cancelled by my doctor. Do you accept that as a good reason?",
            "My claim exam was cancelled by my doctor. Do you accept that as a good reason?",
        ),
    ],
)
def test_the_last_sentence_of_a_letter_asks_where_it_needs_nothing_before_it(message: str, asked: str) -> None:
    assert without_asides(message) == asked
