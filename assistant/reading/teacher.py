"""A larger encoder → a model that can be trained to teach the reader: the same word pieces, in the reader's order.

In: a folder with weights of MPNet (Song et al. 2020) or another BERT-like encoder whose vocabulary has the reader's
word pieces, in any order. Out: a folder that `training.py` starts from and, when trained, takes as `teacher`.
"""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForQuestionAnswering

from assistant.errors import SettingsError

# What the reader's special tokens are called in the vocabularies of others.
NAMES = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[UNK]": "[UNK]"}


def with_vocabulary(encoder: Path, tokenizer: Tokenizer, output: Path) -> Path:
    """Write the encoder with its word embeddings put into the tokenizer's order, and a new, untrained span scorer.

    Raises `SettingsError` when the encoder lacks one of the reader's word pieces.
    """
    theirs: dict[str, int] = json.loads((encoder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    ours = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    rows = [theirs.get(NAMES.get(piece, piece), theirs.get(piece)) for piece, _ in ours]
    lacking = [piece for (piece, _), row in zip(ours, rows, strict=True) if row is None and not piece.startswith("[")]
    if lacking:
        raise SettingsError(
            f"{str(encoder)!r} lacks {len(lacking)} of the reader's word pieces, such as {lacking[0]!r}"
        )
    model: Any = AutoModelForQuestionAnswering.from_pretrained(encoder, dtype=torch.float32)
    old = model.get_input_embeddings().weight.detach().clone()
    model.resize_token_embeddings(len(rows))
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(old[[row or 0 for row in rows]])
    output.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(output)
    tokenizer.save(str(output / "tokenizer.json"))
    return output
