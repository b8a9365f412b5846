"""A report → one self-contained HTML page, charts included; it opens without a network.

In: an `EvaluationReport`. Out: the page as text. Everything that came from a document or a question is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from assistant.documents.citations import Citation
from assistant.evaluation.charts import reliability_chart, risk_coverage_chart, share_bar
from assistant.evaluation.gold import normalised
from assistant.evaluation.judging import Outcome
from assistant.evaluation.metrics import Share, calibration_bins, risk_coverage
from assistant.evaluation.report import EvaluationReport, SetReport, interval, metric_names, shown
from assistant.evaluation.summary import Group

_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1c2530, #e4e8ec); --soft: light-dark(#5b6775, #9aa6b2);
  --line: light-dark(#d5dbe1, #39424c); --accent: light-dark(#14568f, #7db8ec); --bad: light-dark(#a4262c, #ff8d85);
  --good: light-dark(#1d6b3a, #7fd79c); --paper: light-dark(#fff, #161b21); }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 72rem;
  margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; } .charts { display: flex; flex-wrap: wrap; gap: 2rem; }
figure { margin: 0; width: 23rem; max-width: 100%; } figcaption, .soft { color: var(--soft); font-size: .9rem; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.frame { fill: none; stroke: var(--line); } .guide { stroke: var(--soft); stroke-dasharray: 4 4; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; }
.dot { fill: var(--accent); } .gap { stroke: var(--bad); }
.bar { width: 8rem; height: .7rem; } .rail { fill: var(--line); } .fill { fill: var(--accent); opacity: .7; }
.range { fill: var(--ink); } .bad { color: var(--bad); } .good { color: var(--good); }
article { border-top: 1px solid var(--line); padding: .75rem 0; } article h3 { margin: 0; font-size: 1rem; }
article p { margin: .25rem 0; }
blockquote { margin: .25rem 0; padding-left: .75rem; border-left: 3px solid var(--line); }
code { overflow-wrap: anywhere; }
"""


def write_html(report: EvaluationReport, path: Path) -> None:
    """Write the page."""
    path.write_text(page(report), encoding="utf-8", newline="\n")


def page(report: EvaluationReport) -> str:
    """The whole page."""
    settings = ", ".join(f"{name} = {value}" for name, value in report.settings.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation of {escape(report.suite)}</title><style>{_STYLE}</style></head>\n<body>"
        f"<h1>Evaluation of {escape(report.suite)}</h1>"
        f"<p>Index <code>{escape(report.index_version)}</code>, commit <code>{escape(report.commit)}</code></p>"
        f'<p class="soft">Settings: <code>{escape(settings)}</code></p>{_gates(report)}'
        + "".join(_set(one) for one in report.sets)
        + "</body>\n</html>\n"
    )


def _gates(report: EvaluationReport) -> str:
    if not report.gates:
        return '<p class="soft">This suite has no gates.</p>'
    if report.passed:
        return f'<p class="good">All {len(report.gates)} gates passed.</p>'
    failures = "".join(f"<li>{escape(str(failure))}</li>" for failure in report.failures)
    return f'<p class="bad">{len(report.failures)} of {len(report.gates)} gates failed:</p><ul>{failures}</ul>'


def _set(one: SetReport) -> str:
    confidences = [outcome.answer.confidence for outcome in one.outcomes]
    right = [outcome.judgement.candidate_right for outcome in one.outcomes]
    wrong = [outcome for outcome in one.outcomes if not outcome.judgement.right]
    return (
        f"<h2>{escape(one.name.capitalize())}</h2>{_forms(one.forms)}"
        f'<div class="charts"><figure>{risk_coverage_chart(risk_coverage(confidences, right))}'
        "<figcaption>If the threshold were lowered from left to right: how many questions would be answered, and "
        "how many of those answers would be wrong.</figcaption></figure>"
        f"<figure>{reliability_chart(calibration_bins(confidences, right))}"
        "<figcaption>Confidence against the share that is right, ten bins of equal size.</figcaption></figure></div>"
        f"{_metrics(one.groups)}<h2>Wrong {escape(one.name)}: {len(wrong)} of {len(one.outcomes)}</h2>"
        + "".join(_wrong(outcome) for outcome in wrong)
    )


def _forms(forms: Sequence[Group]) -> str:
    rows = (
        [
            escape(form.name),
            str(form.metrics.questions),
            shown(form.metrics.right),
            _bar(form.metrics.right),
            interval(form.metrics.right),
            shown(form.metrics.evidence_f1),
            shown(form.metrics.passage_recall_5),
        ]
        for form in forms
    )
    return _table(["form", "n", "right", "", "95% interval", "evidence F1", "gold passage in 5"], rows)


def _metrics(groups: Sequence[Group]) -> str:
    rows = ([name, *(shown(getattr(group.metrics, name)) for group in groups)] for name in metric_names())
    return _table(["metric", *(escape(group.name) for group in groups)], rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _bar(value: Share) -> str:
    found = value.interval
    return share_bar(found.low, value.yes / value.of, found.high) if found else ""


def _wrong(outcome: Outcome) -> str:
    case, answer = outcome.case, outcome.answer
    alone = answer.standalone_question
    searched = f'<p class="soft">searched as: {escape(alone)}</p>' if alone != case.question else ""
    expected = " <em>or</em> ".join(_strings(rival.gold) for rival in case.rivals) or "nothing: it is unanswerable"
    held = "".join(_quote(citation) for citation in answer.citations) or "<p>nothing</p>"
    withheld = "" if answer.citations else "".join(_quote(citation) for citation in answer.closest[:1])
    closest = f'<p class="soft">closest:</p>{withheld}' if withheld else ""
    return (
        f"<article><h3>{escape(case.question)}</h3>{searched}"
        f'<p class="soft">{escape(case.id)}, {escape(case.form)}; {answer.status} with confidence '
        f"{answer.confidence:.3f}; gold passage at rank {outcome.judgement.passage_rank or '–'}</p>"
        f"<p>expected: {expected}</p>{_forbidden(outcome)}<p>said:</p>{held}{closest}</article>"
    )


def _forbidden(outcome: Outcome) -> str:
    quotes = normalised("\n".join(citation.quote for citation in outcome.answer.citations))
    held = [string for string in outcome.case.forbidden if normalised(string) in quotes]
    return f'<p class="bad">said what does not belong: {_strings(held)}</p>' if held else ""


def _strings(strings: Iterable[str]) -> str:
    return ", ".join(f"<q>{escape(string)}</q>" for string in strings)


def _quote(citation: Citation) -> str:
    place = f"{citation.document} {citation.start}–{citation.end}, {' › '.join(citation.section_path)}"
    return f'<blockquote>{escape(citation.quote)}<br><span class="soft">{escape(place)}</span></blockquote>'
