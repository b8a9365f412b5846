"""Examples → batches of token ids with the places of their answers: what the reader learns from, pass after pass.

In: a data folder. Out: for each pass a freshly drawn mixture, cut into the windows that `reader.py` reads, sorted by
length a stretch at a time. Nothing here needs torch, so a process of its own can draw the next pass in time.
"""

import os
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.reading.examples import Example
from assistant.reading.mixture import Mixture, training_set
from assistant.reading.reader import ReaderInput, Window, padded, windows

STRETCH = 50  # batches sorted by length together, so that little is padded

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Target:
    """A window to learn from and the tokens where an answer may start and end; [CLS] where it holds none."""

    window: Window
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length. Every array has the shape (windows, tokens).

    `allowed` marks where an answer may stand ([CLS] and the passage), `starts` and `ends` where the right ones do.
    """

    ids: NDArray[np.int32]
    mask: Mask
    segments: Mask
    allowed: Mask
    starts: Mask
    ends: Mask


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a freshly drawn training set."""

    number: int
    batches: list[Batch]
    examples: int
    unanswerable: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """What fixes the batches of every pass; `tokenizer` is the text of its file."""

    data: Path
    tokenizer: str
    mixture: Mixture
    questions: Path | None
    examples: int
    batch: int
    seed: int


def drawn(drawing: Drawing, passes: Sequence[int]) -> Generator[Pass, None, None]:
    """The passes with these numbers, the next ones always drawn ahead in processes of their own."""
    workers = max(1, (os.cpu_count() or 1) // 4)
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        numbers = iter(passes)
        ahead = deque(pool.submit(draw, drawing, number) for number in islice(numbers, workers))
        while ahead:
            ready = ahead.popleft().result()
            ahead.extend(pool.submit(draw, drawing, number) for number in islice(numbers, 1))
            try:
                yield ready
            except GeneratorExit:
                pool.shutdown(cancel_futures=True)
                raise


def draw(drawing: Drawing, number: int) -> Pass:
    """Draw pass `number`: the same drawing and number give the same batches in the same order."""
    random = Random(f"{drawing.seed} {number}")
    tokenizer = Tokenizer.from_str(drawing.tokenizer)
    examples = training_set(drawing.data, random, drawing.mixture, questions=drawing.questions, limit=drawing.examples)
    targets = [one for example in examples if (one := target(tokenizer, example, random))]
    cut = [padded_batch(batch) for batch in batches(targets, drawing.batch, random)]
    return Pass(number, cut, len(examples), sum(not example.spans for example in examples))


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
    """Batches of windows of nearly one length, in random order, a stretch of `STRETCH` batches at a time."""
    for first in range(0, len(targets), STRETCH * size):
        stretch = sorted(targets[first : first + STRETCH * size], key=lambda one: len(one.window.ids))
        cut = [stretch[place : place + size] for place in range(0, len(stretch), size)]
        random.shuffle(cut)
        yield from cut


def padded_batch(batch: Sequence[Target]) -> Batch:
    """One batch as arrays."""
    ids, mask, segments = padded([one.window for one in batch])
    allowed, starts, ends = (np.zeros(ids.shape, dtype=bool) for _ in range(3))
    allowed[:, 0] = True
    for row, one in enumerate(batch):  # neither the question nor the headings are ever an answer
        allowed[row, one.window.first : one.window.first + len(one.window.offsets)] = True
        starts[row, list(one.starts)] = True
        ends[row, list(one.ends)] = True
    return Batch(ids.astype(np.int32), mask > 0, segments > 0, allowed, starts, ends)
