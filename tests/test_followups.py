import pytest

from assistant.dialogue.followups import standalone
from assistant.dialogue.turns import Place, Structure, Turn
from assistant.documents.document import Document, Section, Source, Span
from assistant.documents.lists import Item, ItemList

ASKED = (
    Turn("user", "When was the Act amended?"),
    Turn("assistant", "In June 1998, Japan amended the Act."),
)
TEXT = "1. Rules\n(1) Shower first.\n(2) Do not run.\n(3) Leave at dusk.\n"
POOL = Document(
    "pool",
    "The pool",
    TEXT,
    "0",
    Source("pool.txt"),
    (Section("", "The pool", 0, 0, 60, 0, 0, None, (1,)), Section("1", "Rules", 1, 0, 60, 0, 8, 0)),
)
RULES = ItemList("pool", 1, Span(0, 8), (Item("(1)", 1, 9, 26), Item("(2)", 2, 27, 42), Item("(3)", 3, 43, 61)))
KNOWN = Structure({"pool": POOL}, {"pool": (RULES,)})
SECOND = (Turn("user", "What is rule 2?"), Turn("assistant", "Do not run.", (Place("pool", 27, 42),)))


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("What for?", "What was the Act amended for?"),
        ("And earlier?", "When was the Act amended earlier?"),
        ("And in Nepal?", "When was the Act amended in Nepal?"),
        ("What does it cost?", "What does the Act cost?"),
        ("Who is the mayor?", "Who is the mayor?"),
        ("Which countries received election observers?", "Which countries received election observers?"),
    ],
)
def test_a_question_in_a_conversation_stands_alone(question: str, alone: str) -> None:
    assert standalone(question, ASKED) == alone


@pytest.mark.parametrize(
    ("question", "label"),
    [("And the next one?", "(3)"), ("And the one before it?", "(1)"), ("And the last one?", "(3)")],
)
def test_a_neighbour_is_named_with_its_list(question: str, label: str) -> None:
    assert standalone(question, SECOND, KNOWN) == f'item {label} of "1. Rules"'


def test_without_history_nothing_changes() -> None:
    assert standalone("What for?", ()) == "What for?"
