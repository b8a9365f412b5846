"""Outcomes → one `Metrics` for all of them, for each split and for each form of question.

The names of the fields of `Metrics` are the names in report.json and in gates.toml.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation import metrics
from assistant.evaluation.judging import NOTHING, Outcome
from assistant.evaluation.metrics import Share

PRECISION = 0.95


@dataclass(frozen=True, slots=True)
class Metrics:
    """Measured on one group of outcomes. Evidence, answer and recall are of the answerable ones alone, 0 if unanswered.

    `coverage_at_95`: of the answerable questions, those that can be answered while 95% of all answers are right.
    `ece`, `aurc`: of confidence as the probability that the best candidate is right; lower is better. `auroc`: how
    well confidence tells answerable from unanswerable.
    """

    questions: int
    answerable: int
    right: Share
    right_answerable: Share
    quote_exactness: Share
    evidence_precision: float | None
    evidence_recall: float | None
    evidence_f1: float | None
    answer_held: Share
    answer_f1: float | None
    document_first: Share
    passage_recall_1: Share
    passage_recall_5: Share
    passage_recall_20: Share
    document_recall_1: Share
    document_recall_5: Share
    document_recall_20: Share
    refusal_precision: Share
    refusal_recall: Share
    coverage_at_95: Share
    ece: float | None
    aurc: float | None
    auroc: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Metrics of some outcomes under a name: "all", a split, a place in the conversation, or a form of question."""

    name: str
    metrics: Metrics


def groups(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """All, then dev and test, then first turns and follow-ups, as far as the set tells them apart."""
    parts = {
        "all": list(outcomes),
        "dev": [one for one in outcomes if one.case.split == "dev"],
        "test": [one for one in outcomes if one.case.split == "test"],
        "first_turns": [one for one in outcomes if not one.case.follows],
        "follow_ups": [one for one in outcomes if one.case.follows],
    }
    return tuple(
        Group(name, measure(part)) for name, part in parts.items() if name == "all" or 0 < len(part) < len(outcomes)
    )


def forms(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """One group a form of question, in the order in which the forms first come."""
    names = dict.fromkeys(one.case.form for one in outcomes)
    return tuple(Group(name, measure([one for one in outcomes if one.case.form == name])) for name in names)


def measure(outcomes: Sequence[Outcome]) -> Metrics:
    """Every metric over some outcomes."""
    judged = [one.judgement for one in outcomes]
    answerable = [one.case.answerable for one in outcomes]
    possible = [one.judgement for one in outcomes if one.case.answerable]
    evidence = [one.evidence or NOTHING for one in possible]
    passage_ranks, document_ranks = [one.passage_rank for one in possible], [one.document_rank for one in possible]
    refused = [not one.answer.answered for one in outcomes]
    confidences = [one.answer.confidence for one in outcomes]
    supported = [one.candidate_right for one in judged]
    return Metrics(
        questions=len(outcomes),
        answerable=len(possible),
        right=metrics.share(one.right for one in judged),
        right_answerable=metrics.share(one.right for one in possible),
        quote_exactness=Share(sum(one.exact for one in judged), sum(one.quotes for one in judged)),
        evidence_precision=metrics.mean(one.precision for one in evidence),
        evidence_recall=metrics.mean(one.recall for one in evidence),
        evidence_f1=metrics.mean(one.f1 for one in evidence),
        answer_held=metrics.share(one.answer_held for one in possible if one.answer_held is not None),
        answer_f1=metrics.mean(one.answer_f1 for one in possible if one.answer_f1 is not None),
        document_first=metrics.share(bool(one.document_first) for one in possible),
        passage_recall_1=metrics.recall_at(passage_ranks, 1),
        passage_recall_5=metrics.recall_at(passage_ranks, 5),
        passage_recall_20=metrics.recall_at(passage_ranks, 20),
        document_recall_1=metrics.recall_at(document_ranks, 1),
        document_recall_5=metrics.recall_at(document_ranks, 5),
        document_recall_20=metrics.recall_at(document_ranks, 20),
        refusal_precision=metrics.refusal_precision(refused, answerable),
        refusal_recall=metrics.refusal_recall(refused, answerable),
        coverage_at_95=metrics.coverage_at_precision(confidences, supported, answerable, precision=PRECISION),
        ece=metrics.expected_calibration_error(confidences, supported),
        aurc=metrics.aurc(confidences, supported),
        auroc=metrics.auroc(confidences, answerable),
    )
