"""How well a reader reads: the SQuAD 2.0 measures (Rajpurkar et al. 2018) over `Example`s of development articles.

In: readings of examples. Out: EM and F1 where there is an answer (HasAns), F1 over all questions at the best threshold
of the margin, and the AUROC of the margin as a sign that there is an answer.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.reading.examples import Example
from assistant.reading.reader import Reading

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Measures:
    """All from 0 to 1 but `threshold`, the margin above which answering scores best over all questions."""

    has_answer_exact: float
    has_answer_f1: float
    all_f1: float
    auroc: float
    threshold: float


def measure(examples: Sequence[Example], readings: Sequence[Reading]) -> Measures:
    """Score one reading an example."""
    answers = [one.passage[read.start : read.end] for one, read in zip(examples, readings, strict=True)]
    answerable = np.array([bool(one.accepted) for one in examples])
    f1 = np.array([token_f1(answer, one.accepted) for answer, one in zip(answers, examples, strict=True)])
    exact = np.array([_exact(answer, one.accepted) for answer, one in zip(answers, examples, strict=True)])
    margins = np.array([read.margin for read in readings])
    all_f1, threshold = _best_threshold(margins, np.where(answerable, f1, 0.0), ~answerable)
    return Measures(
        has_answer_exact=float(exact[answerable].mean()),
        has_answer_f1=float(f1[answerable].mean()),
        all_f1=all_f1,
        auroc=auroc(margins, answerable),
        threshold=threshold,
    )


def token_f1(answer: str, accepted: Sequence[str]) -> float:
    """F1 of the bags of normalised tokens, the best over the accepted answers; 0 where there is none."""
    return max((_f1(_normalised(answer), _normalised(one)) for one in accepted), default=0.0)


def _f1(found: list[str], wanted: list[str]) -> float:
    shared = sum((Counter(found) & Counter(wanted)).values())
    return 2 * shared / (len(found) + len(wanted)) if shared else 0.0


def _exact(answer: str, accepted: Sequence[str]) -> bool:
    return any(_normalised(answer) == _normalised(one) for one in accepted)


def _normalised(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _best_threshold(margins: Numbers, gain: Numbers, refusable: Flags) -> tuple[float, float]:
    """Best mean score over all thresholds: `gain` where the margin is above it, 1 where refused rightly."""
    order = np.argsort(-margins, kind="stable")
    scores = refusable.sum() + np.concatenate([[0.0], np.cumsum(gain[order] - refusable[order])])
    best = int(scores.argmax())
    threshold = margins[order[best - 1]] if best else margins[order[0]] + 1
    return float(scores[best] / len(margins)), float(threshold)


def auroc(margins: Numbers, positive: Flags) -> float:
    """Chance that a positive has the higher margin than a negative, ties counting half; nan without both kinds."""
    _, places, counts = np.unique(margins, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return float("nan")
    return float((ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))
