"""A folder of trained weights → the reader that is shipped: model.onnx in int8 and tokenizer.json.

In: what `training.py` left under `weights/`. Out: the files in a target folder, and the sha256 of the model.
Needs torch and transformers; `reader.py`, which reads with the result, needs neither.
"""

import hashlib
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModelForQuestionAnswering

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits")
SMALLEST_TABLE = 100  # rows; the two segment embeddings stay as they are
# Kept in float32: the scores themselves, and the layer whose inputs spread too far for one int8 scale (measured).
KEPT = ("/reader/qa_outputs/MatMul", "/reader/bert/encoder/layer.0/output/dense/MatMul")


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
    # The newer exporter (dynamo) loses the segment ids of this model: its scores differ by up to 2.9 from torch's,
    # while the tracing one agrees to 4e-6.
    # Three tensors, not one given thrice: the exporter takes the same object for the same input.
    token_ids, mask, segments = (torch.full((2, 8), value, dtype=torch.long) for value in (0, 1, 0))
    sizes = {0: "batch", 1: "sequence"}
    with warnings.catch_warnings():  # the exporter warns of its own deprecations, which nobody here can act on
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Scores(weights).eval(),
            (token_ids, mask, segments),
            str(path),
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_axes=dict.fromkeys((*INPUTS, *OUTPUTS), sizes),
            opset_version=17,
            dynamo=False,
        )


def _quantise(plain: Path, path: Path, *, reduce_range: bool) -> None:
    quantize_dynamic(
        plain,
        path,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=list(KEPT),
        per_channel=True,
        reduce_range=reduce_range,
        weight_type=QuantType.QInt8,
    )
    model = onnx.load(path)
    for node in [node for node in model.graph.node if node.op_type == "Gather"]:
        _quantise_rows(model.graph, node)
    onnx.save(model, path)


def _quantise_rows(graph: onnx.GraphProto, node: onnx.NodeProto) -> None:
    """Turn the lookup of an embedding table into one of int8 rows with a scale each; other lookups are left alone.

    onnxruntime's own quantiser has one scale for a whole table, which costs more than all other layers.
    """
    table = next((one for one in graph.initializer if one.name == node.input[0]), None)
    if table is None or len(table.dims) != 2 or table.dims[0] < SMALLEST_TABLE:
        return
    weights = numpy_helper.to_array(table)
    scales = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-12) / 127
    rows = np.rint(weights / scales).astype(np.int8)
    graph.initializer.remove(table)
    name, wanted, output = table.name, node.input[1], node.output[0]
    graph.initializer.append(numpy_helper.from_array(rows, f"{name}_rows"))
    graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}_scales"))
    place = list(graph.node).index(node)
    graph.node.remove(node)
    steps = (
        helper.make_node("Gather", [f"{name}_rows", wanted], [f"{output}_row"]),
        helper.make_node("Cast", [f"{output}_row"], [f"{output}_float"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}_scales", wanted], [f"{output}_scale"]),
        helper.make_node("Mul", [f"{output}_float", f"{output}_scale"], [output]),
    )
    for offset, step in enumerate(steps):
        graph.node.insert(place + offset, step)
