from pathlib import Path

from evaluation_examples import DOCUMENTS, answer, case, citation
from rich.console import Console

from assistant.evaluation.followup_answers import AnswerRow, answer_row, answer_table
from assistant.evaluation.gold import Library


def test_an_answer_counts_by_its_first_document_and_the_words_quoted() -> None:
    cases = [case(gold=["The office opens at nine."]), case(gold=["The office opens at nine."])]
    answers = [answer(citation("The office opens at nine.")), answer()]
    row = answer_row("ours", cases, answers, Library(DOCUMENTS))
    assert row == AnswerRow("ours", document=(True, False), evidence=(1.0, 0.0))


def test_rows_are_compared_with_the_last(tmp_path: Path) -> None:
    rows = [AnswerRow("alone", (False,) * 10, (0.0,) * 10), AnswerRow("ours", (True,) * 10, (0.5,) * 10)]
    with (tmp_path / "table").open("w", encoding="utf-8") as stream:
        Console(file=stream, width=100).print(answer_table("with a history", rows))
    lines = (tmp_path / "table").read_text(encoding="utf-8").splitlines()
    cells = {
        name: [cell.strip() for cell in line.split("│")[2:-1]]
        for line in lines
        for name in ("alone", "ours")
        if name in line
    }
    assert (cells["alone"][0], cells["alone"][1], cells["alone"][2]) == ("0.000 (0/10)", "0.002", "0.000")
    assert float(cells["alone"][3]) < 0.01
    assert cells["ours"] == ["1.000 (10/10)", "", "0.500", ""]
