import io
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from evaluation_examples import DOCUMENTS, answer, case, citation, passage
from rich.console import Console

from assistant.evaluation.charts import reliability_chart, risk_coverage_chart, share_bar
from assistant.evaluation.gates import Gate, GateFailure
from assistant.evaluation.gold import Library
from assistant.evaluation.html import page, write_html
from assistant.evaluation.judging import Outcome, judge
from assistant.evaluation.metrics import Bin, Point, Share
from assistant.evaluation.report import EvaluationReport, SetReport, interval, shown, terminal, write_json
from assistant.evaluation.summary import forms, groups, measure

OPENS = "The office opens at nine."
CLOSES = "It closes at five."


def outcomes() -> list[Outcome]:
    """Right; wrong; wrongly refused; rightly refused; wrongly answered."""
    library, found = Library(DOCUMENTS), [passage(CLOSES), passage(OPENS)]
    opening = case("a", gold=["opens at nine"], evidence=[OPENS], answer="nine", split="dev")
    pairs = [
        (opening, answer(citation(OPENS), confidence=0.9)),
        (case("b", gold=["opens at nine"], forbidden=["five"], form="typo"), answer(citation(CLOSES), confidence=0.8)),
        (case("c", gold=["closes at five"], form="typo"), answer(closest=[citation(CLOSES)], confidence=0.4)),
        (case("d", form="gibberish", follows=True), answer(confidence=0.1)),
        (case("e", question="<b>Cats & dogs?</b>", form="gibberish"), answer(citation(CLOSES), confidence=0.7)),
    ]
    return [Outcome(asked, said, judge(asked, said, found, library)) for asked, said in pairs]


def a_report(*failures: GateFailure) -> EvaluationReport:
    found = outcomes()
    gates = (Gate("questions", "all", "at_least", "right", 0.9),)
    one = SetReport("questions", groups(found), forms(found), tuple(found))
    return EvaluationReport("eval", "5c058481", "0123abc", {"threshold": 0.5}, (one,), gates, failures)


FAILURE = GateFailure(Gate("questions", "all", "at_least", "right", 0.9), 0.4)


def test_every_metric_by_hand() -> None:
    found = measure(outcomes())
    assert (found.questions, found.answerable) == (5, 3)
    assert (found.right, found.right_answerable) == (Share(2, 5), Share(1, 3))
    assert found.quote_exactness == Share(4, 4)
    assert found.evidence_f1 == found.evidence_precision == found.evidence_recall == pytest.approx(1 / 3)
    assert found.answer_held == Share(1, 1)
    assert found.answer_f1 == pytest.approx(1 / 3)
    assert found.document_first == Share(3, 3)
    assert (found.passage_recall_1, found.passage_recall_5, found.passage_recall_20) == (
        Share(1, 3),
        Share(3, 3),
        Share(3, 3),
    )
    assert found.document_recall_1 == Share(3, 3)
    assert (found.refusal_precision, found.refusal_recall) == (Share(1, 2), Share(1, 2))
    assert found.coverage_at_95 == Share(1, 3)
    # Confidences .9 .8 .7 .4 .1 with outcomes right wrong wrong right wrong; each is a bin of its own.
    assert found.ece == pytest.approx((0.1 + 0.8 + 0.7 + 0.6 + 0.1) / 5)
    assert found.aurc == pytest.approx((0 + 1 / 2 + 2 / 3 + 2 / 4 + 3 / 5) / 5)
    assert found.auroc == pytest.approx(5 / 6)


def test_nothing_measured_is_none_and_no_error() -> None:
    found = measure([])
    assert (found.right.value, found.evidence_f1, found.ece, found.aurc, found.auroc) == (None,) * 5


def test_groups_are_those_that_the_set_tells_apart() -> None:
    found = outcomes()
    assert [(one.name, one.metrics.questions) for one in groups(found)] == [
        ("all", 5),
        ("dev", 1),
        ("first_turns", 4),
        ("follow_ups", 1),
    ]
    assert [one.name for one in groups(found[1:3])] == ["all"]
    assert [(one.name, one.metrics.right) for one in forms(found)] == [
        ("plain", Share(1, 1)),
        ("typo", Share(0, 2)),
        ("gibberish", Share(1, 2)),
    ]


def test_numbers_as_people_read_them() -> None:
    assert shown(Share(13, 16)) == "0.812 (13/16)"
    assert shown(Share(0, 0)) == interval(Share(0, 0)) == shown(None) == "–"
    assert (shown(0.0343), shown(7)) == ("0.034", "7")
    assert interval(Share(7, 10)) == "0.40–0.89"


def printed(report: EvaluationReport, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(terminal(report))
    return console.export_text()


def test_the_terminal_shows_metrics_forms_and_gates() -> None:
    text = printed(a_report())
    assert "eval: index 5c058481, commit 0123abc" in text
    assert re.search(r"right\s+│\s+0\.400\s+│", text)
    assert re.search(r"typo\s+│\s+2\s+│\s+0\.000\s+│\s+0\.00–0\.66", text)
    assert "all 1 gates passed" in text
    narrow = printed(a_report(), width=80)
    assert "gibberish" in narrow
    assert "refusal_precision" in narrow
    assert "…" not in narrow
    failed = printed(a_report(FAILURE))
    assert "1 of 1 gates failed" in failed
    assert "questions.all.at_least.right: 0.4000, gate 0.9" in failed


def as_json(report: EvaluationReport, folder: Path) -> Any:
    write_json(report, folder / "report.json")
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_the_report_for_machines_names_what_was_measured(tmp_path: Path) -> None:
    found = as_json(a_report(FAILURE), tmp_path)
    assert (found["index_version"], found["commit"], found["settings"]) == ("5c058481", "0123abc", {"threshold": 0.5})
    assert found["passed"] is False
    assert found["failures"] == [
        {"set": "questions", "group": "all", "bound": "at_least", "metric": "right", "limit": 0.9, "value": 0.4}
    ]
    right = found["questions"]["groups"]["all"]["right"]
    assert right == {"value": 0.4, "yes": 2, "of": 5, "low": 0.1176, "high": 0.7693}
    assert found["questions"]["forms"]["typo"]["right"]["value"] == 0
    assert [one["right"] for one in found["questions"]["outcomes"]] == [True, False, False, True, False]
    assert found["questions"]["outcomes"][0]["places"] == [["rules", 0, 25]]


def test_the_report_for_machines_keeps_one_question_a_line(tmp_path: Path) -> None:
    as_json(a_report(), tmp_path)
    lines = (tmp_path / "report.json").read_text(encoding="utf-8").split("\n")
    assert [line[:9] for line in lines if '"candidate_right"' in line] == [f'{{"id": "{name}' for name in "abcde"]


class Tags(HTMLParser):
    """Checks that what is opened is closed, and keeps what would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_fetches_nothing(tmp_path: Path) -> None:
    write_html(a_report(FAILURE), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    assert (tags.open, tags.fetched) == ([], [])
    assert "url(" not in text
    assert text.count('<svg class="chart"') == 2


def test_the_page_escapes_what_was_asked_and_lists_every_wrong_question() -> None:
    text = page(a_report(FAILURE))
    assert "<b>Cats" not in text
    assert "&lt;b&gt;Cats &amp; dogs?&lt;/b&gt;" in text
    assert "Wrong questions: 3 of 5" in text
    wrong = text[text.index("Wrong questions") :]
    assert wrong.count("<article>") == 3
    assert "expected: <q>opens at nine</q>" in wrong
    assert "said what does not belong: <q>five</q>" in wrong
    assert f"<blockquote>{CLOSES}<br>" in wrong
    assert "nothing: it is unanswerable" in wrong
    assert "index <code>5c058481</code>, commit <code>0123abc</code>" in text.replace("Index", "index")
    assert "threshold = 0.5" in text
    assert "questions.all.at_least.right: 0.4000, gate 0.9" in text
    assert "All 1 gates passed." in page(a_report())


def svg(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_the_curve_goes_through_its_points() -> None:
    drawn = svg(risk_coverage_chart([Point(0.9, 1, 0.5, 0.0), Point(0.1, 2, 1.0, 0.5)]))
    line = drawn.find("polyline")
    assert line is not None
    # 300 wide from x = 44; 300 high from y = 12 down; the axis goes up to 0.55, so 0.5 stands at 12 + 300 - 272.7.
    assert line.get("points") == "194.0,312.0 344.0,39.3"


def test_the_diagram_has_a_dot_for_each_bin() -> None:
    drawn = svg(reliability_chart([Bin(10, 0.25, 0.5), Bin(10, 1.0, 1.0)]))
    dots = [(dot.get("cx"), dot.get("cy")) for dot in drawn.iter("circle")]
    assert dots == [("119.0", "162.0"), ("344.0", "12.0")]
    assert "10 answers: confidence 0.250, right 0.500" in "".join(drawn.itertext())


def test_a_bar_shows_share_and_interval() -> None:
    drawn = svg(share_bar(0.4, 0.7, 0.9))
    assert [(one.get("x"), one.get("width")) for one in drawn.findall("rect")] == [
        (None, "100"),
        (None, "70.0"),
        ("40.0", "50.0"),
    ]
