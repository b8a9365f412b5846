"""A BERT sentence encoder's folder → one ONNX file whose output is the pooled vector of unit length."""

import logging
import warnings
from pathlib import Path

import torch
from transformers import AutoModel
from transformers.utils.logging import disable_progress_bar


class _PooledEncoder(torch.nn.Module):
    """Mean pooling over real tokens, then unit length (Reimers and Gurevych 2019), inside the graph."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        disable_progress_bar()  # type: ignore[no-untyped-call]  # it is drawn into logs too
        self.transformer = AutoModel.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
        )

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(pooled, dim=1)


def export_encoder(folder: Path, target: Path) -> None:
    """Export the model in `folder` with free batch and sequence sizes (inputs int64, output float32)."""
    # Two tensors, not one given twice: the exporter takes the same object for the same input.
    token_ids, mask = torch.zeros(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long)
    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():  # the exporter warns of its own deprecations, which nobody here can act on
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _PooledEncoder(folder).eval(),
            (token_ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_shapes=(sizes, sizes),
            external_data=False,
            dynamo=True,
            verbose=False,
        )
