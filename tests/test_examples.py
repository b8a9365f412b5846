import json
from pathlib import Path
from random import Random

import pytest

from assistant.errors import CorpusError
from assistant.reading import examples
from assistant.reading.augment import NearMisses, as_typed, cut, hard_negatives, others, sentences, with_context
from assistant.reading.examples import Block, Example, Span
from assistant.reading.mixture import training_set

LAKE = "The lake was dammed in 1931. Three villages were moved. The Prince of Varn opened the dam."
DAMMED = Example("own", "When was the lake dammed?", "Varn Lake", LAKE, (Span(23, 27),))


def squad_file(path: Path, **row: object) -> Path:
    paragraph = {"context": LAKE, "qas": [row]}
    path.write_text(json.dumps({"data": [{"title": "Varn_Lake", "paragraphs": [paragraph]}]}), encoding="utf-8")
    return path


def test_squad_keeps_the_first_answer_as_target_and_all_as_accepted(tmp_path: Path) -> None:
    answers = [{"text": "1931", "answer_start": 23}, {"text": "in 1931", "answer_start": 20}]
    path = squad_file(tmp_path / "a.json", question=" When was it dammed? ", answers=answers)
    [example] = examples.squad(path, "squad")
    assert (example.question, example.heading, example.answers) == ("When was it dammed?", "Varn Lake", ("1931",))
    assert example.accepted == ("1931", "in 1931")


def test_squad_without_an_answer_has_no_span(tmp_path: Path) -> None:
    plausible = [{"text": "1931", "answer_start": 23}]
    path = squad_file(tmp_path / "a.json", question="When was it drained?", answers=plausible, is_impossible=True)
    assert examples.squad(path, "squad")[0].spans == ()


def test_qed_leaves_out_dropped_questions_and_answers_without_a_place(tmp_path: Path) -> None:
    rows = [
        {"question_text": question, "title_text": "Varn", "paragraph_text": LAKE, "answer_spans": spans}
        for question, spans in [("who opened it", [[56, 74], [23, 27]]), ("Dropped", [[0, 3]]), ("nowhere", [[-1, -1]])]
    ]
    (tmp_path / "qed.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "drop.txt").write_text("dropped\n", encoding="utf-8")
    [example] = examples.qed(tmp_path / "qed.jsonl", tmp_path / "drop.txt")
    assert example.answers == ("1931", "The Prince of Varn")


def test_qamr_joins_tokens_to_text_and_takes_runs_of_tokens_only(tmp_path: Path) -> None:
    (tmp_path / "wiki-sentences.tsv").write_text(
        "s1\tThe dam -LRB- of Varn -RRB- , built in 1931 .\n", encoding="utf-8"
    )
    lines = ["s1\t0\t1\t0\t1\tWhen was it built?\t8", "s1\t0\t1\t0\t1\tWhat?\t1 4"]
    (tmp_path / "filtered_dev.tsv").write_text("\n".join(lines), encoding="utf-8")
    [example] = examples.qamr(tmp_path)
    assert (example.passage, example.answers) == ("The dam (of Varn), built in 1931.", ("in",))


def test_blocks_take_a_short_first_line_as_heading() -> None:
    page = "Fees\n\nRefunds \nAsk within 30 days. \n\nOne sentence that stops.\nAnother.\n"
    plain = Block("", "One sentence that stops.\nAnother.")
    assert examples.blocks(page) == [Block("", "Fees"), Block("Refunds", "Ask within 30 days."), plain]


def dialogue_folder(folder: Path) -> Path:
    (folder / "documents").mkdir(parents=True)
    for number in range(41):
        text = f"Page {number}\n\nRefunds\nAsk in writing. You have 30 days. Then wait.\n"
        (folder / "documents" / f"page-{number:02}.txt").write_text(text, encoding="utf-8")
    turns = [("page-00", "How do I get my money back?", []), ("page-00", "And that?", ["earlier"])]
    rows = [
        {"question": question, "history": history, "document": name, "title": "Page#1_0", "gold": GOLD}
        for name, question, history in [*turns, ("page-40", "How do I get a refund?", [])]
    ]
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


GOLD = ["You have 30 days.", "Ask in writing."]


def test_doc2dial_joins_neighbouring_sentences_and_keeps_the_last_documents_apart(tmp_path: Path) -> None:
    folder = dialogue_folder(tmp_path / "doc2dial")
    [example] = examples.doc2dial(folder)
    assert (example.heading, example.answers) == ("Page > Refunds", ("Ask in writing. You have 30 days.",))
    assert [one.question for one in examples.doc2dial(folder, development=True)] == ["How do I get a refund?"]


@pytest.mark.parametrize(
    ("question", "alone"),
    [("How do I renew my licence by mail?", True), ("Can I do that by mail too please?", False), ("By mail?", False)],
)
def test_a_question_stands_alone_with_enough_words_and_no_open_pronoun(question: str, alone: bool) -> None:
    assert examples.stands_alone(question) is alone


def test_own_questions_name_the_answer_that_does_not_stand_in_the_passage(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"question": "When?", "passage": LAKE, "answers": ["1913"]}), encoding="utf-8")
    with pytest.raises(CorpusError, match="row 1: the answer '1913' does not stand in the passage"):
        examples.own_questions(path)


def test_own_questions_name_a_missing_field(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"question": "When?", "answers": []}), encoding="utf-8")
    with pytest.raises(CorpusError, match="row 1, has no field 'passage'"):
        examples.own_questions(path)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"question": \n', encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1, is not JSON"):
        examples.own_questions(path)


def test_sentences_slice_back() -> None:
    assert [LAKE[one.start : one.end] for one in sentences(LAKE)] == [
        "The lake was dammed in 1931.",
        "Three villages were moved.",
        "The Prince of Varn opened the dam.",
    ]


@pytest.mark.parametrize("seed", range(20))
def test_cutting_keeps_the_answer_and_whole_sentences(seed: int) -> None:
    short = cut(DAMMED, Random(seed))
    assert short.answers == ("1931",)
    assert short.passage.startswith("The lake was dammed in 1931.")


@pytest.mark.parametrize("seed", range(20))
def test_context_moves_spans_along(seed: int) -> None:
    assert with_context(DAMMED, Random(seed)).answers == ("1931",)


def test_another_sentence_holds_no_answer() -> None:
    found = {other.passage for seed in range(9) if (other := others(DAMMED, Random(seed)))}
    assert found == {"Three villages were moved.", "The Prince of Varn opened the dam."}


def test_hard_negatives_never_hold_the_answer() -> None:
    passages = [LAKE, "The lake was dammed again.", "The lake of 1931.", "Nothing."]
    rows = [Example("own", "Which lake was dammed?", "", passage, ()) for passage in passages]
    [negative] = hard_negatives([DAMMED, *rows], Random(1), share=1.0, best=1)
    assert (negative.passage, negative.spans) == ("The lake was dammed again.", ())


def test_a_near_miss_changes_the_question_and_loses_the_answer() -> None:
    example = Example("own", "What happened first in 1931?", "Varn Lake", LAKE, (Span(0, 8),))
    found = {miss.question for seed in range(30) if (miss := NearMisses([example], Random(seed)).of(example))}
    assert "What happened last in 1931?" in found
    assert any("first in 19" in question and "1931" not in question for question in found)


def test_typed_questions_differ_and_are_fixed_by_the_seed() -> None:
    typed = [as_typed("When was the lake of Varn dammed?", Random(seed)) for seed in range(40)]
    assert typed == [as_typed("When was the lake of Varn dammed?", Random(seed)) for seed in range(40)]
    assert "when was the lake of varn dammed" in typed
    assert len(set(typed)) > 20


def test_a_folder_without_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no training data"):
        training_set(tmp_path, Random(1))


def test_the_training_set_is_fixed_by_the_seed_and_spans_lie_inside(tmp_path: Path) -> None:
    dialogue_folder(tmp_path / "doc2dial")
    found = training_set(tmp_path, Random(3))
    assert found == training_set(tmp_path, Random(3))
    assert any(one.spans for one in found)
    assert all(answer and answer in "Ask in writing. You have 30 days." for one in found for answer in one.answers)
