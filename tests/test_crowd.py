"""Fifty conversations at once against a real server; `make bench` holds them for a minute and measures (eval/crowd.py)."""

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest
from conftest import ROOT

SPEC = importlib.util.spec_from_file_location("crowd", ROOT / "eval" / "crowd.py")
assert SPEC is not None
assert SPEC.loader is not None
crowd = sys.modules["crowd"] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(crowd)


@pytest.mark.slow
def test_fifty_conversations_at_once_have_no_error_and_no_mixed_up_history(
    corpus_folder: Path, index_folder: Path, tmp_path: Path
) -> None:
    with crowd.served(corpus=corpus_folder, index=index_folder, folder=tmp_path) as url:
        held = asyncio.run(crowd.crowd(url, conversations=50))
    assert held.faults == []
    assert len(held.together) == 50 * len(crowd.turns_of(1))
    assert held.summary["health_p95"] < held.summary["together_p50"]  # who asks after its health does not queue


def test_a_history_that_is_mixed_up_shows() -> None:
    assert [turn.wanted for turn in crowd.turns_of(7)] == ["(7)", "(8)", "(9)", "June 1992"]
    firsts = [number for number, _ in zip(crowd.numbers(), range(20), strict=False)]
    assert sorted(firsts) == list(range(1, 21))


def test_the_ratio_is_that_of_the_slowest_in_the_crowd_to_the_median_alone() -> None:
    replies = [crowd.Reply(milliseconds) for milliseconds in range(1, 101)]
    summary = crowd.Crowd([crowd.Reply(10.0)], replies, 4.0, [1.0, 2.0]).summary
    assert summary["together_p95"] == pytest.approx(95.95)
    assert summary["ratio"] == pytest.approx(9.595)
    assert summary["answers_per_second"] == 25.0
    assert crowd.Crowd([crowd.Reply(1.0, "lost")], replies, 4.0).faults == ["lost"]
