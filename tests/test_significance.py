import pytest

from assistant.evaluation.significance import mcnemar, randomised


def test_the_same_outcomes_are_no_difference() -> None:
    assert mcnemar([True, False], [True, False]) == 1.0
    assert randomised([0.5, 0.2], [0.5, 0.2]) == 1.0


def test_mcnemar_counts_the_cases_that_differ() -> None:
    ours, theirs = [True] * 6 + [False], [False] * 6 + [False]
    assert mcnemar(ours, theirs) == mcnemar(theirs, ours) == pytest.approx(2 / 2**6)


def test_signs_are_drawn_as_often_as_chance_would() -> None:
    ours = [1.0] * 6
    p = randomised(ours, [0.0] * 6)
    assert p == randomised([0.0] * 6, ours) == pytest.approx(2 / 2**6, rel=0.15)
    assert randomised([1.0] * 40, [0.0] * 40) == pytest.approx(1e-4, rel=0.01)
