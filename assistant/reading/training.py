"""Examples → a trained reader: `chapterverse train-reader` (needs torch and transformers; a GPU helps).

In: a data folder (see `examples.py`) and the weights to start from. Out: a folder with checkpoints, `log.jsonl` and the
trained weights under `weights/`, which `export.py` turns into the file that is shipped.

With a teacher (`teacher.py`), a larger reader trained by this same code, the small reader learns the teacher's scores
at every token as well as the right places (Hinton et al. 2015).

The learning rate follows whichever is further: the share of batches seen, or the share of the time allowed. So a run
that is given an hour ends in an hour with its schedule done, however fast the machine is.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModelForQuestionAnswering

from assistant.reading.examples import Example
from assistant.reading.measure import measure
from assistant.reading.mixture import Mixture, development_set
from assistant.reading.reader import ReaderInput, Reading, best_span, load_tokenizer, windows
from assistant.reading.targets import Batch, Drawing, Pass, Target, drawn, padded_batch

WARM_UP = 0.04
FLOOR = 0.05
CLOSED = -1e4  # score of a token where no answer may stand


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What a run needs to know.

    `minutes` is the time allowed; `examples` caps the training set of a pass (0: all of it); `learnt` is the share of
    the loss that the teacher's scores have, softened by `temperature`; `device` is torch's name for where to train.
    """

    data: Path
    start: Path
    output: Path
    minutes: float = 90.0
    passes: int = 1
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
    mixture: Mixture = field(default_factory=Mixture)
    teacher: Path | None = None
    learnt: float = 0.8
    temperature: float = 2.0
    device: str = field(default_factory=lambda: "cuda" if torch.cuda.is_available() else "cpu")


def rate(progress: float) -> float:
    """Share of the peak learning rate after a share of the run: linear warm-up, linear decay to `FLOOR`."""
    if progress < WARM_UP:
        return max(progress / WARM_UP, 0.01)
    return FLOOR + (1 - FLOOR) * max(0.0, 1 - (progress - WARM_UP) / (1 - WARM_UP))


def loss_of(scored: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Minus the log-probability of any right place (marginal likelihood, Karpukhin et al. 2020)."""
    return (scored.logsumexp(1) - scored.masked_fill(~right, -1e9).logsumexp(1)).mean()


def distance(scored: torch.Tensor, taught: torch.Tensor, temperature: float) -> torch.Tensor:
    """How far the places' probabilities are from the teacher's (Kullback–Leibler, both softened)."""
    softened = functional.log_softmax(scored / temperature, dim=1)
    wanted = functional.log_softmax(taught / temperature, dim=1)
    return functional.kl_div(softened, wanted, reduction="batchmean", log_target=True) * temperature**2


class Run:
    """One training run: the model, its optimiser and how far it has come; written to and read from checkpoints."""

    def __init__(self, options: TrainingOptions) -> None:
        self.options = options
        self.model = _load(options.start, options.device)
        self.tokenizer = load_tokenizer(options.start / "tokenizer.json")
        self.teacher = _load(options.teacher, options.device).eval() if options.teacher else None
        plain = [p for n, p in self.model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
        kept = {id(p) for p in plain}
        decayed = [p for p in self.model.parameters() if id(p) not in kept]
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=options.peak)
        self.step = 0
        self.passed = 0  # whole passes
        self.within = 0  # batches of the pass under way
        self.seconds = 0.0

    def save(self) -> None:
        """Write a checkpoint; the last two are kept."""
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "passed": self.passed,
            "within": self.within,
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
            state = torch.load(found[-1], weights_only=True, map_location="cpu")
            self.model.load_state_dict(state["model"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.passed, self.within = state["step"], state["passed"], state["within"]
            self.seconds = state["seconds"]
            torch.set_rng_state(state["random"])

    def log(self, **values: float | int | str) -> None:
        """Append one JSON line to log.jsonl."""
        with (self.options.output / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": self.step, "seconds": round(self.seconds, 1)} | values) + "\n")

    def loss(self, batch: Batch) -> torch.Tensor:
        """The loss of the places that are right and, with a teacher, of the teacher's scores, weighed together."""
        options = self.options
        right = [torch.from_numpy(places).to(options.device) for places in (batch.starts, batch.ends)]
        scored = _open_scores(self.model, batch)
        hard = sum((loss_of(one, places) for one, places in zip(scored, right, strict=True)), torch.zeros(())) / 2
        if self.teacher is None:
            return hard
        with torch.no_grad():
            taught = _open_scores(self.teacher, batch)
        pairs = zip(scored, taught, strict=True)
        soft = sum((distance(one, other, options.temperature) for one, other in pairs), torch.zeros(())) / 2
        return (1 - options.learnt) * hard + options.learnt * soft


def train_reader(options: TrainingOptions) -> Path:
    """Train, and return the folder of the trained weights. The same seed gives the same batches in the same order."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    run = Run(options)
    if options.resume:
        run.restore()
    held = development_set(options.data, options.measured, Random(options.seed))
    drawing = Drawing(
        data=options.data,
        tokenizer=run.tokenizer.to_str(),
        mixture=options.mixture,
        questions=options.questions,
        examples=options.examples,
        batch=options.batch,
        seed=options.seed,
    )
    with closing(drawn(drawing, range(run.passed, options.passes))) as passes:
        for one in passes:
            _train(run, one, held)
            if run.seconds >= options.minutes * 60:
                break
    run.save()
    if held:
        run.log(**asdict(measure(held, readings(run.model, run.tokenizer, held))))
    weights = options.output / "weights"
    run.model.save_pretrained(weights)
    run.tokenizer.save(str(weights / "tokenizer.json"))
    return weights


def _train(run: Run, one: Pass, held: Sequence[Example]) -> None:
    options, allowed, before = run.options, run.options.minutes * 60, run.seconds
    run.log(examples=one.examples, unanswerable=one.unanswerable, steps=len(one.batches))
    began, losses = time.monotonic(), []
    run.model.train()
    for batch in one.batches[run.within :]:
        share = (one.number + run.within / len(one.batches)) / options.passes
        progress = max(share, run.seconds / allowed)
        if progress >= 1:
            return
        for group in run.optimiser.param_groups:
            group["lr"] = options.peak * rate(progress)
        loss = run.loss(batch)
        run.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        run.optimiser.step()
        losses.append(loss.detach())
        run.step += 1
        run.within += 1
        run.seconds = before + time.monotonic() - began
        if run.step % 20 == 0:
            run.log(loss=round(torch.stack(losses).mean().item(), 4), rate=rate(progress), progress=round(progress, 4))
            losses.clear()
        if run.step % options.save_every == 0:
            run.save()
        if held and run.step % options.measure_every == 0:
            run.log(**asdict(measure(held, readings(run.model, run.tokenizer, held))))
    run.passed, run.within = one.number + 1, 0


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
            starts, ends = (
                scored.cpu() for scored in _scores(model, padded_batch([Target(one, (0,), (0,)) for one in part]))
            )
        for row, window in enumerate(part):
            read = best_span(window, starts[row].numpy(), ends[row].numpy())
            best[window.passage] = max(best[window.passage], read, key=lambda one: one.margin)
    model.train()
    return best


def _load(folder: Path, device: str) -> Any:
    return AutoModelForQuestionAnswering.from_pretrained(folder, dtype=torch.float32).to(device)


def _open_scores(model: Any, batch: Batch) -> list[torch.Tensor]:
    """Start and end scores with every token closed where no answer may stand."""
    scored = _scores(model, batch)
    allowed = torch.from_numpy(batch.allowed).to(scored[0].device)
    return [one.masked_fill(~allowed, CLOSED) for one in scored]


def _scores(model: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Start and end scores of a batch, each of shape (windows, tokens), float32."""
    given = {"input_ids": batch.ids, "attention_mask": batch.mask, "token_type_ids": batch.segments}
    if model.config.model_type != "bert":  # others tell question and passage apart by [SEP] alone
        del given["token_type_ids"]
    tensors = {name: torch.from_numpy(array).to(model.device).long() for name, array in given.items()}
    fast = model.device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
    with torch.autocast(model.device.type, torch.bfloat16) if fast else nullcontext():
        output = model(**tensors)
    return output.start_logits.float(), output.end_logits.float()


def main() -> None:
    """Train from the command line without the rest of the package's commands."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("training/run"))
    parser.add_argument("--teacher", type=Path)
    for name, kind in (("minutes", float), ("passes", int), ("examples", int), ("peak", float), ("batch", int)):
        parser.add_argument(f"--{name}", type=kind)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resume", action="store_true")
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    train_reader(TrainingOptions(**given))


if __name__ == "__main__":
    main()
