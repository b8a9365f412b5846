"""Development questions → the weights of the confidence model.

In: suites of questions with their corpora. Out: `assistant/reading/confidence.json`. Two logistic regressions
(scikit-learn, an extra of the package): one orders the candidates of a question, by pairs of a right and a wrong one
(Joachims 2002); one says how likely the first of them is right, over all questions, unanswerable ones included.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering import Assistant
from assistant.errors import SettingsError
from assistant.evaluation.cases import Case, Suite, load_suite
from assistant.evaluation.gold import normalised
from assistant.evaluation.judging import supports
from assistant.reading.candidates import Evidence, Wanted, candidates
from assistant.reading.confidence import RANKED_BY, ConfidenceModel, LogisticModel, answer_features
from assistant.reading.structure import looked_up
from assistant.reading.whole_lists import listed
from assistant.search.retrieve import Hit
from assistant.settings import read_settings
from assistant.understanding import Request

Rows = NDArray[np.float64]
# Follow-ups on the first 103 pages of doc2dial, 220 of them: with 0, 15, 30 and 50 the first candidate is in the right
# document for .63, .76, .81 and .83 and holds gold words for .41, .46, .48 and .49; the more, the stickier.
CONVERSATION = 30.0
PENALTY = 1.0  # inverse strength, the best of .3, 1 and 3, cross-validated on the development questions
CONSTANT = 1e-9  # a smaller spread is rounding: the feature tells nothing apart
MOST_WRONG = 20  # pairs of one question, so that long documents do not outweigh short ones


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with the evidence of all its candidates: which hold a part of the gold, and which answer it all.

    `structure` says whether the documents' own numbering and lists, which are asked first, were right; None where they
    give no answer, and the candidates decide.
    """

    evidence: tuple[Evidence, ...]
    helpful: tuple[bool, ...]
    right: tuple[bool, ...]
    structure: bool | None = None


def judge_candidates(assistant: Assistant, cases: Sequence[Case]) -> list[Judged]:
    """Read every question's candidates and compare them with its gold.

    Questions of several parts, and those that are answered without a search, are left out.
    """
    judged = []
    for case in cases:
        asked = assistant.understanding.of(Request(case.question, case.history))
        if len(asked.parts) != 1:
            continue
        question = asked.alone
        hits = assistant.search(question, limit=assistant.settings.candidates)
        found = candidates(Wanted(assistant.index, question), hits, reader=assistant.reader)
        documents = assistant.index.documents
        texts = [documents[one.hit.passage.document].text[one.span.start : one.span.end] for one in found]
        judged.append(
            Judged(
                evidence=tuple(one.evidence for one in found),
                helpful=tuple(_helps(case, text) for text in texts),
                right=tuple(case.answerable and supports(case, [text]) for text in texts),
                structure=_structure_is_right(assistant, case, question, hits),
            )
        )
    return judged


def _structure_is_right(assistant: Assistant, case: Case, question: str, hits: Sequence[Hit]) -> bool | None:
    index = assistant.index
    found = looked_up(question, index.outlines, index.links)
    if found is None:
        ranked = assistant.ranked(question, hits).candidates
        found = listed(question, index.outlines, index.links, index.terms, ranked)
    if found is None or not found.quotes:
        return None if found is None else not case.answerable
    texts = [index.documents[one.document].text[one.span.start : one.span.end] for one in found.quotes]
    return case.answerable and supports(case, texts)


def fit_suites(suites: Iterable[tuple[Assistant, Suite]]) -> ConfidenceModel:
    """Fit on the development questions of suites; those marked "test" are never looked at."""
    judged = [
        judge_candidates(assistant, [case for case in suite.questions if case.split != "test"])
        for assistant, suite in suites
    ]
    return fit([question for of_suite in judged for question in of_suite])


def _helps(case: Case, text: str) -> bool:
    """Whether the text holds a gold string of any rival and nothing forbidden."""
    quote = normalised(text)
    held = any(normalised(gold) in quote for rival in case.rivals for gold in rival.gold)
    return held and not any(normalised(forbidden) in quote for forbidden in case.forbidden)


def fit(questions: Sequence[Judged]) -> ConfidenceModel:
    """Fit both regressions. Raises `SettingsError` where scikit-learn is not installed."""
    structured = [question.structure for question in questions if question.structure is not None]
    structure = round((sum(structured) + 1) / (len(structured) + 2), 4)  # the rule of succession (Laplace)
    questions = [question for question in questions if question.structure is None]
    rank = LogisticModel(0.0, _weights(RANKED_BY, *_pairs(questions), intercept=False)[1])
    first = ConfidenceModel(rank, rank, structure, CONVERSATION)
    rows, labels = [], []
    names: tuple[str, ...] = ()
    for question in questions:
        if question.evidence:
            order = sorted(range(len(question.evidence)), key=lambda number: -first.place(question.evidence[number]))
            best, *others = [first.score(question.evidence[number]) for number in order[:2]]
            second = max(others, default=0.0)
            features = answer_features(question.evidence[order[0]], best=best, second=second)
            names = tuple(features)
            rows.append(list(features.values()))
            labels.append(question.right[order[0]])
    intercept, weights = _weights(names, np.array(rows), np.array(labels), intercept=True)
    return ConfidenceModel(rank, LogisticModel(intercept, weights), structure, CONVERSATION)


def write_confidence(model: ConfidenceModel, path: Path) -> None:
    """Write the fitted weights as JSON."""
    path.write_text(json.dumps(asdict(model), indent=1) + "\n", encoding="utf-8")


def _pairs(questions: Sequence[Judged]) -> tuple[Rows, NDArray[np.bool_]]:
    """Differences of features: right minus wrong (label true), and the same turned round."""
    differences: list[Rows] = []
    for question in questions:
        rows = np.array([[getattr(evidence, name) for name in RANKED_BY] for evidence in question.evidence])
        right = [row for row, fits in zip(rows, question.helpful, strict=True) if fits]
        wrong = [row for row, fits in zip(rows, question.helpful, strict=True) if not fits][:MOST_WRONG]
        differences += [good - bad for good in right for bad in wrong]
    forward = np.array(differences)
    return np.vstack([forward, -forward]), np.repeat([True, False], len(forward))


def _weights(
    names: Sequence[str], rows: Rows, labels: NDArray[np.bool_], *, intercept: bool
) -> tuple[float, dict[str, float]]:
    try:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (an extra; fitting only)
    except ImportError:
        raise SettingsError("fitting needs scikit-learn; run `pip install scikit-learn`") from None
    spread = rows.std(axis=0)
    spread[spread < CONSTANT] = 1.0
    # The penalty must not depend on a feature's unit, so each is fitted in its own spread.
    fitted: Any = LogisticRegression(C=PENALTY, fit_intercept=intercept, max_iter=5000).fit(rows / spread, labels)
    base = round(float(fitted.intercept_[0]), 4) if intercept else 0.0
    weights = fitted.coef_[0] / spread
    return base, {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def main() -> None:
    """Fit on suites, each with the index of its documents, and write the weights into the package."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument(
        "--suite", nargs=2, action="append", metavar=("SUITE", "INDEX"), help="default: eval and the index in force"
    )
    chosen = parser.parse_args().suite or [["eval", str(read_settings().index)]]
    suites = [(Assistant.open(read_settings(index=Path(index))), load_suite(Path(suite))) for suite, index in chosen]
    write_confidence(fit_suites(suites), Path(__file__).parent.parent / "reading" / "confidence.json")


if __name__ == "__main__":
    main()
