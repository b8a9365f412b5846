"""Measurements → a report: tables for a terminal, and report.json.

In: the outcomes of each set with index version, settings and commit. Out: an `EvaluationReport`, what a terminal shows,
and JSON. The page is made in html.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rich.console import Group as Renderables
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from assistant.evaluation.gates import Gate, GateFailure, number
from assistant.evaluation.judging import Outcome
from assistant.evaluation.metrics import Share
from assistant.evaluation.summary import Group, Metrics

DIGITS = 4


@dataclass(frozen=True, slots=True)
class SetReport:
    """One set: "questions", or the turns of "conversations"."""

    name: str
    groups: tuple[Group, ...]
    forms: tuple[Group, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Everything that one evaluation found. It passed when no gate failed."""

    suite: str
    index_version: str
    commit: str
    settings: Mapping[str, Any]
    sets: tuple[SetReport, ...]
    gates: tuple[Gate, ...]
    failures: tuple[GateFailure, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate was reached."""
        return not self.failures


def terminal(report: EvaluationReport) -> RenderableType:
    """What `chapterverse eval` prints: metrics, forms and gates."""
    parts: list[RenderableType] = [Text(f"{report.suite}: index {report.index_version}, commit {report.commit}")]
    for one in report.sets:
        parts += [_metrics_table(one), _forms_table(one)]
    return Renderables(*parts, verdict(report))


def verdict(report: EvaluationReport) -> Text:
    """One line for the gates, and one for each that failed."""
    if not report.gates:
        return Text("no gates: this suite has no gates.toml", style="yellow")
    if report.passed:
        return Text(f"all {len(report.gates)} gates passed", style="green")
    lines = [f"{len(report.failures)} of {len(report.gates)} gates failed", *map(str, report.failures)]
    return Text("\n  ".join(lines), style="red")


def shown(value: Share | float | int | None) -> str:
    """A metric as people read it: "0.812 (130/160)", "0.034", "–"."""
    if isinstance(value, Share):
        return "–" if value.value is None else f"{value.value:.3f} ({value.yes}/{value.of})"
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def interval(value: Share) -> str:
    """The 95% interval of a share: "0.74–0.87"."""
    found = value.interval
    return "–" if found is None else f"{found.low:.2f}–{found.high:.2f}"


def metric_names() -> tuple[str, ...]:
    """The fields of `Metrics`, in their order."""
    return tuple(field.name for field in fields(Metrics))


def write_json(report: EvaluationReport, path: Path) -> None:
    """Write the report for machines: one line a group and one a question, so that two reports can be compared."""
    path.write_text(_json(report), encoding="utf-8", newline="\n")


def _metrics_table(one: SetReport) -> Table:
    table = Table(title=f"{one.name}: metrics", title_justify="left")
    table.add_column("metric", no_wrap=True)
    for group in one.groups:
        table.add_column(group.name, justify="right", no_wrap=True)
    for name in metric_names():
        # Without the counts behind a share: a terminal of 80 columns has no room for them, and the page holds them.
        table.add_row(name, *(shown(number(getattr(group.metrics, name))) for group in one.groups))
    return table


def _forms_table(one: SetReport) -> Table:
    table = Table(title=f"{one.name}: by form", title_justify="left")
    for column in ("form", "n", "right", "95%", "evidence F1", "passage@5"):
        table.add_column(column, justify="left" if column == "form" else "right", no_wrap=True)
    for form in one.forms:
        found = form.metrics
        table.add_row(
            form.name,
            str(found.questions),
            shown(number(found.right)),
            interval(found.right),
            shown(found.evidence_f1),
            shown(number(found.passage_recall_5)),
        )
    return table


def _json(report: EvaluationReport) -> str:
    head = {
        "suite": report.suite,
        "index_version": report.index_version,
        "commit": report.commit,
        "settings": dict(report.settings),
        "passed": report.passed,
        "failures": [asdict(failure.gate) | {"value": failure.value} for failure in report.failures],
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    lines += [f"{json.dumps(one.name)}: {_set_json(one)}" for one in report.sets]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _set_json(one: SetReport) -> str:
    parts = {
        "groups": _object(one.groups),
        "forms": _object(one.forms),
        "outcomes": "[\n"
        + ",\n".join(json.dumps(_outcome(outcome), ensure_ascii=False) for outcome in one.outcomes)
        + "\n]",
    }
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {value}" for key, value in parts.items()) + "\n}"


def _object(groups: Sequence[Group]) -> str:
    lines = (f"{json.dumps(group.name)}: {json.dumps(_metrics(group.metrics))}" for group in groups)
    return "{\n" + ",\n".join(lines) + "\n}"


def _metrics(found: Metrics) -> dict[str, Any]:
    return {name: _number(getattr(found, name)) for name in metric_names()}


def _number(value: Share | float | int | None) -> Any:
    if isinstance(value, Share):
        bounds = value.interval
        return {
            "value": _number(value.value),
            "yes": value.yes,
            "of": value.of,
            "low": _number(bounds.low if bounds else None),
            "high": _number(bounds.high if bounds else None),
        }
    return round(value, DIGITS) if isinstance(value, float) else value


def _outcome(outcome: Outcome) -> dict[str, Any]:
    case, answer, judgement = outcome.case, outcome.answer, outcome.judgement
    return {
        "id": case.id,
        "form": case.form,
        "split": case.split,
        "answerable": case.answerable,
        "right": judgement.right,
        "status": answer.status,
        "confidence": answer.confidence,
        "candidate_right": judgement.candidate_right,
        "evidence_f1": _number(judgement.evidence.f1 if judgement.evidence else None),
        "passage_rank": judgement.passage_rank,
        "document_rank": judgement.document_rank,
        "places": [[one.document, one.start, one.end] for one in answer.citations],
    }
