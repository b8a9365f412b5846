"""Questions with a history → how well each way of making them stand alone does.

In: a question set whose rows have histories, and rewrites by people (CANARD, Elgohary et al. 2019). Out: for each rival
passage@5 and document@1 of the search with McNemar's exact p against ours; for the rewriting the words that it shares
with the person's, and how often it sees that a question needs rewriting.

    python -m assistant.evaluation.followups --index DIR --questions FILE --rewrites FILE [--last 40]
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.dialogue.context import context_of
from assistant.dialogue.followups import Turn, standalone
from assistant.evaluation.cases import Case, load_suite
from assistant.evaluation.gold import Library, overlaps
from assistant.evaluation.metrics import Share, mean, share
from assistant.evaluation.report import shown
from assistant.evaluation.significance import mcnemar
from assistant.search.index import Index, open_index
from assistant.search.retrieve import Hit, retrieve
from assistant.searching import Sought, search
from assistant.settings import read_settings

LIMIT = 20
PASSAGES = 5
OURS = "ours"
Asking = Callable[[str, Sequence[Turn]], str]


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One way to search: which cases found a gold passage among the first five, and a gold document first."""

    name: str
    passage: tuple[bool, ...]
    document: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A question, its history, and the question as a person made it stand alone."""

    question: str
    history: tuple[Turn, ...]
    rewrite: str


@dataclass(frozen=True, slots=True)
class RewriteRow:
    """One way to rewrite: mean F1 of the words, and how it tells the questions that need rewriting."""

    name: str
    f1: float | None
    precision: Share
    recall: Share


def last_question(question: str, history: Sequence[Turn]) -> str:
    """The question after the one before it."""
    return " ".join([*_asked(history)[-1:], question])


def all_questions(question: str, history: Sequence[Turn]) -> str:
    """The question after all before it."""
    return " ".join([*_asked(history), question])


def previous_answer(question: str, history: Sequence[Turn]) -> str:
    """The question after the assistant's last message."""
    answers = [turn.content for turn in history if turn.role == "assistant"]
    return " ".join([*answers[-1:], question])


def everything(question: str, history: Sequence[Turn]) -> str:
    """The question after every message."""
    return " ".join([*(turn.content for turn in history), question])


RIVALS: Mapping[str, Asking] = {
    "question alone": lambda question, _history: question,
    "last question + question": last_question,
    "all questions": all_questions,
    "previous answer + question": previous_answer,
    "all messages": everything,
    "standalone question": standalone,
}


def compare_searches(index: Index, cases: Sequence[Case]) -> tuple[SearchRow, ...]:
    """Search for every case in every way; the last row is ours, the standalone question in its context."""
    library = Library(index.documents)
    located = [library.locate(case) for case in cases]
    found = {
        name: retrieve(index, [ask(case.question, case.history) for case in cases], limit=LIMIT)
        for name, ask in RIVALS.items()
    }
    found[OURS] = search_in_context(index, cases)
    return tuple(
        SearchRow(
            name,
            passage=tuple(
                any(overlaps(hit.passage, places) for hit in hits[:PASSAGES])
                for hits, places in zip(all_hits, located, strict=True)
            ),
            document=tuple(
                bool(hits) and hits[0].passage.document in {place.document for place in places}
                for hits, places in zip(all_hits, located, strict=True)
            ),
        )
        for name, all_hits in found.items()
    )


def search_in_context(index: Index, cases: Sequence[Case]) -> list[list[Hit]]:
    """The hits for the standalone questions, each kept to its conversation."""
    sought = [
        Sought(standalone(case.question, case.history), context_of(case.question, case.history)) for case in cases
    ]
    return search(index, sought, limit=LIMIT)


def compare_rewrites(rewrites: Sequence[Rewrite]) -> tuple[RewriteRow, ...]:
    """Measure every rival against the person's rewrites."""
    return tuple(_rewrite_row(name, ask, rewrites) for name, ask in RIVALS.items())


def load_rewrites(path: Path) -> tuple[Rewrite, ...]:
    """Read CANARD's JSON; the two titles that open a history count as the first exchange."""
    return tuple(
        Rewrite(
            question=row["Question"],
            history=tuple(
                Turn("assistant" if place % 2 else "user", said) for place, said in enumerate(row["History"])
            ),
            rewrite=row["Rewrite"],
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    )


def token_f1(text: str, gold: str) -> float:
    """Harmonic mean of precision and recall of the words, each counted as often as it stands."""
    ours, theirs = _tokens(text), _tokens(gold)
    common = (Counter(ours) & Counter(theirs)).total()
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def search_table(rows: Sequence[SearchRow]) -> Table:
    """The comparison for a terminal; p compares each rival with the last row."""
    ours = rows[-1]
    table = Table(title="search with a history", title_justify="left")
    for column in ("way", "passage@5", "p", "document@1", "p"):
        table.add_column(column, justify="left" if column == "way" else "right")
    for row in rows:
        beside = ["", ""] if row is ours else [_p(ours.passage, row.passage), _p(ours.document, row.document)]
        table.add_row(row.name, shown(share(row.passage)), beside[0], shown(share(row.document)), beside[1])
    return table


def rewrite_table(rows: Sequence[RewriteRow]) -> Table:
    """The comparison for a terminal."""
    table = Table(title="rewriting against a person's", title_justify="left")
    for column in ("way", "F1", "precision", "recall"):
        table.add_column(column, justify="left" if column == "way" else "right")
    for row in rows:
        table.add_row(row.name, f"{row.f1 or 0:.3f}", shown(row.precision), shown(row.recall))
    return table


def _rewrite_row(name: str, ask: Asking, rewrites: Sequence[Rewrite]) -> RewriteRow:
    made = [ask(one.question, one.history) for one in rewrites]
    changed = [_tokens(text) != _tokens(one.question) for text, one in zip(made, rewrites, strict=True)]
    needed = [_tokens(one.rewrite) != _tokens(one.question) for one in rewrites]
    return RewriteRow(
        name,
        f1=mean(token_f1(text, one.rewrite) for text, one in zip(made, rewrites, strict=True)),
        precision=share(need for did, need in zip(changed, needed, strict=True) if did),
        recall=share(did for did, need in zip(changed, needed, strict=True) if need),
    )


def _asked(history: Sequence[Turn]) -> list[str]:
    return [turn.content for turn in history if turn.role == "user"]


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _p(ours: Sequence[bool], theirs: Sequence[bool]) -> str:
    return f"{mcnemar(ours, theirs):.2g}"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="compare ways to make a question stand alone")
    parser.add_argument("--index", type=Path, required=True, help="index of the documents that the questions are about")
    parser.add_argument(
        "--questions", type=Path, required=True, help="folder with questions.jsonl, rows with histories"
    )
    parser.add_argument("--rewrites", type=Path, required=True, help="CANARD's JSON")
    parser.add_argument("--last", type=int, default=40, help="only questions about the last documents by name")
    options = parser.parse_args()
    questions = load_suite(options.questions).questions
    kept = set(sorted({case.document for case in questions})[-options.last :])
    cases = [case for case in questions if case.history and case.answerable and case.document in kept]
    console = Console()
    console.print(search_table(compare_searches(open_index(read_settings(index=options.index)), cases)))
    console.print(rewrite_table(compare_rewrites(load_rewrites(options.rewrites))))


if __name__ == "__main__":
    main()
