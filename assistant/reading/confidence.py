"""Evidence → the probability that the answer is right: logistic regression, fitted on development questions.

The weights stand in confidence.json, written by `python -m assistant.evaluation.calibration`; the features are
fields of `Evidence`, and the lead over the second candidate.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.reading.candidates import Evidence

# What orders candidates; names and counts, which wrong ones hold as often, tell only whether the first one is right.
RANKED_BY = ("similarity", "coverage", "own_coverage", "passage_coverage", "meaning", "weakest", "margin")


OTHER_KIND = 1000.0  # logits
# Of 10 first candidates without a number or a time where one was asked for none was right (rule of succession: 1/12).
MOST_OF_OTHER_KIND = 0.08


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """`probability = 1 / (1 + exp(-(intercept + Σ weight · feature)))`."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """From 0 to 1; a feature without a weight counts nothing."""
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.logit(features)))))

    def logit(self, features: Mapping[str, float]) -> float:
        """The sum, of which the probability is the logistic function."""
        return self.intercept + sum(weight * features[name] for name, weight in self.weights.items())


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """`rank` orders the candidates of a question; `answer` says how likely the first of them is right.

    `structure` is the share of right answers among those that the documents' own numbering and lists gave;
    `conversation` the weight of what was said before, in logits, when candidates are put in order.
    """

    rank: LogisticModel
    answer: LogisticModel
    structure: float
    conversation: float

    def place(self, evidence: Evidence) -> float:
        """What candidates of one question are ordered by, in logits; higher is better.

        What does not hold the kind of thing that is asked for comes after all that does.
        """
        ordered = self.rank.logit(asdict(evidence)) + self.conversation * evidence.conversation
        return ordered if evidence.kind else ordered - OTHER_KIND

    def score(self, evidence: Evidence) -> float:
        """How well the evidence speaks for this candidate, from 0 to 1, whatever was said before; not calibrated."""
        return self.rank.probability(asdict(evidence))

    def confidence(self, evidence: Evidence, *, best: float, second: float) -> float:
        """The calibrated probability that the best candidate is right, given the scores of the first two."""
        probability = self.answer.probability(answer_features(evidence, best=best, second=second))
        return probability if evidence.kind else min(probability, MOST_OF_OTHER_KIND)


def answer_features(evidence: Evidence, *, best: float, second: float) -> dict[str, float]:
    """What the answer's confidence is fitted on: a part of the first candidate's evidence, and its lead.

    More features than these made the probabilities of questions that were not fitted on worse (cross-validated). The
    lead is that of scores which end at one in a million, so that a second candidate that is nearly as good costs little
    where both are beyond doubt: leads in plain logits told right from wrong worse.
    """
    return {
        "margin": evidence.margin,
        "meaning": evidence.meaning,
        "weakest": evidence.weakest,
        "names": evidence.names,
        "counted": evidence.counted,
        "lead": _logit(best) - _logit(second),
    }


@lru_cache(maxsize=1)
def load_confidence() -> ConfidenceModel:
    """The fitted model that is shipped with the package."""
    values = json.loads((files("assistant.reading") / "confidence.json").read_text(encoding="utf-8"))
    return ConfidenceModel(
        rank=LogisticModel(**values["rank"]),
        answer=LogisticModel(**values["answer"]),
        structure=values["structure"],
        conversation=values["conversation"],
    )


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))
