"""Question + passages → the best span of each and how far it beats "no answer": the reader, run by onnxruntime.

In: a standalone question and passages with their heading paths. Out: one `Reading` a passage, in the order given.
Training (`training.py`) cuts its examples into the same windows, so what is learnt is what is read.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.errors import SettingsError

MODEL_FOLDER = Path(__file__).parent / "model"
READER_SHA256 = "f24248554990ffc14ba6b32796e30e19c0f803a279666bfd5c7cf166a40a9ca9"
LONGEST = 256
OVERLAP = 96
LONGEST_QUESTION = 64
LONGEST_HEADING = 48
LONGEST_ANSWER = 80
BETWEEN = " —"  # stands between heading path and passage
CLS, SEP = "[CLS]", "[SEP]"
BATCH_TOKENS = 4096

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """A passage to read: its heading path ("Title > 2. Section") and its text."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The best span of a passage, `text[start:end]` in code points, and its score minus that of no answer (logits)."""

    start: int
    end: int
    margin: float


NOTHING = Reading(0, 0, -float("inf"))


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one passage as the model sees it.

    `ids` is [CLS] question [SEP] headings passage [SEP]; the passage's tokens begin at `first`, and `offsets` holds the
    code points (start, end) of each in the passage's text. `passage` is the number of the passage.
    """

    passage: int
    ids: tuple[int, ...]
    second: int
    first: int
    offsets: tuple[tuple[int, int], ...]


def windows(tokenizer: Tokenizer, question: str, passages: Sequence[ReaderInput]) -> list[Window]:
    """Cut every passage into windows of at most `LONGEST` tokens that overlap by `OVERLAP`."""
    cls, sep = special(tokenizer, CLS), special(tokenizer, SEP)
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:LONGEST_QUESTION]
    before = [cls, *asked, sep]
    headings = [passage.heading + BETWEEN if passage.heading else "" for passage in passages]
    encoded = tokenizer.encode_batch([*headings, *(passage.text for passage in passages)], add_special_tokens=False)
    found: list[Window] = []
    for number in range(len(passages)):
        heading, text = encoded[number], encoded[len(passages) + number]
        start = [*before, *heading.ids[-LONGEST_HEADING:]]
        for first, last in _stretches(len(text.ids), LONGEST - len(start) - 1):
            ids = (*start, *text.ids[first:last], sep)
            found.append(Window(number, ids, len(before), len(start), tuple(text.offsets[first:last])))
    return found


def special(tokenizer: Tokenizer, token: str) -> int:
    """The id of a special token. Raises `SettingsError` when the tokenizer has none: it is not this model's."""
    number = tokenizer.token_to_id(token)
    if number is None:
        raise SettingsError(f"the reader's tokenizer has no token {token!r}; reinstall chapterverse")
    return number


def _stretches(length: int, room: int) -> Iterator[tuple[int, int]]:
    first = 0
    while first + room < length:
        yield first, first + room
        first += room - OVERLAP
    yield first, length


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in a tokenizer.json, without the padding or truncation that the file may ask for."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def padded(batch: Sequence[Window]) -> tuple[Ids, Ids, Ids]:
    """Token ids, attention mask and segment ids of a batch, each of shape (windows, longest window)."""
    width = max(len(window.ids) for window in batch)
    ids, mask, segments = (np.zeros((len(batch), width), dtype=np.int64) for _ in range(3))
    for row, window in enumerate(batch):
        size = len(window.ids)
        ids[row, :size] = window.ids
        mask[row, :size] = 1
        segments[row, window.second : size] = 1
    return ids, mask, segments


def best_span(window: Window, starts: Scores, ends: Scores, within: tuple[int, int] | None = None) -> Reading:
    """The span with the highest start + end score inside the window's passage, at most `LONGEST_ANSWER` tokens long.

    `within` keeps the span inside these code points of the passage's text. The margin is taken over the scores of
    [CLS], the first token (Devlin et al. 2019).
    """
    first, last = _tokens_within(window, within)
    size = last - first
    if size <= 0:
        return NOTHING
    inside = slice(window.first + first, window.first + last)
    total = starts[inside, None] + ends[None, inside]
    allowed = np.tril(np.triu(np.ones((size, size), dtype=bool)), LONGEST_ANSWER - 1)
    best = int(np.where(allowed, total, -np.inf).argmax())
    start, end = divmod(best, size)
    margin = float(total[start, end] - starts[0] - ends[0])
    return Reading(window.offsets[first + start][0], window.offsets[first + end][1], margin)


def _tokens_within(window: Window, within: tuple[int, int] | None) -> tuple[int, int]:
    if within is None:
        return 0, len(window.offsets)
    inside = [place for place, (start, end) in enumerate(window.offsets) if within[0] <= start and end <= within[1]]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


class Reader:
    """The shipped model, loaded once. Safe to share between threads."""

    def __init__(self, folder: Path = MODEL_FOLDER, *, sha256: str | None = READER_SHA256, threads: int = 0) -> None:
        """Load model.onnx and tokenizer.json from `folder`; `sha256` None accepts any model, such as one's own.

        `threads` 0 leaves their number to onnxruntime. Raises `SettingsError` when a file is missing or not the one
        that was released.
        """
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise SettingsError(f"the reader's {name} is missing from {str(folder)!r}; reinstall chapterverse")
        digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
        if sha256 is not None and digest != sha256:
            raise SettingsError(f"{folder / 'model.onnx'} has sha256 {digest}, not {sha256}; reinstall chapterverse")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores alone
        self.sha256 = digest
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def read(self, question: str, passages: Sequence[ReaderInput]) -> list[Reading]:
        """The best span of each passage, in the order given; an empty passage has the margin minus infinity.

        A passage longer than the model's window is read in overlapping stretches, of which the best one counts.
        """
        whole = [[(0, len(passage.text))] for passage in passages]
        return [readings[0] for readings in self.read_parts(question, passages, whole)]

    def read_parts(
        self, question: str, passages: Sequence[ReaderInput], parts: Sequence[Sequence[tuple[int, int]]]
    ) -> list[list[Reading]]:
        """As `read`, but the best span of each part of each passage; a part is (start, end) in the passage's text."""
        best = [[NOTHING] * len(inside) for inside in parts]
        for batch in _batches(windows(self._tokenizer, question, passages)):
            starts, ends = self._scores(batch)
            for row, window in enumerate(batch):
                readings = best[window.passage]
                for place, part in enumerate(parts[window.passage]):
                    found = best_span(window, starts[row], ends[row], part)
                    readings[place] = max(readings[place], found, key=lambda one: one.margin)
        return best

    def _scores(self, batch: Sequence[Window]) -> tuple[Scores, Scores]:
        ids, mask, segments = padded(batch)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}
        starts, ends = self._session.run(["start_logits", "end_logits"], feed)
        return starts, ends


def _batches(found: Sequence[Window]) -> Iterator[list[Window]]:
    """Windows sorted by length, as many together as fit in `BATCH_TOKENS` with their padding."""
    batch: list[Window] = []
    for window in sorted(found, key=lambda one: len(one.ids)):
        if batch and (len(batch) + 1) * len(window.ids) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
