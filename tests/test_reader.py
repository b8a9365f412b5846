import hashlib
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import SettingsError
from assistant.reading.reader import (
    LONGEST,
    MODEL_FOLDER,
    READER_SHA256,
    Reader,
    ReaderInput,
    Window,
    best_span,
    load_tokenizer,
    padded,
    windows,
)

FEES = ReaderInput("Fees > Learner permit", "The fee for a learner permit is $21.00. It is valid for 5 years.")
BRIDGE = ReaderInput("Bridges", "The Harlow bridge was opened in June 1962 by the mayor of the town.")
FILLER = "Visitors may look at the gardens, the pond and the old stone wall behind the house. "


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


def test_the_shipped_model_is_the_one_that_was_measured_and_small_enough() -> None:
    model = (MODEL_FOLDER / "model.onnx").read_bytes()
    assert hashlib.sha256(model).hexdigest() == READER_SHA256
    assert len(model) <= 30_000_000


def test_it_reads_the_answer_and_ranks_the_passage_that_holds_it(reader: Reader) -> None:
    fees, bridge = reader.read("How much is a learner permit?", [FEES, BRIDGE])
    assert "$21.00" in FEES.text[fees.start : fees.end]
    assert fees.margin > 0 > bridge.margin


def test_of_the_parts_of_a_passage_the_one_that_answers_reads_best(reader: Reader) -> None:
    end = FEES.text.index(". ") + 1
    [[first, second]] = reader.read_parts(
        "How much is a learner permit?", [FEES], [[(0, end), (end + 1, len(FEES.text))]]
    )
    assert "$21.00" in FEES.text[first.start : first.end]
    assert first.margin > second.margin


def test_readings_come_in_the_order_of_passages_whatever_their_length(reader: Reader) -> None:
    passages = [ReaderInput("", FILLER * 3), BRIDGE, FEES]
    found = reader.read("When was the Harlow bridge opened?", passages)
    assert BRIDGE.text[found[1].start : found[1].end] == "June 1962"
    assert max(found, key=lambda one: one.margin) is found[1]


def test_an_answer_beyond_the_first_window_is_found(reader: Reader) -> None:
    text = FILLER * 25 + BRIDGE.text
    [found] = reader.read("When was the Harlow bridge opened?", [ReaderInput("Bridges", text)])
    assert text[found.start : found.end] == "June 1962"


def test_offsets_count_code_points(reader: Reader) -> None:
    text = "\U0001f309 Über die Brücke — " + BRIDGE.text
    [found] = reader.read("When was the Harlow bridge opened?", [ReaderInput("", text)])
    assert text[found.start : found.end] == "June 1962"


def test_no_passages_and_empty_passages(reader: Reader) -> None:
    assert reader.read("When?", []) == []
    [found] = reader.read("When?", [ReaderInput("Bridges", "")])
    assert (found.start, found.end, found.margin) == (0, 0, -float("inf"))


def test_windows_overlap_and_cover_the_passage() -> None:
    tokenizer = load_tokenizer(MODEL_FOLDER / "tokenizer.json")
    text = FILLER * 40
    found = windows(tokenizer, "w " * 500, [ReaderInput("h " * 500, text)])
    assert all(len(window.ids) <= LONGEST for window in found)
    assert all(after.offsets[0] < before.offsets[-1] for before, after in pairwise(found))
    assert (found[0].offsets[0][0], found[-1].offsets[-1][1]) == (0, len(text.rstrip()))


def test_padding_marks_question_passage_and_nothing() -> None:
    short, long = Window(0, (101, 5, 102, 7, 102), 3, 3, ((0, 1),)), Window(1, (101, 102, 102), 2, 2, ())
    ids, mask, segments = padded([short, long])
    assert ids.tolist() == [[101, 5, 102, 7, 102], [101, 102, 102, 0, 0]]
    assert mask.tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    assert segments.tolist() == [[0, 0, 0, 1, 1], [0, 0, 1, 0, 0]]


def test_the_best_span_never_ends_before_it_starts() -> None:
    window = Window(0, (101, 102, 7, 8, 102), 2, 2, ((0, 3), (4, 9)))
    starts = np.array([1.0, 9.0, 0.0, 5.0, 9.0], dtype=np.float32)
    ends = np.array([0.5, 9.0, 6.0, 2.0, 9.0], dtype=np.float32)
    found = best_span(window, starts, ends)
    assert (found.start, found.end, found.margin) == (4, 9, 5.5)


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    shutil.copy(MODEL_FOLDER / "tokenizer.json", tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(SettingsError, match=f"not {READER_SHA256}; reinstall chapterverse"):
        Reader(tmp_path)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"reader.s model\.onnx is missing from"):
        Reader(tmp_path)


def test_reading_never_imports_torch() -> None:
    code = "import sys, assistant.reading.reader; print([n for n in ('torch', 'transformers') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
