from collections.abc import Sequence

import pytest

from assistant import understanding
from assistant.answering import Assistant
from assistant.dialogue.parts import Part
from assistant.dialogue.turns import Turn
from assistant.errors import QuestionError
from assistant.understanding import MOST_PARTS, RECALLED, REPLIED, SAID, Request, Understanding, within_reach

OPEN = " and ".join(["when is it open"] * 100)
ENACTED = "When was the Act enacted and when was it amended?"


def asked(content: str) -> Turn:
    return Turn("user", content)


def told(content: str) -> Turn:
    return Turn("assistant", content)


@pytest.fixture(name="recalled")
def _recalled() -> list[Request]:
    return []


@pytest.fixture(name="known")
def _known(assistant: Assistant, recalled: list[Request]) -> Understanding:
    """Understands, and only remembers which earlier questions it would have asked again."""

    def recall(request: Request) -> Turn:
        known.of(request)
        recalled.append(request)
        return told("")

    known = Understanding(assistant.index, assistant.settings, recall=recall)
    return known


@pytest.fixture(name="read")
def _read(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Turn]]:
    """The histories by which questions are understood."""
    read: list[Sequence[Turn]] = []
    standalone = understanding.standalone

    def noted(question: str, history: Sequence[Turn], *structure: object) -> str:
        read.append(history)
        return standalone(question, history, *structure)  # type: ignore[arg-type]

    monkeypatch.setattr(understanding, "standalone", noted)
    return read


# --- how much of a conversation is read ---


def test_a_usual_conversation_is_read_whole() -> None:
    history = (told("Good morning."), asked("When?"), told("At nine."), asked("Where?"))
    assert within_reach(history) == history
    assert within_reach(()) == ()


def test_the_last_exchanges_are_read() -> None:
    history = [turn for number in range(20) for turn in (asked(f"question {number}"), told(f"answer {number}"))]
    assert [turn.content for turn in within_reach(history)] == [turn.content for turn in history[16:]]


def test_of_what_was_said_as_much_is_read_as_can_be_soon() -> None:
    history = [asked("a" * SAID), told("b"), asked("c" * (SAID - 10)), told("d" * REPLIED), asked("e")]
    assert [(turn.content[:1], len(turn.content)) for turn in within_reach(history)] == [
        ("a", 9),
        ("", 0),
        ("c", SAID - 10),
        ("d", REPLIED),
        ("e", 1),
    ]
    assert within_reach([asked("a"), told("b"), asked("c" * 9000)]) == (told("b"), asked("c" * SAID))


def test_no_question_is_understood_by_more(known: Understanding, read: list[Sequence[Turn]]) -> None:
    known.of(Request("And why?", [asked("When and " * 220)] * 50))
    assert read
    assert max(sum(len(turn.content) for turn in history) for history in read) <= SAID


# --- how much is asked ---


def test_a_question_asks_only_so_much_at_once(known: Understanding) -> None:
    with pytest.raises(QuestionError, match=r"^the question asks 100 things at once; ask 8 at most, the others after"):
        known.of(Request(OPEN))
    most = "? ".join(f"When was act {number} amended" for number in range(MOST_PARTS)) + "?"
    assert len(known.of(Request(most)).parts) == MOST_PARTS


def test_what_was_asked_before_makes_no_question_too_much(known: Understanding, recalled: list[Request]) -> None:
    found = known.of(Request("And why?", [asked(OPEN[:1990])]))
    assert found.parts == (Part(found.alone),)
    assert recalled == []


def test_a_long_conversation_is_not_asked_again_from_the_start(known: Understanding, recalled: list[Request]) -> None:
    known.of(Request("And the next one?", [asked("And the next one?")] * 50))
    assert len(recalled) == RECALLED + 1


def test_an_earlier_question_of_two_parts_is_asked_again(known: Understanding, recalled: list[Request]) -> None:
    known.of(Request("And the next one?", [asked(ENACTED)]))
    known.of(Request("And the next one?", [asked(f"{ENACTED[:-1]} and where was it enacted?")]))
    assert [request.question for request in recalled] == [ENACTED]
