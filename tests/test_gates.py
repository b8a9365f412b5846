from pathlib import Path

import pytest
from evaluation_examples import DOCUMENTS, answer, case, citation

from assistant.errors import SettingsError
from assistant.evaluation.gates import Gate, GateFailure, check_gates, load_gates
from assistant.evaluation.gold import Library
from assistant.evaluation.judging import Outcome, judge
from assistant.evaluation.summary import Group, groups


def gates_of(folder: Path, text: str) -> Path:
    path = folder / "gates.toml"
    path.write_text(text, encoding="utf-8")
    return path


def measured() -> tuple[Group, ...]:
    """Two answerable questions, one of them right."""
    asked, library = case(gold=["opens at nine"]), Library(DOCUMENTS)
    answers = [answer(citation("The office opens at nine.")), answer(citation("It closes at five."))]
    return groups([Outcome(asked, one, judge(asked, one, [], library)) for one in answers])


def test_gates_are_read_with_their_set_group_and_direction(tmp_path: Path) -> None:
    path = gates_of(tmp_path, "[questions.all.at_least]\nright = 0.5\n[questions.dev.at_most]\nece = 0.05\n")
    assert load_gates(path) == (
        Gate("questions", "all", "at_least", "right", 0.5),
        Gate("questions", "dev", "at_most", "ece", 0.05),
    )
    assert load_gates(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[questions.all.at_least]\nrihgt = 0.5", "unknown name 'rihgt'; known are questions, answerable, right,"),
        ("[question.all.at_least]\nright = 0.5", "unknown name 'question'; known are questions, conversations"),
        ("[questions.all.above]\nright = 0.5", "unknown name 'above'; known are at_least, at_most"),
        ("[questions.all.at_least]\nright = 'high'", "right is 'high'; write a number"),
        ("[questions.all]\nright = 0.5", r"'questions.all.right' is no table; write \[set.group.at_least\]"),
        ("right = ", "cannot be read"),
    ],
)
def test_a_gate_that_cannot_be_checked_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_gates(gates_of(tmp_path, text))


@pytest.mark.parametrize(
    ("gate", "value"),
    [
        (Gate("questions", "all", "at_least", "right", 0.6), 0.5),
        (Gate("questions", "all", "at_most", "questions", 1), 2),
        (Gate("questions", "all", "at_least", "refusal_recall", 0.1), None),
        (Gate("questions", "all", "at_least", "right", float("nan")), 0.5),
    ],
)
def test_a_missed_gate_is_returned_with_its_value(gate: Gate, value: float | None) -> None:
    assert check_gates([gate], "questions", measured()) == (GateFailure(gate, value),)


def test_a_gate_at_the_value_is_reached_and_one_on_another_set_is_left_alone() -> None:
    reached = [Gate("questions", "all", bound, "right", 0.5) for bound in ("at_least", "at_most")]
    elsewhere = Gate("conversations", "all", "at_least", "right", 1.0)
    assert check_gates([*reached, elsewhere], "questions", measured()) == ()


def test_a_group_that_the_set_does_not_have_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"'questions.test.at_least.right' names no group of the set; it has all"):
        check_gates([Gate("questions", "test", "at_least", "right", 0.5)], "questions", measured())


def test_a_failure_says_value_and_gate() -> None:
    gate = Gate("questions", "all", "at_least", "right", 0.62)
    assert str(GateFailure(gate, 0.5)) == "questions.all.at_least.right: 0.5000, gate 0.62"
    assert str(GateFailure(gate, None)) == "questions.all.at_least.right: nothing to measure, gate 0.62"
