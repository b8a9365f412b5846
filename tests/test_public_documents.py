"""Real documents of others, with questions written before anything was run on them: where the rules must hold too."""

from pathlib import Path

import pytest
from conftest import settings_for

from assistant.answering import Assistant
from assistant.evaluation.cases import load_suite
from assistant.evaluation.gates import load_gates
from assistant.evaluation.run import evaluate
from assistant.search.build import build

SUITE = Path(__file__).parent / "data" / "public"


@pytest.mark.slow
def test_the_suite_reaches_its_gates(data_folder: Path, encoder_cache: Path, tmp_path: Path) -> None:
    settings = settings_for(data_folder / "documents", tmp_path, encoder_cache)
    build(settings)
    report = evaluate(Assistant.open(settings), load_suite(SUITE), gates=load_gates(SUITE / "gates.toml"))
    assert [str(failure) for failure in report.failures] == []
