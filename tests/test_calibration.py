import json
from pathlib import Path

import pytest

from assistant.evaluation.calibration import Judged, fit, write_confidence
from assistant.reading.candidates import Evidence


def evidence(margin: float, coverage: float) -> Evidence:
    return Evidence(
        similarity=0.5, coverage=coverage, own_coverage=coverage, passage_coverage=coverage, meaning=coverage,
        weakest=coverage, names=1.0, counted=1.0, margin=margin,
    )  # fmt: skip


def question(margin: float, *, answerable: bool) -> Judged:
    """A right candidate with this margin before a wrong one, or two wrong ones that share as many terms."""
    first = (answerable, False)
    return Judged((evidence(margin, 0.6), evidence(margin - 1, 0.2)), helpful=first, right=first)


QUESTIONS = [question(0.2 + 0.01 * step, answerable=True) for step in range(30)] + [
    question(-0.8 - 0.01 * step, answerable=False) for step in range(30)
]


def test_the_fit_ranks_the_right_candidate_first_and_tells_answers_from_none() -> None:
    model = fit(QUESTIONS)
    good, bad = QUESTIONS[0].evidence
    assert model.score(good) > model.score(bad)
    sure, unsure = (
        model.confidence(one.evidence[0], best=model.score(one.evidence[0]), second=model.score(one.evidence[1]))
        for one in (QUESTIONS[0], QUESTIONS[-1])
    )
    assert sure > 0.8
    assert unsure < 0.2


def test_written_weights_are_those_that_were_fitted(tmp_path: Path) -> None:
    model = fit(QUESTIONS)
    write_confidence(model, tmp_path / "confidence.json")
    values = json.loads((tmp_path / "confidence.json").read_text(encoding="utf-8"))
    assert values["rank"]["weights"] == pytest.approx(dict(model.rank.weights))
    assert values["answer"]["intercept"] == pytest.approx(model.answer.intercept)
