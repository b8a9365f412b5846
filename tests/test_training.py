import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import BertConfig, BertForQuestionAnswering

from assistant.reading.examples import Example, Span
from assistant.reading.export import export_reader
from assistant.reading.measure import auroc, measure, token_f1
from assistant.reading.reader import MODEL_FOLDER, Reader, ReaderInput, Reading, load_tokenizer
from assistant.reading.training import FLOOR, Target, TrainingOptions, _marginal, batches, rate, target, train_reader

TEXT = "The lake was dammed in 1931. Three villages were moved."
QUESTION = Example("own", "When was the lake dammed?", "Varn", TEXT, (Span(23, 27),), ("1931",))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader of one narrow layer with random weights, and the shipped tokenizer."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=0.5,
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    load_tokenizer(MODEL_FOLDER / "tokenizer.json").save(str(folder / "tokenizer.json"))
    return folder


def own_questions(path: Path) -> Path:
    rows = [{"question": f"When was lake {n} dammed?", "passage": TEXT, "answers": ["1931"]} for n in range(12)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_the_target_is_the_tokens_of_the_answer() -> None:
    tokenizer = load_tokenizer(MODEL_FOLDER / "tokenizer.json")
    found = target(tokenizer, QUESTION, Random(1))
    assert found is not None
    [start], [end] = found.starts, found.ends
    assert tokenizer.decode(list(found.window.ids[start : end + 1])) == "1931"


def test_without_an_answer_the_target_is_cls() -> None:
    found = target(load_tokenizer(MODEL_FOLDER / "tokenizer.json"), Example("own", "Who?", "", TEXT, ()), Random(1))
    assert found is not None
    assert (found.starts, found.ends) == ((0,), (0,))


def test_a_window_of_a_long_passage_is_one_that_holds_the_answer() -> None:
    tokenizer = load_tokenizer(MODEL_FOLDER / "tokenizer.json")
    filler = "Nothing happened here for many years. " * 60
    spans = (Span(len(filler) + 23, len(filler) + 27),)
    found = target(tokenizer, Example("own", "When?", "", filler + TEXT, spans), Random(1))
    assert found is not None
    assert tokenizer.decode([found.window.ids[found.starts[0]]]) == "1931"


def test_an_answer_longer_than_a_window_is_left_out() -> None:
    text = "word " * 900
    example = Example("own", "What?", "", text, (Span(0, len(text) - 1),))
    assert target(load_tokenizer(MODEL_FOLDER / "tokenizer.json"), example, Random(1)) is None


def test_batches_hold_every_target_once() -> None:
    tokenizer = load_tokenizer(MODEL_FOLDER / "tokenizer.json")
    some = [Example("own", "Why? " * n, "", TEXT, ()) for n in range(1, 11)]
    targets: list[Target] = [one for example in some if (one := target(tokenizer, example, Random(1)))]
    cut = list(batches(targets, 4, Random(1)))
    assert sorted(len(batch) for batch in cut) == [2, 4, 4]
    assert {len(one.window.ids) for batch in cut for one in batch} == {len(one.window.ids) for one in targets}


@pytest.mark.parametrize(("progress", "share"), [(0.02, 0.5), (0.04, 1.0), (0.52, (1 + FLOOR) / 2), (1.0, FLOOR)])
def test_the_rate_warms_up_and_falls(progress: float, share: float) -> None:
    assert rate(progress) == pytest.approx(share)


def test_the_loss_counts_any_right_place() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.2, 0.3]]))
    assert _marginal(logits, [(1, 2)]).item() == pytest.approx(-np.log(0.5), abs=1e-6)


def test_training_is_repeatable_resumes_and_gives_a_reader(weights: Path, tmp_path: Path) -> None:
    questions = own_questions(tmp_path / "own.jsonl")

    def run(name: str, *, resume: bool = False) -> Path:
        options = TrainingOptions(
            data=tmp_path,
            start=weights,
            output=tmp_path / name,
            questions=questions,
            batch=8,
            save_every=1,
            resume=resume,
        )
        return train_reader(options)

    whole = (run("whole") / "model.safetensors").read_bytes()
    assert (run("again") / "model.safetensors").read_bytes() == whole
    kept = sorted((tmp_path / "again").glob("checkpoint-*.pt"))
    assert len(kept) == 2
    kept[-1].unlink()
    assert (run("again", resume=True) / "model.safetensors").read_bytes() == whole
    log = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert log[0]["examples"] >= 12
    export_reader(tmp_path / "again" / "weights", tmp_path / "model")
    [found] = Reader(tmp_path / "model", sha256=None).read("When?", [ReaderInput("Varn", TEXT)])
    assert 0 <= found.start < found.end <= len(TEXT)


def test_the_exported_graph_agrees_with_torch(weights: Path, tmp_path: Path) -> None:
    export_reader(weights, tmp_path / "exact", int8=False)
    export_reader(weights, tmp_path / "small")
    random = np.random.default_rng(0)
    ids = random.integers(1000, 20000, (3, 40))
    mask = np.ones_like(ids)
    mask[1, 30:] = 0
    segments = np.where(np.arange(40) > 10, mask, 0)
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}
    model: Any = BertForQuestionAnswering.from_pretrained(weights)
    model.eval()
    with torch.inference_mode():
        wanted = model(**{name: torch.from_numpy(array) for name, array in feed.items()}).start_logits.numpy()
    [exact], [small] = (
        onnxruntime.InferenceSession(str(tmp_path / name / "model.onnx")).run(["start_logits"], feed)
        for name in ("exact", "small")
    )
    real = mask > 0
    assert np.abs(exact - wanted)[real].max() < 1e-4
    assert np.corrcoef(small[real], wanted[real])[0, 1] > 0.99
    assert (tmp_path / "small" / "model.onnx").stat().st_size < (tmp_path / "exact" / "model.onnx").stat().st_size / 2


def test_measures_by_hand() -> None:
    nothing = Example("own", "Who drained the lake?", "Varn", TEXT, ())
    asked = [QUESTION, QUESTION, nothing, nothing]
    readings = [Reading(23, 27, 3.0), Reading(20, 27, 1.0), Reading(0, 3, 2.0), Reading(0, 3, -1.0)]
    found = measure(asked, readings)
    assert found.has_answer_exact == 0.5
    assert found.has_answer_f1 == pytest.approx((1 + 2 / 3) / 2)
    assert found.all_f1 == pytest.approx(0.75)  # refusing below 3 loses the second answer only
    assert (found.auroc, found.threshold) == (0.75, 3.0)


def test_f1_ignores_articles_case_and_punctuation() -> None:
    assert token_f1("The Dam, of Varn", ["dam of varn", "x"]) == 1.0
    assert token_f1("dam", []) == 0.0


def test_auroc_counts_ties_half() -> None:
    assert auroc(np.array([1.0, 1.0, 0.0]), np.array([True, False, False])) == 0.75
