import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from assistant.errors import QuestionError
from assistant.evaluation.cases import load_suite
from assistant.evaluation.metrics import Share
from assistant.evaluation.retrieval import FusionRow, compare_fusions, fusion_table, standing_alone
from assistant.settings import Settings

ROWS = [
    {"id": "1", "question": "Surveillance, patrol and escorts at checkpoints", "gold": ["inspections at checkpoints"]},
    {"id": "2", "question": "When was the Act amended?", "gold": ["In June 1998"]},
    {"id": "3", "question": "And then?", "gold": ["In June 1998"], "history": [{"role": "user", "content": "When?"}]},
    {"id": "4", "question": "Who is the king?", "answerable": False},
]


def suite_of(folder: Path, *numbers: int) -> Path:
    (folder / "questions.jsonl").write_text("\n".join(json.dumps(ROWS[number]) for number in numbers), encoding="utf-8")
    return folder


def test_only_answerable_questions_that_stand_alone_are_compared(tmp_path: Path) -> None:
    cases = load_suite(suite_of(tmp_path, 0, 1, 2, 3)).questions
    assert [case.id for case in standing_alone(cases)] == ["1", "2"]


def test_nothing_to_compare_is_an_error(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(QuestionError, match="holds no answerable question without history; nothing can be compared"):
        compare_fusions(settings, suite_of(tmp_path, 2, 3))


def test_each_way_of_fusing_is_measured_on_the_real_index(
    tmp_path: Path, settings: Settings, index_folder: Path
) -> None:
    assert index_folder == settings.index
    rows = compare_fusions(settings, suite_of(tmp_path, 0, 1, 2, 3))
    assert [row.fusion for row in rows] == ["dense", "lexical", "reciprocal_rank", "normalised"]
    for row in rows:
        assert row.document == (Share(2, 2), Share(2, 2), Share(2, 2))
        assert row.passage[1:] == (Share(2, 2), Share(2, 2)), row.fusion


def test_the_table_names_depths_and_fusions() -> None:
    shares = (Share(1, 4), Share(2, 4), Share(3, 4))
    console = Console(file=io.StringIO(), width=200, record=True)
    console.print(fusion_table([FusionRow("dense", shares, shares)]))
    text = console.export_text()
    assert "passage@1" in text
    assert "document@20" in text
    assert "0.250 (1/4)" in text
