import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper
from transformers import BertConfig, BertForQuestionAnswering, MPNetConfig, MPNetForQuestionAnswering

from assistant.errors import SettingsError
from assistant.reading.examples import Example, Span
from assistant.reading.export import export_reader
from assistant.reading.measure import auroc, measure, token_f1
from assistant.reading.reader import MODEL_FOLDER, Reader, ReaderInput, Reading, load_tokenizer
from assistant.reading.shipped_weights import restore_weights
from assistant.reading.targets import Target, batches, padded_batch, target
from assistant.reading.teacher import with_vocabulary
from assistant.reading.training import FLOOR, TrainingOptions, distance, loss_of, rate, train_reader

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
    right = torch.tensor([[False, True, True]])
    assert loss_of(logits, right).item() == pytest.approx(-np.log(0.5), abs=1e-6)


def test_the_distance_from_the_teacher_is_the_divergence_of_the_softened_scores() -> None:
    ours, theirs = torch.tensor([[0.0, 2.0]]), torch.tensor([[2.0, 0.0]])
    low, high = 1 / (1 + np.e), np.e / (1 + np.e)  # scores 0 and 2, softened by 2
    expected = 4 * (high * np.log(high / low) + low * np.log(low / high))
    assert distance(ours, theirs, 2.0).item() == pytest.approx(expected, abs=1e-5)
    assert distance(ours, ours, 2.0).item() == pytest.approx(0.0, abs=1e-6)


def test_a_batch_opens_cls_and_the_passage_alone() -> None:
    tokenizer = load_tokenizer(MODEL_FOLDER / "tokenizer.json")
    one = target(tokenizer, QUESTION, Random(1))
    assert one is not None
    batch = padded_batch([one])
    first, last = one.window.first, one.window.first + len(one.window.offsets)
    assert batch.allowed[0].nonzero()[0].tolist() == [0, *range(first, last)]
    assert batch.starts[0].nonzero()[0].tolist() == list(one.starts)


@pytest.mark.slow
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
            passes=2,
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


@pytest.mark.slow
def test_a_teacher_teaches_and_an_encoder_with_another_vocabulary_becomes_one(weights: Path, tmp_path: Path) -> None:
    encoder = other_encoder(tmp_path / "encoder")
    teacher = with_vocabulary(encoder, load_tokenizer(MODEL_FOLDER / "tokenizer.json"), tmp_path / "teacher")
    questions = own_questions(tmp_path / "own.jsonl")
    common = {"data": tmp_path, "start": weights, "questions": questions, "batch": 8, "passes": 2, "peak": 1e-3}
    taught = train_reader(TrainingOptions(**common, output=tmp_path / "taught", teacher=teacher, learnt=1.0))
    untaught = train_reader(TrainingOptions(**common, output=tmp_path / "untaught"))
    assert (taught / "model.safetensors").read_bytes() != (untaught / "model.safetensors").read_bytes()
    losses = [json.loads(line).get("steps") for line in (taught.parent / "log.jsonl").read_text("utf-8").splitlines()]
    assert len([steps for steps in losses if steps]) == 2  # two passes, each drawn anew


def other_encoder(folder: Path) -> Path:
    """A narrow MPNet whose vocabulary holds the reader's word pieces in reverse."""
    pieces = sorted(load_tokenizer(MODEL_FOLDER / "tokenizer.json").get_vocab(), reverse=True)
    special = ["<s>", "<pad>", "</s>"]
    vocabulary = {piece: number for number, piece in enumerate([*special, *pieces])}
    config = MPNetConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    MPNetForQuestionAnswering(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}), encoding="utf-8")
    return folder


def test_the_words_of_a_teacher_keep_their_vectors(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(MODEL_FOLDER / "tokenizer.json")
    encoder = other_encoder(tmp_path / "encoder")
    vocabulary = json.loads((encoder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    before = MPNetForQuestionAnswering.from_pretrained(encoder).get_input_embeddings().weight
    written = with_vocabulary(encoder, tokenizer, tmp_path / "teacher")
    after = MPNetForQuestionAnswering.from_pretrained(written).get_input_embeddings().weight
    for piece, theirs in (("lake", "lake"), ("[CLS]", "<s>"), ("[SEP]", "</s>"), ("##ed", "##ed")):
        assert torch.equal(after[tokenizer.token_to_id(piece)], before[vocabulary[theirs]])


def test_an_encoder_without_the_readers_words_is_refused(tmp_path: Path) -> None:
    encoder = other_encoder(tmp_path / "encoder")
    (encoder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {"<s>": 0}}}), encoding="utf-8")
    with pytest.raises(SettingsError, match="lacks 29522 of the reader's word pieces"):
        with_vocabulary(encoder, load_tokenizer(MODEL_FOLDER / "tokenizer.json"), tmp_path / "teacher")


def test_the_shipped_reader_gives_back_its_weights(weights: Path, tmp_path: Path) -> None:
    export_reader(weights, tmp_path / "exact", int8=False)
    export_reader(weights, tmp_path / "small")
    before = BertForQuestionAnswering.from_pretrained(weights).state_dict()
    for name, tolerance in (("exact", 1e-6), ("small", 0.02)):
        restored = restore_weights(tmp_path / f"{name} again", tmp_path / name)
        after = BertForQuestionAnswering.from_pretrained(restored).state_dict()
        assert after.keys() == before.keys()
        for key, tensor in before.items():
            assert (after[key] - tensor).abs().max() <= tolerance * tensor.abs().max().clamp(min=1e-3), key


def test_another_graph_is_no_shipped_reader(tmp_path: Path) -> None:
    nothing = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "g", [], [])
    onnx.save(helper.make_model(nothing), tmp_path / "model.onnx")
    with pytest.raises(SettingsError, match="holds no reader of this package"):
        restore_weights(tmp_path / "out", tmp_path)


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
