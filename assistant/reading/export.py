"""A folder of trained weights → the reader that is shipped: model.onnx in int8 and tokenizer.json.

In: what `training.py` left under `weights/`. Out: the files in a target folder, and the sha256 of the model.
Needs torch and transformers; `reader.py`, which reads with the result, needs neither.
"""

import hashlib
import logging
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModelForQuestionAnswering

QUANTISED = ["MatMul", "Gemm", "Gather"]  # Gather: the embeddings, half of the file


class _Scores(torch.nn.Module):
    """The span scorer with its outputs as a plain pair, which is what a graph can return."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.reader = AutoModelForQuestionAnswering.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
        )

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        output = self.reader(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return output.start_logits, output.end_logits


def export_reader(weights: Path, target: Path, *, int8: bool = True, reduce_range: bool = True) -> str:
    """Write model.onnx and tokenizer.json into `target` and return the sha256 of the model.

    `reduce_range` keeps weights in 7 bits: processors with AVX2 but without VNNI would overflow otherwise.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        plain = Path(scratch) / "model.onnx"
        _export(weights, plain)
        if int8:
            _quantise(plain, target / "model.onnx", reduce_range=reduce_range)
        else:
            plain.replace(target / "model.onnx")
    shutil.copyfile(weights / "tokenizer.json", target / "tokenizer.json")
    return hashlib.sha256((target / "model.onnx").read_bytes()).hexdigest()


def _export(weights: Path, path: Path) -> None:
    example = torch.ones(2, 8, dtype=torch.long)
    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():  # the exporter warns of its own deprecations, which nobody here can act on
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Scores(weights).eval(),
            (example, example, example),
            str(path),
            input_names=["input_ids", "attention_mask", "token_type_ids"],
            output_names=["start_logits", "end_logits"],
            dynamic_shapes=(sizes, sizes, sizes),
            external_data=False,
            dynamo=True,
            verbose=False,
        )


def _quantise(plain: Path, path: Path, *, reduce_range: bool) -> None:
    quantize_dynamic(
        plain,
        path,
        op_types_to_quantize=QUANTISED,
        per_channel=True,
        reduce_range=reduce_range,
        weight_type=QuantType.QInt8,
    )
