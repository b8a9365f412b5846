import time

import pytest

from assistant.dialogue.smalltalk import Kind, Talk, note_for, smalltalk, without_courtesies


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hi", "greeting"),
        ("Good morning!", "greeting"),
        ("Hello there, how are you?", "greeting"),
        ("hey 👋", "greeting"),
        ("thanks a lot", "thanks"),
        ("OK, thank you very much for your help!", "thanks"),
        ("bye", "farewell"),
        ("Thanks, bye!", "thanks"),
        ("that's all for now", "farewell"),
        ("what can you answer?", "scope"),
        ("What can I ask you?", "scope"),
        ("hi! what can you do?", "scope"),
        ("help", "scope"),
        ("Hello, can you help me please?", "scope"),
        ("what kind of questions can I ask", "scope"),
        ("who are you?", "identity"),
        ("Who’re you", None),
        ("are you a robot?", "identity"),
        ("Hello, am I talking to a real person?", "identity"),
    ],
)
def test_a_message_of_small_talk_alone_has_a_kind(message: str, kind: Kind | None) -> None:
    assert smalltalk(message) == (Talk(kind) if kind else None)


@pytest.mark.parametrize(
    "message",
    [
        "hello, when was the Act enacted?",
        "thanks, and when was it amended?",
        "Who are you allowed to send?",
        "What can you do with relief supplies?",
        "help for refugees",
        "Hi-tech equipment",
        "good morning assembly times",
        "Thanksgiving",
        "What is this Act for?",
        "What is this for?",
        "please",
        "ok",
        "",
        "?!",
    ],
)
def test_a_message_that_says_more_is_a_question(message: str) -> None:
    assert smalltalk(message) is None


@pytest.mark.parametrize(
    ("message", "bare"),
    [
        (
            "hi there, can you please tell me when the Act was enacted? thanks",
            "can you please tell me when the Act was enacted?",
        ),
        ("Hello. When was it amended? Thank you in advance!", "When was it amended?"),
        ("Good morning, where is the office", "where is the office"),
        ("Oh hello, how are you? Who pays?", "Who pays?"),
        ("When was it amended, thanks", "When was it amended"),
        ("When was it amended?", "When was it amended?"),
        ("Who said thanks", "Who said thanks"),
        ("Hi-tech equipment", "Hi-tech equipment"),
        ("Hello!", "Hello!"),
        ("hello I need a permit", "I need a permit"),
        ("Hello Kitty licences", "Hello Kitty licences"),
        ("good day care centres", "good day care centres"),
    ],
)
def test_courtesies_around_a_question_are_taken_off(message: str, bare: str) -> None:
    assert without_courtesies(message) == bare


def test_the_note_names_the_documents_and_what_may_be_asked() -> None:
    assert note_for(Talk("greeting"), ["Rules", "Fees"], ["Who pays?", "When?"]) == (
        "Hello! Ask me about “Rules” and “Fees”. For example: Who pays? When?"
    )


def test_five_titles_at_most_are_named() -> None:
    note = note_for(Talk("thanks"), list("ABCDEFG"), [])
    assert note == "You are welcome. Ask me about “A”, “B”, “C”, “D”, “E” and 2 more."


def test_one_title_and_none() -> None:
    assert note_for(Talk("farewell"), ["Rules"], []) == "Goodbye! Ask me about “Rules”."
    assert note_for(Talk("farewell"), [], []) == "Goodbye!"


@pytest.mark.parametrize("phrase", ["hi ", "thanks a lot ", "? ", "good good ", "please help "])
def test_long_nonsense_takes_no_time(phrase: str) -> None:
    started = time.perf_counter()
    smalltalk(phrase * (2000 // len(phrase)) + "x")
    without_courtesies(phrase * (2000 // len(phrase)) + "x")
    assert time.perf_counter() - started < 0.25
