"""Examples → a trained reader: `chapterverse train-reader` (needs torch and transformers).

In: a data folder (see `examples.py`) and the weights to start from. Out: a folder with checkpoints, `log.jsonl` and the
trained weights under `weights/`, which `export.py` turns into the file that is shipped.

The learning rate follows whichever is further: the share of examples seen, or the share of the time allowed. So a run
that is given an hour ends in an hour with its schedule done, however fast the machine is.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForQuestionAnswering

from assistant.reading.examples import Example
from assistant.reading.measure import measure
from assistant.reading.mixture import development_set, training_set
from assistant.reading.reader import ReaderInput, Reading, Window, best_span, load_tokenizer, padded, windows

WARM_UP = 0.04
FLOOR = 0.05
SORTED = 1600  # examples sorted by length together, so that little is padded


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What a run needs to know. `minutes` is the time allowed; `examples` caps the training set (0: all of it)."""

    data: Path
    start: Path
    output: Path
    minutes: float = 90.0
    examples: int = 0
    peak: float = 1e-4
    batch: int = 32
    seed: int = 7
    threads: int = 2
    save_every: int = 300
    measure_every: int = 300
    measured: int = 600
    questions: Path | None = None
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A window to learn from and the tokens where an answer may start and end; [CLS] where it holds none."""

    window: Window
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def target(tokenizer: Tokenizer, example: Example, random: Random) -> Target | None:
    """One window of the example with the tokens of its answers; None where no window holds an answer whole."""
    cut = windows(tokenizer, example.question, [ReaderInput(example.heading, example.passage)])
    marked = [_marked(window, example) for window in cut]
    answering = [one for one in marked if one.starts != (0,)]
    if example.spans:
        return random.choice(answering) if answering else None
    return random.choice(marked)


def _marked(window: Window, example: Example) -> Target:
    starts, ends = [], []
    for span in example.spans:
        inside = [n for n, (a, b) in enumerate(window.offsets) if a < span.end and b > span.start]
        if inside and window.offsets[inside[0]][0] <= span.start and window.offsets[inside[-1]][1] >= span.end:
            starts.append(window.first + inside[0])
            ends.append(window.first + inside[-1])
    return Target(window, tuple(starts) or (0,), tuple(ends) or (0,))


def batches(targets: Sequence[Target], size: int, random: Random) -> Iterator[list[Target]]:
    """Batches of windows of nearly one length, in random order, a stretch of `SORTED` examples at a time."""
    for first in range(0, len(targets), SORTED):
        stretch = sorted(targets[first : first + SORTED], key=lambda one: len(one.window.ids))
        cut = [stretch[place : place + size] for place in range(0, len(stretch), size)]
        random.shuffle(cut)
        yield from cut


def rate(progress: float) -> float:
    """Share of the peak learning rate after a share of the run: linear warm-up, linear decay to `FLOOR`."""
    if progress < WARM_UP:
        return max(progress / WARM_UP, 0.01)
    return FLOOR + (1 - FLOOR) * max(0.0, 1 - (progress - WARM_UP) / (1 - WARM_UP))


def loss_of(model: Any, batch: Sequence[Target]) -> torch.Tensor:
    """Minus the log-probability of any right start and any right end (marginal likelihood, Karpukhin et al. 2020)."""
    start_scores, end_scores = scores(model, [one.window for one in batch])
    closed = torch.ones_like(start_scores, dtype=torch.bool)
    closed[:, 0] = False
    for row, one in enumerate(batch):  # neither the question nor the headings are ever an answer
        closed[row, one.window.first : one.window.first + len(one.window.offsets)] = False
    starts = _marginal(start_scores.masked_fill(closed, -1e4), [one.starts for one in batch])
    ends = _marginal(end_scores.masked_fill(closed, -1e4), [one.ends for one in batch])
    return (starts + ends) / 2


def _marginal(logits: torch.Tensor, right: Sequence[Sequence[int]]) -> torch.Tensor:
    wrong = torch.ones_like(logits, dtype=torch.bool)
    for row, places in enumerate(right):
        wrong[row, list(places)] = False
    return (logits.logsumexp(1) - logits.masked_fill(wrong, -1e9).logsumexp(1)).mean()


def _fast_bfloat16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported())


class Run:
    """One training run: the model, its optimiser and how far it has come; written to and read from checkpoints."""

    def __init__(self, options: TrainingOptions) -> None:
        self.options = options
        self.model: Any = AutoModelForQuestionAnswering.from_pretrained(options.start, dtype=torch.float32)
        self.tokenizer = load_tokenizer(options.start / "tokenizer.json")
        plain = [p for n, p in self.model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
        kept = {id(p) for p in plain}
        decayed = [p for p in self.model.parameters() if id(p) not in kept]
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=options.peak)
        self.step = 0
        self.seconds = 0.0

    def save(self) -> None:
        """Write a checkpoint; the last two are kept."""
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "random": torch.get_rng_state(),
        }
        folder = self.options.output
        scratch = folder / "writing.pt"
        torch.save(state, scratch)
        scratch.rename(folder / f"checkpoint-{self.step:06d}.pt")
        for old in sorted(folder.glob("checkpoint-*.pt"))[:-2]:
            old.unlink()

    def restore(self) -> None:
        """Go on from the latest checkpoint, if there is one."""
        found = sorted(self.options.output.glob("checkpoint-*.pt"))
        if found:
            state = torch.load(found[-1], weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.seconds = state["step"], state["seconds"]
            torch.set_rng_state(state["random"])

    def log(self, **values: float | int | str) -> None:
        """Append one JSON line to log.jsonl."""
        with (self.options.output / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": self.step, "seconds": round(self.seconds, 1)} | values) + "\n")


def train_reader(options: TrainingOptions) -> Path:
    """Train, and return the folder of the trained weights. The same seed gives the same batches in the same order."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    run = Run(options)
    if options.resume:
        run.restore()
    random = Random(options.seed)
    examples = training_set(options.data, random, questions=options.questions, limit=options.examples)
    targets = [one for example in examples if (one := target(run.tokenizer, example, random))]
    order = list(batches(targets, options.batch, random))
    run.log(examples=len(examples), unanswerable=sum(not example.spans for example in examples), steps=len(order))
    held = development_set(options.data, options.measured, Random(options.seed))
    _train(run, order, held)
    weights = options.output / "weights"
    run.model.save_pretrained(weights)
    run.tokenizer.save(str(weights / "tokenizer.json"))
    return weights


def _train(run: Run, order: Sequence[Sequence[Target]], held: Sequence[Example]) -> None:
    options, allowed, before = run.options, run.options.minutes * 60, run.seconds
    began, losses = time.monotonic(), []
    run.model.train()
    while (progress := max(run.step / len(order), run.seconds / allowed)) < 1:
        for group in run.optimiser.param_groups:
            group["lr"] = options.peak * rate(progress)
        loss = loss_of(run.model, order[run.step])
        run.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        run.optimiser.step()
        losses.append(loss.item())
        run.step += 1
        run.seconds = before + time.monotonic() - began
        if run.step % 20 == 0:
            run.log(loss=round(float(np.mean(losses)), 4), rate=rate(progress), progress=round(progress, 4))
            losses.clear()
        if run.step % options.save_every == 0:
            run.save()
        if held and run.step % options.measure_every == 0:
            run.log(**asdict(measure(held, readings(run.model, run.tokenizer, held))))
    run.save()
    if held:
        run.log(**asdict(measure(held, readings(run.model, run.tokenizer, held))))


def readings(model: Any, tokenizer: Tokenizer, examples: Sequence[Example], batch: int = 32) -> list[Reading]:
    """What the model in training reads: the best window of every example."""
    cut = [
        replace(window, passage=number)
        for number, one in enumerate(examples)
        for window in windows(tokenizer, one.question, [ReaderInput(one.heading, one.passage)])
    ]
    cut.sort(key=lambda window: len(window.ids))
    best = [Reading(0, 0, -float("inf"))] * len(examples)
    model.eval()
    for first in range(0, len(cut), batch):
        part = cut[first : first + batch]
        with torch.inference_mode():
            starts, ends = scores(model, part)
        for row, window in enumerate(part):
            read = best_span(window, starts[row].numpy(), ends[row].numpy())
            best[window.passage] = max(best[window.passage], read, key=lambda one: one.margin)
    model.train()
    return best


def scores(model: Any, batch: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor]:
    """Start and end scores of a batch, each of shape (windows, tokens), float32."""
    ids, mask, segments = (torch.from_numpy(array) for array in padded(batch))
    with torch.autocast("cpu", torch.bfloat16, enabled=_fast_bfloat16()):
        output = model(input_ids=ids, attention_mask=mask, token_type_ids=segments)
    return output.start_logits.float(), output.end_logits.float()


def main() -> None:
    """Train from the command line without the rest of the package's commands."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("training/run"))
    parser.add_argument("--minutes", type=float, default=90.0)
    parser.add_argument("--examples", type=int, default=0)
    parser.add_argument("--peak", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resume", action="store_true")
    train_reader(TrainingOptions(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
