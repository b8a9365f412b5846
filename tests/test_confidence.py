import math
from dataclasses import fields, replace

import pytest

from assistant.reading.candidates import Evidence
from assistant.reading.confidence import RANKED_BY, LogisticModel, answer_features, load_confidence

WEAK = Evidence(
    similarity=0.2, coverage=0.1, own_coverage=0.0, passage_coverage=0.1, meaning=0.1, weakest=0.5, names=0.0,
    counted=0.5, margin=-1.0,
)  # fmt: skip
STRONG = Evidence(
    similarity=0.8, coverage=0.9, own_coverage=0.8, passage_coverage=0.9, meaning=0.9, weakest=1.0, names=1.0,
    counted=1.0, margin=1.0,
)  # fmt: skip


def test_a_logistic_model_is_the_logistic_function_of_its_sum() -> None:
    model = LogisticModel(intercept=-1.0, weights={"a": 2.0, "b": -1.0})
    assert model.probability({"a": 1.0, "b": 0.5, "unused": 9.0}) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert 0 < LogisticModel(0.0, {"a": -1e9}).probability({"a": 1.0}) < 1e-20


def test_the_shipped_weights_know_every_feature_and_prefer_evidence() -> None:
    model = load_confidence()
    assert set(model.rank.weights) == set(RANKED_BY) < {field.name for field in fields(Evidence)}
    assert set(model.answer.weights) == set(answer_features(STRONG, best=0.9, second=0.1))
    assert model.score(STRONG) > model.score(WEAK)
    surest = model.confidence(STRONG, best=model.score(STRONG), second=model.score(WEAK))
    assert surest > model.confidence(WEAK, best=model.score(WEAK), second=model.score(WEAK))


def test_what_was_said_before_puts_a_candidate_first_but_makes_it_no_surer() -> None:
    model = load_confidence()
    said = replace(WEAK, conversation=1.0)
    assert model.place(said) > model.place(WEAK) + 10
    assert model.score(said) == model.score(WEAK)
    assert model.confidence(said, best=0.9, second=0.1) == model.confidence(WEAK, best=0.9, second=0.1)


def test_the_reader_counts_for_the_answer() -> None:
    model = load_confidence()
    assert model.score(STRONG) > model.score(replace(STRONG, margin=-1.0))


def test_the_lead_is_the_difference_in_logits() -> None:
    features = answer_features(WEAK, best=0.9, second=0.5)
    assert features["lead"] == pytest.approx(math.log(9))
    assert set(features) == {"margin", "meaning", "weakest", "names", "counted", "lead"}
