"""Questions with a history, answered end to end in every way → how the road compares with simpler ones.

In: a question set whose rows have histories, and the index of all its documents. Out: for first questions and for each
way to ask later ones the share whose first quote is in the right document (document@1) and the mean F1 of the words
quoted, with p against the road. Every question is answered, however little the answer is trusted.

    python -m assistant.evaluation.followup_answers --index DIR --questions DIR [--last 40] [--turns 150]
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from assistant.answering import Answer, Assistant
from assistant.evaluation.cases import Case, load_suite
from assistant.evaluation.followups import OURS, RIVALS
from assistant.evaluation.gold import Library
from assistant.evaluation.judging import judge
from assistant.evaluation.metrics import mean, share
from assistant.evaluation.report import shown
from assistant.evaluation.significance import mcnemar, randomised
from assistant.settings import read_settings

SEED = 7
FIRST = "first questions"
UNSEEN = "standalone question"  # the road does it itself, and more


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One way to ask: for each case whether the first quote's document is right, and the F1 of the words quoted."""

    name: str
    document: tuple[bool, ...]
    evidence: tuple[float, ...]


def compare_answers(assistant: Assistant, cases: Sequence[Case]) -> tuple[AnswerRow, ...]:
    """Answer every case in every way; the last row is the road's own, with the history as it is."""
    library = Library(assistant.index.documents)
    rows = [
        answer_row(name, cases, (assistant.ask(ask(case.question, case.history)) for case in cases), library)
        for name, ask in RIVALS.items()
        if name != UNSEEN
    ]
    ours = (assistant.ask(case.question, case.history) for case in cases)
    return (*rows, answer_row(OURS, cases, ours, library))


def answer_row(name: str, cases: Sequence[Case], answers: Iterable[Answer], library: Library) -> AnswerRow:
    """Judge one answer a case."""
    judged = [judge(case, answer, (), library) for case, answer in zip(cases, answers, strict=True)]
    return AnswerRow(
        name,
        document=tuple(bool(one.document_first) for one in judged),
        evidence=tuple(one.evidence.f1 if one.evidence else 0.0 for one in judged),
    )


def answer_table(title: str, rows: Sequence[AnswerRow]) -> Table:
    """The comparison for a terminal; p compares each row with the last one."""
    table = Table(title=title, title_justify="left")
    for column in ("asked with", "document@1", "p", "evidence F1", "p"):
        table.add_column(column, justify="left" if column == "asked with" else "right")
    ours = rows[-1]
    for row in rows:
        beside = ["", ""]
        if row is not ours:
            beside = [
                f"{p:.2g}" for p in (mcnemar(ours.document, row.document), randomised(ours.evidence, row.evidence))
            ]
        table.add_row(row.name, shown(share(row.document)), beside[0], f"{mean(row.evidence) or 0:.3f}", beside[1])
    return table


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="compare ways to answer a question in a conversation")
    parser.add_argument("--index", type=Path, required=True, help="index of the documents that the questions are about")
    parser.add_argument("--questions", type=Path, required=True, help="folder with questions.jsonl")
    parser.add_argument("--last", type=int, default=40, help="only questions about the last documents by name")
    parser.add_argument("--turns", type=int, default=150, help="how many questions with a history are drawn (0: none)")
    options = parser.parse_args()
    questions = load_suite(options.questions).questions
    kept = set(sorted({case.document for case in questions})[-options.last :])
    cases = [case for case in questions if case.answerable and case.document in kept]
    assistant = Assistant.open(read_settings(index=options.index, threshold=0.0))
    console, library = Console(), Library(assistant.index.documents)
    first = [case for case in cases if not case.history]
    answers = (assistant.ask(case.question) for case in first)
    console.print(answer_table("without a history", [answer_row(FIRST, first, answers, library)]))
    later = [case for case in cases if case.history]
    if options.turns:
        drawn = Random(SEED).sample(later, min(options.turns, len(later)))
        console.print(answer_table("with a history", compare_answers(assistant, drawn)))


if __name__ == "__main__":
    main()
