"""A suite and an assistant → a report.

In: the folder of a suite and what answers (an `Assistant`, or anything that asks and searches like one). Out: an
`EvaluationReport`. Conversations are asked turn by turn, with the answers that were really given as their history.
"""

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import Progress

from assistant.answering import Answer, Assistant
from assistant.dialogue.followups import Turn
from assistant.documents.document import Document
from assistant.errors import SettingsError
from assistant.evaluation.cases import Case, Conversation, Suite, load_suite
from assistant.evaluation.gates import GATES, Gate, check_gates, load_gates
from assistant.evaluation.gold import Library
from assistant.evaluation.html import write_html
from assistant.evaluation.judging import Outcome, judge
from assistant.evaluation.report import EvaluationReport, SetReport, write_json
from assistant.evaluation.summary import forms, groups
from assistant.search.retrieve import Hit
from assistant.settings import Settings

DEPTH = 20
JSON_REPORT = "report.json"
HTML_REPORT = "report.html"


class Documents(Protocol):
    """What an evaluation needs of an index."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The stored documents by id."""

    @property
    def version(self) -> str:
        """The version's name."""


class Answering(Protocol):
    """What an evaluation needs of an assistant."""

    @property
    def index(self) -> Documents:
        """The index that it answers from."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question in its conversation."""

    def search(self, question: str, *, limit: int) -> list[Hit]:
        """The best passages for a standalone question, best first."""


def run_evaluation(settings: Settings, suite: Path, report_dir: Path | None) -> EvaluationReport:
    """Evaluate the index that the settings name; write report.json and report.html into `report_dir`, if given.

    Raises `QuestionError` for the suite, `SettingsError` for its gates, `StaleIndexError` for the index.
    """
    loaded, gates = load_suite(suite), load_gates(suite / GATES)
    with Progress(
        console=Console(stderr=True), transient=True, disable=not Console(stderr=True).is_terminal
    ) as progress:
        total = len(loaded.questions) + sum(len(one.turns) for one in loaded.conversations)
        task = progress.add_task("asking", total=total)
        report = evaluate(
            Assistant.open(settings),
            loaded,
            gates=gates,
            settings=settings.model_dump(mode="json"),
            asked=lambda: progress.advance(task),
        )
    if report_dir is not None:
        report_dir.mkdir(parents=True, exist_ok=True)
        write_json(report, report_dir / JSON_REPORT)
        write_html(report, report_dir / HTML_REPORT)
    return report


def evaluate(
    assistant: Answering,
    suite: Suite,
    *,
    gates: Sequence[Gate] = (),
    settings: Mapping[str, Any] | None = None,
    asked: Callable[[], None] = lambda: None,
) -> EvaluationReport:
    """Ask everything and measure; `asked` is called after each question."""
    library = Library(assistant.index.documents)
    sets = []
    if suite.questions:
        outcomes = []
        for case in suite.questions:
            outcomes.append(_ask(assistant, case, case.history, library))
            asked()
        sets.append(_set_report("questions", outcomes))
    if suite.conversations:
        turns = (_converse(assistant, conversation, library, asked) for conversation in suite.conversations)
        sets.append(_set_report("conversations", [outcome for conversation in turns for outcome in conversation]))
    _all_sets_are_there(gates, sets)
    return EvaluationReport(
        suite=suite.folder.resolve().name,
        index_version=assistant.index.version,
        commit=commit(),
        settings=settings or {},
        sets=tuple(sets),
        gates=tuple(gates),
        failures=tuple(failure for one in sets for failure in check_gates(gates, one.name, (*one.groups, *one.forms))),
    )


def commit() -> str:
    """The commit of the working folder, with "+" where files differ from it; "unknown" outside a repository."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        # The last report is committed too; that it is about to change says nothing about what was measured.
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":(exclude)*/{JSON_REPORT}")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name}+" if changed else name


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _converse(
    assistant: Answering, conversation: Conversation, library: Library, asked: Callable[[], None]
) -> Iterable[Outcome]:
    history: tuple[Turn, ...] = ()
    for case in conversation.turns:
        outcome = _ask(assistant, case, history, library)
        history += outcome.answer.turns()
        asked()
        yield outcome


def _ask(assistant: Answering, case: Case, history: Sequence[Turn], library: Library) -> Outcome:
    answer = assistant.ask(case.question, history)
    hits = assistant.search(answer.standalone_question, limit=DEPTH)
    return Outcome(case, answer, judge(case, answer, [hit.passage for hit in hits], library))


def _set_report(name: str, outcomes: Sequence[Outcome]) -> SetReport:
    return SetReport(name, groups(outcomes), forms(outcomes), tuple(outcomes))


def _all_sets_are_there(gates: Sequence[Gate], sets: Sequence[SetReport]) -> None:
    names = [one.name for one in sets]
    for gate in gates:
        if gate.set not in names:
            raise SettingsError(
                f"gate {gate.name!r} is on a set that the suite does not have; it has {', '.join(names)}"
            )
