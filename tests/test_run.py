import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from evaluation_examples import FakeAssistant, answer, citation, passage

from assistant.answering import Assistant
from assistant.dialogue.followups import Place, Turn
from assistant.errors import QuestionError, SettingsError
from assistant.evaluation.cases import Suite, load_suite
from assistant.evaluation.gates import Gate
from assistant.evaluation.metrics import Share
from assistant.evaluation.run import commit, evaluate, run_evaluation
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
OPENS = "The office opens at nine."
CLOSES = "It closes at five."
QUESTIONS: list[dict[str, Any]] = [
    {"id": "a", "question": "When does it open?", "gold": ["opens at nine"]},
    {"id": "b", "question": "Who?", "answerable": False},
]
CONVERSATION: dict[str, Any] = {
    "id": "c",
    "turns": [
        {"question": "When does it open?", "gold": ["opens at nine"]},
        {"question": "And close?", "gold": ["closes at five"]},
        {"question": "Who?", "answerable": False},
    ],
}


def suite_of(folder: Path, **files: list[dict[str, Any]]) -> Suite:
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return load_suite(folder)


def fake() -> FakeAssistant:
    answers = {
        "When does it open?": answer(citation(OPENS)),
        "And close?": answer(citation(OPENS), question="When does it close?"),
        "Who?": answer(confidence=0.1),
    }
    return FakeAssistant(answers, [passage(CLOSES), passage(OPENS)])


def test_every_question_is_asked_and_judged(tmp_path: Path) -> None:
    report = evaluate(fake(), suite_of(tmp_path, questions=QUESTIONS), settings={"threshold": 0.5})
    (found,) = report.sets
    assert [(one.case.id, one.judgement.right) for one in found.outcomes] == [("a", True), ("b", True)]
    assert found.outcomes[0].judgement.passage_rank == 2
    assert found.groups[0].metrics.right == Share(2, 2)
    assert (report.index_version, report.settings, report.passed) == ("version", {"threshold": 0.5}, True)


def test_a_conversation_carries_the_answers_really_given(tmp_path: Path) -> None:
    assistant = fake()
    report = evaluate(assistant, suite_of(tmp_path, conversations=[CONVERSATION]))
    opening = (Turn("user", "When does it open?"), Turn("assistant", OPENS, (Place("rules", 0, 25),)))
    closing = (Turn("user", "And close?"), Turn("assistant", OPENS, (Place("rules", 0, 25),)))
    assert assistant.histories == [(), opening, opening + closing]
    assert [one.judgement.right for one in report.sets[0].outcomes] == [True, False, True]
    assert [group.name for group in report.sets[0].groups] == ["all", "first_turns", "follow_ups"]


def test_a_refusal_stands_in_the_history_by_its_note() -> None:
    refused = replace(answer(), question="Who?", note="These documents do not say.")
    assert refused.turns() == (Turn("user", "Who?"), Turn("assistant", "These documents do not say."))


def test_the_history_of_a_row_is_handed_on(tmp_path: Path) -> None:
    assistant = fake()
    history = [{"role": "user", "content": "Hello"}]
    evaluate(assistant, suite_of(tmp_path, questions=[QUESTIONS[0] | {"history": history}]))
    assert assistant.histories == [(Turn("user", "Hello"),)]


def test_gates_are_checked_on_their_set(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, questions=QUESTIONS, conversations=[CONVERSATION])
    gates = [
        Gate("questions", "all", "at_least", "right", 1.0),
        Gate("conversations", "follow_ups", "at_least", "right", 0.6),
        Gate("conversations", "plain", "at_least", "right", 0.7),
    ]
    report = evaluate(fake(), suite, gates=gates)
    assert [str(failure) for failure in report.failures] == [
        "conversations.follow_ups.at_least.right: 0.5000, gate 0.6",
        "conversations.plain.at_least.right: 0.6667, gate 0.7",
    ]


def test_a_gate_on_a_set_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    gate = Gate("conversations", "all", "at_least", "right", 0.6)
    with pytest.raises(SettingsError, match="is on a set that the suite does not have; it has questions"):
        evaluate(fake(), suite_of(tmp_path, questions=QUESTIONS), gates=[gate])


def test_a_suite_about_other_documents_is_an_error(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, questions=[{"id": "a", "question": "When does it open?", "gold": ["at noon"]}])
    with pytest.raises(QuestionError, match="name the corpus that the set is about with --corpus and build it"):
        evaluate(fake(), suite)


def test_each_question_is_counted_as_asked(tmp_path: Path) -> None:
    asked = []
    evaluate(
        fake(), suite_of(tmp_path, questions=QUESTIONS, conversations=[CONVERSATION]), asked=lambda: asked.append(1)
    )
    assert len(asked) == 5


def test_the_commit_is_named_and_marked_when_files_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit() == "unknown"
    (tmp_path / "eval").mkdir()
    for name in ("a.txt", "eval/report.json"):
        (tmp_path / name).write_text("one", encoding="utf-8")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *command], check=True)
    named = commit()
    assert re.fullmatch("[0-9a-f]{12}", named)
    (tmp_path / "eval" / "report.json").write_text("two", encoding="utf-8")
    assert commit() == named
    (tmp_path / "a.txt").write_text("two", encoding="utf-8")
    assert commit() == f"{named}+"


def test_both_reports_are_written_by_the_real_assistant(
    settings: Settings, assistant: Assistant, tmp_path: Path
) -> None:
    assert assistant.settings == settings
    rows = [json.loads(line) for line in (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()[:4]]
    suite_of(tmp_path, questions=rows)
    report = run_evaluation(settings, tmp_path, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert written["index_version"] == report.index_version == assistant.index.version
    assert written["settings"]["threshold"] == settings.threshold
    assert [one["id"] for one in written["questions"]["outcomes"]] == [row["id"] for row in rows]
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_seed_set_reaches_its_gates_and_every_quote_is_exact(
    settings: Settings, assistant: Assistant, tmp_path: Path
) -> None:
    report = run_evaluation(settings, ROOT / "eval", tmp_path)
    assert report.gates
    assert [str(failure) for failure in report.failures] == []
    for one in report.sets:
        quotes = [quote for found in one.outcomes for quote in (*found.answer.citations, *found.answer.closest)]
        assert quotes
        for quote in quotes:
            assert assistant.index.documents[quote.document].text[quote.start : quote.end] == quote.quote
