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


@pytest.fixture(scope="module")
def public(data_folder: Path, encoder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    settings = settings_for(data_folder / "documents", tmp_path_factory.mktemp("public"), encoder_cache)
    build(settings)
    return Assistant.open(settings)


@pytest.mark.slow
@pytest.mark.parametrize("suite", [SUITE, SUITE / "again"], ids=lambda folder: folder.name)
def test_the_suite_reaches_its_gates(public: Assistant, suite: Path) -> None:
    report = evaluate(public, load_suite(suite), gates=load_gates(suite / "gates.toml"))
    assert [str(failure) for failure in report.failures] == []
