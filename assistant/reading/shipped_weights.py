"""The shipped reader → weights in float32 that training goes on from (what `export.py` did, backwards).

In: a folder with model.onnx, int8 or not, and tokenizer.json. Out: a folder that `training.py` starts from. Matrices
that were rounded to 7 bits stay rounded; a few hundred steps of training make up for that.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import BertConfig, BertForQuestionAnswering

from assistant.errors import SettingsError
from assistant.reading.reader import MODEL_FOLDER

PREFIX = "reader."  # what the exported module calls the model


def restore_weights(output: Path, model: Path = MODEL_FOLDER) -> Path:
    """Write the weights of the reader in the folder `model` into `output` and return it.

    Raises `SettingsError` when the graph is not one that `export_reader` wrote.
    """
    found = _tables(onnx.load(model / "model.onnx").graph)
    reader = BertForQuestionAnswering(_config(found, model))
    state = {name: torch.from_numpy(array.copy()) for name, array in found.items()}
    lacking, unknown = reader.load_state_dict(state, strict=False)
    if lacking or unknown:
        raise SettingsError(f"{str(model)!r} holds no reader of this package: {(lacking or unknown)[0]!r} does not fit")
    reader.save_pretrained(output)
    shutil.copyfile(model / "tokenizer.json", output / "tokenizer.json")
    return output


def _tables(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """Every weight of the model under its name in torch."""
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:  # equal weights are kept once, under one of their names
        if node.op_type == "Identity" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    found = {name.removeprefix(PREFIX): array for name, array in stored.items() if name.startswith(PREFIX)}
    for name in [name for name in found if name.endswith("_rows")]:
        plain = name.removesuffix("_rows")
        found[plain] = found.pop(name).astype(np.float32) * found.pop(f"{plain}_scales")
    for node in graph.node:
        if node.op_type in ("MatMul", "MatMulInteger") and node.input[1] in stored:
            path = node.name.removesuffix("_quant").removesuffix("/MatMul").strip("/").replace("/", ".")
            found[f"{path.removeprefix(PREFIX)}.weight"] = np.ascontiguousarray(_matrix(stored, node.input[1]).T)
    return found


def _matrix(stored: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    base = name.removesuffix("_quantized")
    if base == name:
        return stored[name].astype(np.float32)
    zero = stored[f"{base}_zero_point"].astype(np.float32)
    return (stored[name].astype(np.float32) - zero) * stored[f"{base}_scale"].astype(np.float32)


def _config(found: dict[str, NDArray[np.float32]], model: Path) -> BertConfig:
    """The sizes of the model, read off its weights; heads are 32 wide, as in MiniLM."""
    try:
        words, width = found["bert.embeddings.word_embeddings.weight"].shape
        positions = found["bert.embeddings.position_embeddings.weight"].shape[0]
        inner = found["bert.encoder.layer.0.intermediate.dense.bias"].shape[0]
    except KeyError as error:
        raise SettingsError(f"{str(model)!r} holds no reader of this package: it lacks {error}") from None
    layers = sum(name.endswith("intermediate.dense.bias") for name in found)
    return BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(1, width // 32),
        intermediate_size=inner,
        max_position_embeddings=positions,
    )
