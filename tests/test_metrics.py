import math
import random

import pytest
from scipy.stats import binomtest
from sklearn.metrics import precision_score, recall_score, roc_auc_score

from assistant.evaluation import metrics
from assistant.evaluation.metrics import Bin, Point, Share


def test_a_share_of_nothing_has_no_value() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert Share(3, 4).value == 0.75


@pytest.mark.parametrize(("yes", "of"), [(0, 10), (10, 10), (7, 10), (130, 161), (1, 1)])
def test_intervals_are_wilsons(yes: int, of: int) -> None:
    found = Share(yes, of).interval
    expected = binomtest(yes, of).proportion_ci(method="wilson")
    assert found is not None
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)


def test_mean_of_nothing_is_nothing() -> None:
    assert metrics.mean([]) is None
    assert metrics.mean([1.0, 0.0, 0.5]) == 0.5


def test_recall_counts_what_was_not_found_as_missed() -> None:
    ranks = [1, 5, 6, None]
    assert metrics.recall_at(ranks, 1) == Share(1, 4)
    assert metrics.recall_at(ranks, 5) == Share(2, 4)
    assert metrics.recall_at(ranks, 20) == Share(3, 4)


def test_refusal_by_hand() -> None:
    refused = [True, True, True, False, False]
    answerable = [False, False, True, True, False]
    assert metrics.refusal_precision(refused, answerable) == Share(2, 3)
    assert metrics.refusal_recall(refused, answerable) == Share(2, 3)
    assert metrics.refusal_precision([False], [True]) == Share(0, 0)


def some(size: int, seed: int) -> tuple[list[float], list[bool]]:
    """Confidences on a coarse grid, so that many are equal, and labels that lean on them."""
    source = random.Random(seed)
    scores = [source.randint(0, 20) / 20 for _ in range(size)]
    return scores, [source.random() < score for score in scores]


@pytest.mark.parametrize("seed", range(5))
def test_refusal_and_auroc_agree_with_scikit_learn(seed: int) -> None:
    scores, answerable = some(200, seed)
    refused = [score < 0.4 for score in scores]
    unanswerable = [not one for one in answerable]
    assert metrics.refusal_precision(refused, answerable).value == pytest.approx(precision_score(unanswerable, refused))
    assert metrics.refusal_recall(refused, answerable).value == pytest.approx(recall_score(unanswerable, refused))
    assert metrics.auroc(scores, answerable) == pytest.approx(roc_auc_score(answerable, scores))


def test_auroc_by_hand() -> None:
    assert metrics.auroc([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert metrics.auroc([0.5, 0.5], [False, True]) == 0.5
    assert metrics.auroc([0.5, 0.6], [True, True]) is None


def test_bins_hold_equally_many_and_the_error_is_their_mean_distance() -> None:
    confidences, right = [0.9, 0.1, 0.7, 0.3], [True, False, False, False]
    assert metrics.calibration_bins(confidences, right, bins=2) == (Bin(2, 0.2, 0.0), Bin(2, 0.8, 0.5))
    assert metrics.expected_calibration_error(confidences, right, bins=2) == pytest.approx(0.5 * 0.2 + 0.5 * 0.3)


def test_calibration_of_few_or_no_answers() -> None:
    assert [one.count for one in metrics.calibration_bins([0.5, 0.6, 0.7], [True, True, True])] == [1, 1, 1]
    assert metrics.expected_calibration_error([], []) is None
    assert sum(one.count for one in metrics.calibration_bins(*some(97, 1))) == 97


def test_certainty_that_is_right_has_no_error_and_certainty_that_is_wrong_all_of_it() -> None:
    assert metrics.expected_calibration_error([1.0, 0.0], [True, False]) == 0
    assert metrics.expected_calibration_error([1.0, 0.0], [False, True]) == 1


def test_the_curve_answers_the_most_confident_first_and_equal_ones_together() -> None:
    assert metrics.risk_coverage([0.5, 0.9, 0.5, 0.1], [False, True, True, False]) == (
        Point(0.9, 1, 0.25, 0.0),
        Point(0.5, 3, 0.75, 1 / 3),
        Point(0.1, 4, 1.0, 0.5),
    )


def test_the_area_is_the_mean_risk() -> None:
    confidences, right = [0.9, 0.8, 0.7, 0.6], [True, True, False, True]
    assert metrics.aurc(confidences, right) == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    assert metrics.aurc([0.5, 0.5], [True, False]) == 0.5
    assert metrics.aurc([], []) is None


@pytest.mark.parametrize("seed", range(3))
def test_the_area_without_ties_agrees_with_its_definition(seed: int) -> None:
    _, right = some(50, seed)
    confidences = [1 - number / 50 for number in range(50)]
    risks = [right[:count].count(False) / count for count in range(1, 51)]
    assert metrics.aurc(confidences, right) == pytest.approx(math.fsum(risks) / 50)


def test_coverage_at_a_precision_takes_the_lowest_threshold_that_keeps_it() -> None:
    confidences = [0.9, 0.8, 0.7, 0.6, 0.5]
    right = [True, True, False, True, True]
    answerable = [True, True, False, True, True]
    at = {
        precision: metrics.coverage_at_precision(confidences, right, answerable, precision=precision)
        for precision in (1.0, 0.8, 0.9)
    }
    assert at == {1.0: Share(2, 4), 0.9: Share(2, 4), 0.8: Share(4, 4)}


def test_coverage_at_a_precision_never_reached_is_none_of_them() -> None:
    assert metrics.coverage_at_precision([0.9], [False], [True], precision=0.95) == Share(0, 1)
