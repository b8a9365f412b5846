import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue.followups import Place, Turn
from assistant.errors import QuestionError
from assistant.evaluation.cases import Case, Rival, load_suite

ROOT = Path(__file__).parent.parent
SEED = (ROOT / "corpus" / "japan-pko.txt").read_text(encoding="utf-8")
ROW = {"id": "a", "question": "When?", "gold": ["at nine"]}


def suite_of(folder: Path, *rows: dict[str, Any], name: str = "questions.jsonl") -> Path:
    (folder / name).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return folder


def test_a_full_row_is_read_into_a_case(tmp_path: Path) -> None:
    row = ROW | {
        "form": "typo",
        "document": "rules",
        "alternatives": [["by nine"]],
        "evidence": [["It opens at nine."], ["Open by nine."]],
        "forbidden": ["at five"],
        "answer": "nine",
        "split": "dev",
    }
    rivals = (Rival(("at nine",), ("It opens at nine.",)), Rival(("by nine",), ("Open by nine.",)))
    assert load_suite(suite_of(tmp_path, row)).questions == (
        Case("a", "When?", "typo", "rules", rivals, ("at five",), "nine", "dev"),
    )


def test_a_row_of_a_public_set_carries_its_history_and_is_plain(tmp_path: Path) -> None:
    history = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi", "citations": [{"document": "rules", "start": 1, "end": 3}]},
    ]
    row = ROW | {"history": history, "title": "Rules#1", "domain": "dmv", "answerable": True}
    found = load_suite(suite_of(tmp_path, row)).questions[0]
    assert found.history == (Turn("user", "Hello"), Turn("assistant", "Hi", (Place("rules", 1, 3),)))
    assert (found.form, found.split, found.follows, found.answerable) == ("plain", "", True, True)
    assert found.rivals == (Rival(("at nine",), ("at nine",)),)


def test_the_turns_of_a_conversation_inherit_document_and_split(tmp_path: Path) -> None:
    turns = [{"question": "When?", "gold": ["at nine"]}, {"question": "And now?", "answerable": False}]
    row = {"id": "c", "document": "rules", "split": "test", "turns": turns}
    (conversation,) = load_suite(suite_of(tmp_path, row, name="conversations.jsonl")).conversations
    assert [(turn.id, turn.document, turn.split) for turn in conversation.turns] == [
        ("c/1", "rules", "test"),
        ("c/2", "rules", "test"),
    ]
    assert [(turn.follows, turn.answerable) for turn in conversation.turns] == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "a", "gold": ["x"]}, "field 'question' is missing; add it"),
        (ROW | {"forbiden": []}, "unknown field 'forbiden'; correct its name or remove it"),
        (ROW | {"gold": []}, "needs gold strings; give some or set answerable to false"),
        (ROW | {"answerable": False}, "an unanswerable question has no gold, alternatives, evidence or answer; remove"),
        (ROW | {"split": "train"}, "field 'split' is 'train'"),
        (ROW | {"question": "  "}, "field 'question' is '  '"),
        (ROW | {"evidence": [["at nine"], ["at five"]]}, "evidence needs one list for gold and one for each"),
        (ROW | {"gold": [""]}, "field 'gold.0' is ''"),
    ],
)
def test_a_bad_row_is_named_with_its_remedy(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    good = ROW | {"id": "good"}
    with pytest.raises(QuestionError) as caught:
        load_suite(suite_of(tmp_path, good, row))
    assert "questions.jsonl', line 2: " in str(caught.value)
    assert message in str(caught.value)


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(QuestionError, match=r"line 1: not JSON .*; write one object a line"):
        load_suite(tmp_path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="line 2: id 'a' stands in line 1; rename one"):
        load_suite(suite_of(tmp_path, ROW, ROW))


def test_a_folder_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"holds no question; put questions.jsonl or conversations.jsonl there"):
        load_suite(tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(QuestionError, match="save it as UTF-8"):
        load_suite(tmp_path)


def seed_cases() -> list[Case]:
    suite = load_suite(ROOT / "eval")
    return [*suite.questions, *(turn for one in suite.conversations for turn in one.turns)]


def test_every_string_of_the_seed_set_stands_in_the_document() -> None:
    for one in seed_cases():
        assert one.document == "japan-pko"
        for string in [*one.forbidden, *(text for rival in one.rivals for text in (*rival.gold, *rival.evidence))]:
            assert string in SEED, (one.id, string)


def test_gold_of_the_seed_set_stands_once_and_inside_its_evidence() -> None:
    for one in seed_cases():
        for rival in one.rivals:
            for string in rival.gold:
                assert SEED.count(string) == 1, (one.id, string)
                assert any(string in evidence for evidence in rival.evidence), (one.id, string)


def test_forbidden_strings_and_short_answers_of_the_seed_set_fit_their_evidence() -> None:
    for one in seed_cases():
        evidence = [text for rival in one.rivals for text in rival.evidence]
        assert not [string for string in one.forbidden for text in evidence if string in text], one.id
        assert not one.answer or any(one.answer in text for text in evidence), one.id


def test_every_answerable_question_of_the_seed_set_guards_against_quoting_everything() -> None:
    assert [one.id for one in seed_cases() if one.answerable and not one.forbidden] == []


def sentences_and_items() -> list[str]:
    """Every sentence and list item of the seed document, cut by rules of this test alone."""
    found = []
    for line in SEED.split("\n"):
        text = line.strip().removeprefix("•").strip()
        is_heading = len(text) < 100 and not text.endswith((".", ";", "2024"))
        if text and not is_heading:
            found += [text] if line.strip().startswith("•") else text.replace(". ", ".\n").split("\n")
    return found


def test_the_seed_set_covers_every_sentence_and_every_list_item() -> None:
    pieces = sentences_and_items()
    assert len([piece for piece in pieces if piece.startswith("(")]) == 5 + 22
    asked = {text for one in load_suite(ROOT / "eval").questions for rival in one.rivals for text in rival.evidence}
    assert [piece for piece in pieces if piece not in asked] == []


def test_the_seed_set_is_as_large_and_as_even_as_promised() -> None:
    suite = load_suite(ROOT / "eval")
    assert len(suite.questions) >= 170
    assert sum(not one.answerable for one in suite.questions) >= 50
    splits = Counter((one.form, one.split) for one in suite.questions)
    for form in {one.form for one in suite.questions}:
        assert abs(splits[form, "dev"] - splits[form, "test"]) <= 1, form
    assert len({one.question.lower() for one in suite.questions}) == len(suite.questions)
    assert len(suite.conversations) >= 24
    assert {len(one.turns) for one in suite.conversations} == {2, 3, 4}


def test_the_forms_of_the_seed_set() -> None:
    forms = {True: set[str](), False: set[str]()}
    for one in load_suite(ROOT / "eval").questions:
        forms[one.answerable].add(one.form)
    assert forms[True] == {
        "plain", "paraphrase", "keywords", "lower_case", "typo", "verbose",
        "yes_no", "item_number", "list", "two_part", "reference",
    }  # fmt: skip
    assert forms[False] == {
        "near_miss", "false_premise", "number_not_stated", "other_subject", "gibberish", "injection",
    }  # fmt: skip
