import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import SettingsError, StaleIndexError
from assistant.search import encoder as encoders
from assistant.search import export
from assistant.search.encoder import Encoder, TransformersEncoder, open_encoder, packaged_model

TEXTS = [
    "When was the Act enacted?",
    "x",
    "",
    "Search or rescue of conflict-affected people. " * 60,
    "国際平和協力法",
]


@pytest.mark.slow
def test_the_export_agrees_with_sentence_transformers(encoder: Encoder) -> None:
    original = TransformersEncoder(str(packaged_model()))
    assert np.abs(encoder.encode(TEXTS) - original.encode(TEXTS)).max() < 1e-5
    assert (encoder.dimension, encoder.max_tokens) == (original.dimension, original.max_tokens) == (384, 256)
    assert [encoder.count_tokens(text) for text in TEXTS] == [original.count_tokens(text) for text in TEXTS]


def test_rows_have_unit_length_and_do_not_depend_on_the_batch(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5
    assert np.abs(together[0] - encoder.encode(TEXTS[:1])[0]).max() < 1e-5
    assert encoder.encode([]).shape == (0, 384)


def test_progress_counts_to_the_end(encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    encoder.encode(["a question"] * 40, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(32, 40), (40, 40)]


def test_an_encoder_that_was_never_exported_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError, match="run `chapterverse build`"):
        open_encoder("all-MiniLM-L6-v2", cache=tmp_path)


def test_who_finds_another_exporting_waits_and_takes_what_it_wrote(
    encoder: Encoder, encoder_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = next(encoder_cache.glob("*/model.onnx"))
    exports: list[Path] = []

    def slowly(_weights: Path, target: Path) -> None:
        exports.append(target)
        time.sleep(0.3)
        shutil.copyfile(exported, target)

    monkeypatch.setattr(export, "export_encoder", slowly)
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_encoder(encoder.name, cache=tmp_path, export=True), range(4)))
    assert len(exports) == 1
    assert [one.encode(["x"]).shape for one in opened] == [(1, 384)] * 4


def test_a_damaged_export_is_made_anew_and_may_be_read_by_others(
    encoder: Encoder, encoder_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = next(encoder_cache.glob("*/model.onnx"))
    monkeypatch.setattr(export, "export_encoder", lambda _, target: shutil.copyfile(exported, target))
    (tmp_path / ".exporting-killed").mkdir()
    for missing in ("model.onnx", "tokenizer.json"):
        open_encoder(encoder.name, cache=tmp_path, export=True)
        (folder,) = tmp_path.glob("[!.]*")
        (folder / missing).unlink()
    assert open_encoder(encoder.name, cache=tmp_path, export=True).encode(["x"]).shape == (1, 384)
    assert not (tmp_path / ".exporting-killed").exists()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'no/such-model'"):
        open_encoder("no/such-model", cache=tmp_path)


def test_other_weights_than_the_official_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "DEFAULT_SHA256", "0" * 64)
    with pytest.raises(SettingsError, match="has sha256 53aa51172d142c89"):
        packaged_model()


def test_the_exported_encoder_runs_without_torch(encoder: Encoder, encoder_cache: Path) -> None:
    assert encoder.dimension == 384  # it was exported
    code = (
        "import sys; from pathlib import Path; from assistant.search.encoder import open_encoder;"
        f"print(open_encoder('all-MiniLM-L6-v2', cache=Path({str(encoder_cache)!r})).encode(['x']).shape,"
        "'torch' in sys.modules, 'sentence_transformers' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "(1, 384) False False"


@pytest.mark.slow
def test_loading_a_model_draws_no_progress_into_the_logs() -> None:
    code = (
        "from assistant.search.encoder import TransformersEncoder, packaged_model\n"
        "from assistant.search.export import _PooledEncoder\n"
        "_PooledEncoder(packaged_model())\n"
        "TransformersEncoder(str(packaged_model()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
