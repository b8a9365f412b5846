"""Speed and memory of the whole road, beside a bare `SentenceTransformer.encode` + `IndexFlatIP.search`.

    python eval/bench.py [--corpus DIR --questions FILE]...  [--output FILE]

Both run in one process run on the same questions, in turns, so that their ratio survives a noisy machine. Times are
medians of several rounds, in milliseconds unless another unit is named; memory is the peak of a process of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import faiss
import numpy as np
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from assistant.answering import Assistant
from assistant.search.build import BuildReport, build, encoded_text
from assistant.search.encoder import open_encoder, packaged_model
from assistant.search.index import encoders_folder
from assistant.settings import Settings
from assistant.understanding import Request

ROOT = Path(__file__).parent.parent
GOVERNMENT = ROOT.parent / "shared" / "data" / "doc2dial"
ROUNDS = 5
MOST_QUESTIONS = 150


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the table; `ratio` is `value / bare`, or None where there is nothing to compare with."""

    corpus: str
    what: str
    value: float
    unit: str
    bare: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the bare baseline's, in the same run."""
        return self.value / self.bare if self.bare else None


class Bare:
    """What everybody starts with: the same texts, the same model, no more."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.model = SentenceTransformer(str(packaged_model()), device="cpu")
        started = time.perf_counter()
        vectors = self._encode(texts)
        self.index_seconds = time.perf_counter() - started
        self.index = faiss.IndexFlatIP(vectors.shape[1])
        self.index.add(vectors)

    def search(self, questions: Sequence[str]) -> None:
        """The twenty nearest texts of each question, thrown away."""
        self.index.search(self._encode(questions), min(20, self.index.ntotal))

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.asarray(self.model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))


def main() -> None:
    """Measure every corpus that is there, print the table and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, action="append")
    parser.add_argument("--questions", type=Path, action="append")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    pairs = list(zip(options.corpus or [], options.questions or [], strict=True)) or _default_corpora()
    measurements = [line for corpus, questions in pairs for line in measure(corpus, _questions(questions))]
    _print(measurements)
    if options.output:
        rows = [asdict(line) | {"ratio": line.ratio} for line in measurements]
        options.output.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(corpus: Path, questions: Sequence[str]) -> list[Measurement]:
    """Every measurement of one corpus."""
    name = corpus.parent.name if corpus.name == "documents" else corpus.name
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(corpus=corpus, index=Path(scratch) / "index")
        started = time.perf_counter()
        open_encoder(settings.encoder, cache=encoders_folder(settings.index), export=True)
        exported = time.perf_counter() - started
        report = build(settings)
        assistant = Assistant.open(settings)
        index = assistant.index
        bare = Bare([encoded_text(index.documents[passage.document], passage) for passage in index.passages])
        return [
            Measurement(name, "export of the encoder, once", exported, "s"),
            *_indexing(name, report, bare),
            *_single(name, assistant, bare, questions),
            *_together(name, assistant, bare, questions),
            *_processes(name, settings, questions[0]),
        ]


def _indexing(name: str, report: BuildReport, bare: Bare) -> list[Measurement]:
    return [
        Measurement(
            name,
            f"build, {report.documents} documents, {report.passages} passages",
            report.seconds,
            "s",
            bare.index_seconds,
        ),
        Measurement(
            name, "passages indexed", report.passages / report.seconds, "1/s", report.passages / bare.index_seconds
        ),
    ]


def _single(name: str, assistant: Assistant, bare: Bare, questions: Sequence[str]) -> list[Measurement]:
    ours, theirs = [], []
    assistant.ask(questions[0])
    bare.search(questions[:1])
    for question in questions:  # in turns, so that a slow moment of the machine meets both
        ours.append(_milliseconds(partial(assistant.ask, question)))
        theirs.append(_milliseconds(partial(bare.search, [question])))
    return [
        Measurement(name, "ask, p50", statistics.median(ours), "ms", statistics.median(theirs)),
        Measurement(name, "ask, p95", float(np.percentile(ours, 95)), "ms", float(np.percentile(theirs, 95))),
    ]


def _together(name: str, assistant: Assistant, bare: Bare, questions: Sequence[str]) -> list[Measurement]:
    requests = [Request(question) for question in questions]
    ours = statistics.median(_milliseconds(lambda: assistant.ask_all(requests)) for _ in range(ROUNDS))
    theirs = statistics.median(_milliseconds(lambda: bare.search(questions)) for _ in range(ROUNDS))
    rate = len(questions) * 1000
    return [Measurement(name, f"questions in batches of {len(questions)}", rate / ours, "1/s", rate / theirs)]


def _processes(name: str, settings: Settings, question: str) -> list[Measurement]:
    where = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    command = [str(Path(sys.executable).parent / "chapterverse")]
    ask = [_child([*command, "ask", question, *where]) for _ in range(ROUNDS)]
    helped = [_child([*command, "--help"]) for _ in range(ROUNDS)]
    bare = [_child([sys.executable, "-c", _BARE, str(packaged_model()), question]) for _ in range(3)]
    return [
        Measurement(name, "`chapterverse ask`, whole process", _median(ask, 0), "s", _median(bare, 0)),
        Measurement(name, "`chapterverse --help`, whole process", _median(helped, 0), "s"),
        Measurement(name, "peak memory of `chapterverse ask`", _median(ask, 1), "MB", _median(bare, 1)),
    ]


def _child(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of one process.

    A small process starts it: the system counts a child's memory from the fork on, so that one started from here would
    be said to need all that this one holds.
    """
    started = subprocess.run([sys.executable, "-c", _LAUNCHER, *command], capture_output=True, text=True)
    if started.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {started.stderr.strip()}")
    seconds, kilobytes = map(float, started.stdout.split())
    return seconds, kilobytes / 1024


_LAUNCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""

_BARE = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode([sys.argv[2]])
"""


def _median(pairs: Sequence[tuple[float, float]], column: int) -> float:
    return statistics.median(pair[column] for pair in pairs)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _default_corpora() -> list[tuple[Path, Path]]:
    pairs = [(ROOT / "corpus", ROOT / "eval" / "questions.jsonl")]
    if GOVERNMENT.is_dir():
        pairs.append((GOVERNMENT / "documents", GOVERNMENT / "questions.jsonl"))
    return pairs


def _questions(path: Path) -> list[str]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row["question"] for row in rows if not row.get("history")][:MOST_QUESTIONS]


def _print(measurements: Sequence[Measurement]) -> None:
    table = Table("corpus", "what", "value", "bare", "ratio", title="Chapter & Verse beside bare encode-and-search")
    for line in measurements:
        bare = "" if line.bare is None else f"{line.bare:.3g} {line.unit}"
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        table.add_row(line.corpus, line.what, f"{line.value:.3g} {line.unit}", bare, ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
