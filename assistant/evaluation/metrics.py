"""Lists of outcomes → numbers: shares with intervals, ranking, refusal, calibration and selective answering.

Pure functions. Confidences run from 0 to 1, one for each outcome; None means that the lists hold nothing to measure.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

NORMAL_95 = 1.959963984540054  # the 97.5th percentile of the standard normal distribution
BINS = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval for a share."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`yes` out of `of`."""

    yes: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None out of nothing."""
        return self.yes / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """The 95% interval of Wilson (1927)."""
        if not self.of:
            return None
        share, z2 = self.yes / self.of, NORMAL_95**2
        scale = 1 + z2 / self.of
        middle = (share + z2 / (2 * self.of)) / scale
        half = NORMAL_95 / scale * math.sqrt(share * (1 - share) / self.of + z2 / (4 * self.of**2))
        return Interval(max(0.0, middle - half), min(1.0, middle + half))


def share(fits: Iterable[bool]) -> Share:
    """How many of them are true."""
    values = list(fits)
    return Share(sum(values), len(values))


def mean(values: Iterable[float]) -> float | None:
    """The arithmetic mean."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None


def recall_at(ranks: Sequence[int | None], depth: int) -> Share:
    """How many were found among the first `depth`; a rank is counted from 1 and None where nothing was found."""
    return share(rank is not None and rank <= depth for rank in ranks)


def refusal_precision(refused: Sequence[bool], answerable: Sequence[bool]) -> Share:
    """Of the refusals, how many were of unanswerable questions."""
    return share(not possible for no, possible in zip(refused, answerable, strict=True) if no)


def refusal_recall(refused: Sequence[bool], answerable: Sequence[bool]) -> Share:
    """Of the unanswerable questions, how many were refused."""
    return share(no for no, possible in zip(refused, answerable, strict=True) if not possible)


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """Area under the ROC curve: how often a true one scores above a false one, ties counting half."""
    true, false = labels.count(True), labels.count(False)
    if not true or not false:
        return None
    below = wins = 0.0
    for group in _tied(scores, labels):
        falses = group.labels.count(False)
        wins += group.labels.count(True) * (below + falses / 2)
        below += falses
    return wins / (true * false)


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the answers, by confidence: their mean confidence and the share that is right."""

    count: int
    confidence: float
    right: float


def calibration_bins(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal mass, least confident first; fewer where there are fewer answers than bins."""
    pairs = sorted(zip(confidences, right, strict=True), key=lambda pair: pair[0])
    edges = [round(number * len(pairs) / bins) for number in range(bins + 1)]
    pieces = (pairs[first:last] for first, last in pairwise(edges) if first < last)
    return tuple(
        Bin(len(piece), sum(one for one, _ in piece) / len(piece), sum(fits for _, fits in piece) / len(piece))
        for piece in pieces
    )


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float | None:
    """Mean distance between confidence and share right over bins of equal mass (Nixon et al. 2019)."""
    if not confidences:
        return None
    found = calibration_bins(confidences, right, bins)
    return sum(one.count * abs(one.confidence - one.right) for one in found) / len(confidences)


@dataclass(frozen=True, slots=True)
class Point:
    """If all with at least `threshold` confidence were answered: the share answered and the share of those wrong."""

    threshold: float
    answered: int
    coverage: float
    risk: float


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Point, ...]:
    """The risk–coverage curve (El-Yaniv and Wiener 2010), most confident first; equal confidences are one point."""
    points: list[Point] = []
    answered = wrong = 0
    for group in reversed(list(_tied(confidences, right))):
        answered += len(group.labels)
        wrong += group.labels.count(False)
        points.append(Point(group.score, answered, answered / len(right), wrong / answered))
    return tuple(points)


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Area under the risk–coverage curve: the mean risk over all numbers of answers. Lower is better."""
    if not right:
        return None
    total, before = 0.0, 0
    for point in risk_coverage(confidences, right):
        total += (point.answered - before) * point.risk
        before = point.answered
    return total / len(right)


def coverage_at_precision(
    confidences: Sequence[float], right: Sequence[bool], answerable: Sequence[bool], *, precision: float
) -> Share:
    """Of the answerable questions, those answered at the lowest threshold at which all answers have `precision`."""
    kept = [point.threshold for point in risk_coverage(confidences, right) if 1 - point.risk >= precision - 1e-12]
    lowest = kept[-1] if kept else math.inf
    return share(score >= lowest for score, possible in zip(confidences, answerable, strict=True) if possible)


@dataclass(frozen=True, slots=True)
class _Tied:
    score: float
    labels: list[bool]


def _tied(scores: Sequence[float], labels: Sequence[bool]) -> Iterator[_Tied]:
    """The labels of equal scores together, lowest score first."""
    pairs = sorted(zip(scores, labels, strict=True), key=lambda pair: pair[0])
    for score, group in groupby(pairs, key=lambda pair: pair[0]):
        yield _Tied(score, [label for _, label in group])
