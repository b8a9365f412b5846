import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from scripted import GARDEN, GARDEN_ID, ScriptedAssistant

from assistant.answering import Answer, Assistant
from assistant.batch import BLOCK, COLUMNS, BatchSummary, answer_file, plan
from assistant.dialogue.followups import REACH, Place, Turn
from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.understanding import NOT_FOUND, Request

OPENING, FEES = "When does the garden open?", "What does it cost?"
OPENS = "The garden \U0001f338 opens at nine."
START = GARDEN.index(OPENS)
END = START + len(OPENS)
EXTENSIONS = (".csv", ".xlsx", ".jsonl")
FALSE = {".csv": "false", ".xlsx": "False"}  # as `table_of` reads a workbook's


@pytest.fixture
def scripted() -> ScriptedAssistant:
    return ScriptedAssistant(Settings())


def question_file(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """The same rows, the first of them the header, in whatever format the name asks for."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    elif path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            assert book.active is not None
            book.active.append(row)
        book.save(path)
    else:
        lines = [json.dumps(dict(zip(rows[0], row, strict=True))) for row in rows[1:]]
        path.write_text("\n".join(lines), encoding="utf-8")
    return path


def table_of(path: Path) -> list[dict[str, str]]:
    """A CSV or XLSX answer file with every cell as text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    page = load_workbook(path).active
    assert page is not None
    header, *rows = [["" if value is None else str(value) for value in row] for row in page.values]
    return [dict(zip(header, row, strict=True)) for row in rows]


def objects_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def run(assistant: Assistant, source: Path, target: str | None = None) -> Path:
    return answer_file(assistant, plan(source, source.parent / target if target else None)).target


@pytest.mark.parametrize("to", [".csv", ".xlsx"])
@pytest.mark.parametrize("source", EXTENSIONS)
def test_every_format_gives_the_same_table(tmp_path: Path, scripted: ScriptedAssistant, source: str, to: str) -> None:
    asked = question_file(
        tmp_path / f"faq{source}",
        [["id", "question"], ["a", OPENING], ["b", FEES], ["c", "Who is the mayor?"], ["d", "  "], ["e", "x" * 2001]],
    )
    opening, fees, unknown, empty, long = table_of(run(scripted, asked, f"out{to}"))
    assert opening == {
        "id": "a", "question": OPENING, "status": "answered", "derived": "", "answer": OPENS,
        "confidence": "0.97", "note": "", "unanswered": "", "ambiguous": FALSE[to], "document": GARDEN_ID,
        "section": "1. Opening", "quote": OPENS, "start": str(START), "end": str(END),
        "standalone_question": OPENING, "error": "",
    }  # fmt: skip
    assert fees["quote"] == "(1) Adults pay 500 yen;\n(2) Children pay 200 yen;\n(3) Residents pay nothing."
    assert (fees["document"], fees["section"]) == ("\n".join([GARDEN_ID] * 3), "\n".join(["2. Fees"] * 3))
    assert [GARDEN[int(a) : int(b)] for a, b in zip(fees["start"].split(), fees["end"].split(), strict=True)] == fees[
        "quote"
    ].split("\n")
    assert unknown == dict.fromkeys(COLUMNS, "") | {
        "id": "c", "question": "Who is the mayor?", "status": "not_found", "confidence": "0.12", "ambiguous": FALSE[to],
        "note": NOT_FOUND, "standalone_question": "Who is the mayor?",
    }  # fmt: skip
    assert empty == dict.fromkeys(COLUMNS, "") | {"id": "d", "question": "  ", "error": empty["error"]}
    assert empty["error"] == "the question is empty; send 1 character at least"
    assert long["error"] == "the question has 2001 characters; send 2000 at most"
    assert list(opening) == ["id", "question", *COLUMNS]


@pytest.mark.parametrize("source", EXTENSIONS)
def test_json_lines_out_are_the_answers_of_the_api(tmp_path: Path, scripted: ScriptedAssistant, source: str) -> None:
    rows = [["id", "question"], [17, OPENING], [18, "Who is the mayor?"], [19, ""]]
    found, unknown, empty = objects_of(run(scripted, question_file(tmp_path / f"faq{source}", rows), "out.jsonl"))
    assert found == json.loads(json.dumps(scripted.ask_all([Request(OPENING, id="17")])[0].as_json()))
    assert (unknown["id"], unknown["status"], unknown["closest"][0]["section"]) == ("18", "not_found", "(1) Refunds")
    assert "error" not in found
    assert empty == {"id": "19", "question": "", "error": "the question is empty; send 1 character at least"}


def test_the_default_target_and_the_summary(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    rows = [["question"], [OPENING], ["When does it open and who is the director?"], ["Why?"], ["Who?"], ["x" * 3000]]
    job = plan(question_file(tmp_path / "my.faq.csv", rows))
    seen: list[tuple[int, int]] = []
    summary = answer_file(scripted, job, progress=lambda done, total: seen.append((done, total)))
    assert summary == BatchSummary(1, 1, 2, 1, tmp_path / "my.faq.answers.csv")
    assert str(summary) == f"answered 1, partial 1, not found 2, errors 1 → {tmp_path / 'my.faq.answers.csv'}"
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my.faq.answers.csv", "my.faq.csv"]


def test_rows_without_an_id_are_numbered(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    asked = question_file(
        tmp_path / "faq.csv", [["question", "id"], [OPENING, ""], ["", ""], [FEES, "own"], ["Who?", " "]]
    )
    assert [row["id"] for row in table_of(run(scripted, asked))] == ["row-1", "own", "row-3"]


@pytest.mark.parametrize("to", [".csv", ".xlsx"])
def test_what_is_no_quote_is_in_a_table_too(tmp_path: Path, scripted: ScriptedAssistant, to: str) -> None:
    asked = question_file(
        tmp_path / "faq.xlsx",
        [
            ["question", "conversation"],
            [FEES, ""],
            ["When does it open and who is the director?", ""],
            ["What about payment?", ""],
            [OPENING, "a"],
            ["And on Sundays?", "a"],
        ],
    )
    counted, partial, readings, _, followed = table_of(run(scripted, asked, f"out{to}"))
    assert (counted["derived"], counted["status"]) == ("3", "answered")
    assert (partial["unanswered"], partial["status"]) == ("who is the director?", "partial")
    assert [row["ambiguous"] == FALSE[to] for row in (counted, partial, readings)] == [True, True, False]
    assert followed["standalone_question"] == "When does the garden open on Sundays?"
    assert [row["note"] for row in (counted, partial, followed)] == ["", "", NOT_FOUND]


def test_a_count_is_a_number_at_the_top_of_its_row(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    page = load_workbook(run(scripted, question_file(tmp_path / "faq.xlsx", [["question"], [FEES]]))).active
    assert page is not None
    header, row = page.iter_rows()
    cells = {str(title.value): cell for title, cell in zip(header, row, strict=True)}
    assert (cells["derived"].value, cells["derived"].data_type) == (3, "n")
    assert {cell.alignment.vertical for cell in row} == {"top"}
    assert list(cells)[2:5] == ["status", "derived", "answer"]


@pytest.mark.parametrize("to", [".csv", ".xlsx"])
@pytest.mark.parametrize("source", EXTENSIONS)
def test_a_file_keeps_its_columns_in_their_order(
    tmp_path: Path, scripted: ScriptedAssistant, source: str, to: str
) -> None:
    header = ["id", "question", "conversation", "team"]
    asked = question_file(tmp_path / f"faq{source}", [header, ["1", OPENING, "a", "north"], ["2", "Who?", "", "south"]])
    rows = table_of(run(scripted, asked, f"out{to}"))
    assert [list(row) for row in rows] == [[*header, *COLUMNS]] * 2
    assert [list(row.values())[:4] for row in rows] == [["1", OPENING, "a", "north"], ["2", "Who?", "", "south"]]


def test_own_columns_that_are_called_as_ours_keep_place_and_words(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    header = ["Team", "ID", "Note", "Question", "answer", "answer (input)", "history"]
    asked = question_file(tmp_path / "faq.csv", [header, ["north", "1", "call back", OPENING, "at nine", "x", "y"]])
    (row,) = table_of(run(scripted, asked))
    kept = {"Team": "north", "Note (input)": "call back", "answer (input)": "at nine", "answer (input) (input)": "x"}
    own = ["Team", "ID", "Note (input)", "Question", "answer (input)", "answer (input) (input)", "history"]
    assert list(row) == [*own, *COLUMNS]
    assert kept.items() <= row.items()
    assert (row["ID"], row["Question"], row["note"], row["answer"], row["history"]) == ("1", OPENING, "", OPENS, "y")
    (line,) = objects_of(run(scripted, asked, "out.jsonl"))
    assert list(line)[:5] == [*kept, "history"]
    assert kept.items() <= line.items()
    assert (line["id"], line["answer"], line["note"]) == ("1", OPENS, None)


def test_a_file_without_ids_gets_them_after_its_own_columns(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    (row,) = table_of(run(scripted, question_file(tmp_path / "faq.csv", [["question", "team"], [OPENING, "north"]])))
    assert list(row)[:4] == ["question", "team", "id", "status"]
    assert row["id"] == "row-1"


def test_an_answer_file_can_be_asked_again(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    first = run(scripted, question_file(tmp_path / "faq.csv", [["id", "question"], ["1", OPENING]]))
    (row,) = table_of(run(scripted, first))
    assert (row["status (input)"], row["status"], row["quote"]) == ("answered", "answered", row["quote (input)"])
    assert "id (input)" not in row


def test_json_lines_give_a_table_with_the_union_of_their_keys(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    lines = [{"question": OPENING, "team": ["n", 1]}, {"question": FEES, "urgent": True, "team": None}]
    (tmp_path / "faq.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    rows = table_of(run(scripted, tmp_path / "faq.jsonl", "out.csv"))
    assert [(row["team"], row["urgent"]) for row in rows] == [('["n", 1]', ""), ("", "true")]


def test_bad_json_rows_get_their_error_and_the_others_go_on(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    lines = [
        '{"id": 1, "question": 5}', '{"id": 2}', "{", '{"id": 4, "question": null}', '{"id": 5, "question": "\\ud800"}',
        '{"id": 6, "question": "Why?", "history": "no"}', '{"id": 7, "question": "Why?", "history": [{"role": "x"}]}',
        '{"id": 8, "question": "Why?", "history": [{"role": "user", "content": "a", "citations": [{"start": 1}]}]}',
        f'{{"id": 9, "question": "{OPENING}", "history": null}}',
    ]  # fmt: skip
    (tmp_path / "faq.jsonl").write_text("\n".join(lines), encoding="utf-8")
    outcomes = objects_of(run(scripted, tmp_path / "faq.jsonl"))
    assert outcomes[2].pop("error").startswith("line 3 is not JSON: ")
    assert [outcome.get("error") for outcome in outcomes] == [
        "'question' is 5: it must be a string",
        "the row has no 'question'",
        None,
        "'question' is null: it must be a string",
        "the question holds half a character (a lone surrogate); send valid Unicode",
        "'history' must be a list of messages, oldest first",
        'message 1 of \'history\' must be like {"role": "user" or "assistant", "content": "..."}',
        "a citation in message 1 of 'history' needs 'document', 'start' and 'end'",
        None,
    ]
    assert [outcome["id"] for outcome in outcomes] == ["1", "2", "row-3", "4", "5", "6", "7", "8", "9"]


def test_history_reaches_the_question(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    cited = {"document": GARDEN_ID, "start": 3, "end": 9, "quote": "ignored"}
    history = [{"role": "user", "content": OPENING}, {"role": "assistant", "content": "At nine.", "citations": [cited]}]
    line = {"id": "1", "question": "And on Sundays?", "history": history}
    (tmp_path / "faq.jsonl").write_text(json.dumps(line), encoding="utf-8")
    (outcome,) = objects_of(run(scripted, tmp_path / "faq.jsonl"))
    assert outcome["standalone_question"] == f"{OPENING.rstrip('?')} on Sundays?"
    assert "history" not in outcome
    turns = (Turn("user", OPENING), Turn("assistant", "At nine.", (Place(GARDEN_ID, 3, 9),)))
    assert scripted.asked[-1].history == turns


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_rows_of_a_conversation_follow_each_other_and_bad_ones_are_left_out(
    tmp_path: Path, scripted: ScriptedAssistant, extension: str
) -> None:
    rows = [
        ["id", "question", "conversation"],
        ["a1", OPENING, "a"], ["b1", FEES, "b"], ["a2", "", "a"], ["lone", "Why?", ""], ["a3", "And then?", "a"],
        *([f"filler {number}", "Who?", ""] for number in range(BLOCK)),
        ["b2", "How about it?", "b"], ["a4", "And later?", "a"],
    ]  # fmt: skip
    target = run(scripted, question_file(tmp_path / f"faq{extension}", rows), "out.csv")
    assert [row["id"] for row in table_of(target)] == [row[0] for row in rows[1:]]
    history = {request.id: [turn.content for turn in request.history] for request in scripted.asked}
    fees = "(1) Adults pay 500 yen;\n(2) Children pay 200 yen;\n(3) Residents pay nothing."
    unknown = "These documents do not say."
    assert (history["a1"], history["b1"], history["lone"]) == ([], [], [])
    assert history["a3"] == [OPENING, OPENS]
    assert history["a4"] == [OPENING, OPENS, "And then?", unknown]
    assert history["b2"] == [FEES, fees]


def test_a_conversation_of_a_whole_file_is_asked_with_the_turns_that_are_looked_at(
    tmp_path: Path, scripted: ScriptedAssistant
) -> None:
    rows = [[f"Who is number {number}?", "all"] for number in range(2 * BLOCK)]
    run(scripted, question_file(tmp_path / "faq.csv", [["question", "conversation"], *rows]))
    assert [len(request.history) for request in scripted.asked] == [min(2 * n, 2 * REACH) for n in range(2 * BLOCK)]
    said = [turn.content for turn in scripted.asked[-1].history if turn.role == "user"]
    assert said == [question for question, _ in rows[-REACH - 1 : -1]]


def test_the_turns_of_an_answer_carry_its_places(scripted: ScriptedAssistant) -> None:
    answer = scripted.ask(OPENING)
    assert answer.turns() == (
        Turn("user", OPENING),
        Turn("assistant", OPENS, (Place(GARDEN_ID, START, END),)),
    )


def test_csv_keeps_its_delimiter_and_mark(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    (tmp_path / "faq.csv").write_bytes(f"\ufeffid;question\n1;{OPENING}\n".encode())
    assert run(scripted, tmp_path / "faq.csv").read_bytes().startswith("\ufeffid;question;status;".encode())


def test_numbers_keep_their_look_and_type(tmp_path: Path, scripted: ScriptedAssistant) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["id", "question", "price"])
    book.active.append([1, OPENING, 2.50])
    book.active["A2"].number_format = "0000"
    book.save(tmp_path / "faq.xlsx")
    assert table_of(run(scripted, tmp_path / "faq.xlsx", "out.csv"))[0]["id"] == "0001"
    page = load_workbook(run(scripted, tmp_path / "faq.xlsx")).active
    assert page is not None
    assert [cell.value for cell in page[2]][:3] == [1, OPENING, 2.5]
    assert page["A2"].number_format == "0000"
    assert [cell.value for cell in page[2]][-4:] == [START, END, OPENING, None]


class Interrupted(ScriptedAssistant):
    """Is stopped while it answers the second block."""

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        if len(self.asked) >= BLOCK:
            raise KeyboardInterrupt
        return super().ask_all(requests)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_interrupted_run_leaves_the_old_file_and_nothing_else(tmp_path: Path, extension: str) -> None:
    asked = question_file(tmp_path / f"faq{extension}", [["question"], *([OPENING] for _ in range(2 * BLOCK))])
    target = tmp_path / f"out{extension}"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        answer_file(Interrupted(Settings()), plan(asked, target))
    assert target.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([asked.name, target.name])


def test_wrong_targets_are_refused_before_anything_is_done(tmp_path: Path) -> None:
    asked = question_file(tmp_path / "faq.csv", [["question"], [OPENING]])
    (tmp_path / "link.csv").hardlink_to(asked)
    (tmp_path / "folder.csv").mkdir()
    for target, message in {
        "faq.csv": "is the question file itself: name another file with -o",
        "link.csv": "is the question file itself: name another file with -o",
        "folder.csv": "is a folder: name a file with -o",
        "no/out.csv": "does not exist: create it or name another file with -o",
        "out.pdf": "is of no known format",
    }.items():
        with pytest.raises(QuestionError, match=message):
            plan(asked, tmp_path / target)
    with pytest.raises(QuestionError, match=r"faq\.txt' is of no known format"):
        plan(tmp_path / "faq.txt")


def corpus_questions(count: int) -> list[list[str]]:
    """Questions on the shipped document, in as many wordings as asked for."""
    subjects = [
        "the Act",
        "election observation",
        "the five principles",
        "South Sudan",
        "staff officers",
        "medical care",
    ]
    forms = ["What is said about {}?", "When did {} begin?", "{}", "Who decides on {}?", "tell me about {} please"]
    asked = [form.format(subject) for subject in subjects for form in forms]
    return [[str(number), f"{asked[number % len(asked)]}{' ' * (number // len(asked) % 3)}"] for number in range(count)]


def same_answers_in_every_format(assistant: Assistant, folder: Path, count: int) -> None:
    """Ask the same in all three formats, and hold every quote against the stored text."""
    results = []
    for extension in EXTENSIONS:
        asked = question_file(folder / f"faq{extension}", [["id", "question"], *corpus_questions(count)])
        results.append(objects_of(run(assistant, asked, f"{extension[1:]}.jsonl")))
    assert len(results[0]) == count
    assert results[0] == results[1] == results[2]
    for answer in results[0]:
        for citation in answer["citations"]:
            text = assistant.index.documents[citation["document"]].text
            assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert {"answered", "not_found"} <= {answer["status"] for answer in results[0]}


class Remembering(Assistant):
    """Works each question out once: what differs between the formats is how they are read and written."""

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        known = self.__dict__.setdefault("known", {})
        new = list({request.question: request for request in requests if request.question not in known}.values())
        known |= {request.question: answer for request, answer in zip(new, super().ask_all(new), strict=True)}
        return [replace(known[request.question], id=request.id) for request in requests]


@pytest.mark.slow
def test_sixty_questions_have_the_same_answers_in_every_format(
    settings: Settings, index_folder: Path, tmp_path: Path
) -> None:
    quick = settings.model_copy(update={"candidates": 4, "index": index_folder})
    same_answers_in_every_format(Remembering.open(quick), tmp_path, 60)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_thousand_questions_have_the_same_answers_in_every_format(assistant: Assistant, tmp_path: Path) -> None:
    same_answers_in_every_format(assistant, tmp_path, 1000)


def test_a_batch_answers_as_ask_does(assistant: Assistant, tmp_path: Path) -> None:
    asked = question_file(tmp_path / "faq.csv", [["id", "question"], *corpus_questions(6)])
    for row, line in zip(corpus_questions(6), objects_of(run(assistant, asked, "out.jsonl")), strict=True):
        alone = assistant.ask(row[1])
        assert (line["status"], line["answer"]) == (alone.status, alone.answer)
        assert line["confidence"] == pytest.approx(alone.confidence, abs=1e-3)
