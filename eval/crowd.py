"""Many conversations at once against one server: no error, no history mixed up, and how much slower than alone.

    python eval/crowd.py [--conversations 50] [--seconds 60] [--pause 5] [--output FILE]

In: a `chapterverse serve` in a process of its own, over the shipped corpus. Out: what went wrong, and the 95th
percentile of the time to an answer in the crowd as a ratio to the median of one person alone, in the same run. Each
conversation asks for another item by its number and then for "the one after that", so that a history of somebody else
shows in the answer; every second conversation is streamed, as the page does it.
"""

import argparse
import asyncio
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
ITEMS = 22  # assignments in the shipped document
ALONE = 8  # conversations that one person holds, before and again after the crowd
PATIENCE = 120.0  # seconds to an answer
ENACTED = "When was the International Peace Cooperation Act enacted?"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and what the quote of its answer must begin with or hold."""

    question: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question; `fault` says what was wrong with it, empty where nothing was."""

    milliseconds: float
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The replies to one person alone and to many at once, and meanwhile to those who ask after its health."""

    alone: Sequence[Reply]
    together: Sequence[Reply]
    seconds: float
    health: Sequence[float] = field(default=())

    @property
    def faults(self) -> list[str]:
        """Everything that went wrong."""
        return [reply.fault for reply in (*self.alone, *self.together) if reply.fault]

    @property
    def summary(self) -> dict[str, float]:
        """Milliseconds of the medians and of the 95th percentile, and its ratio to one person's median."""
        alone = statistics.median(reply.milliseconds for reply in self.alone)
        together = [reply.milliseconds for reply in self.together]
        slow = statistics.quantiles(together, n=20)[-1]
        return {
            "alone_p50": alone,
            "together_p50": statistics.median(together),
            "together_p95": slow,
            "ratio": slow / alone,
            "answers": len(together),
            "answers_per_second": len(together) / self.seconds,
            "health_p95": statistics.quantiles(self.health, n=20)[-1] if len(self.health) > 1 else 0.0,
        }


def turns_of(number: int) -> list[Turn]:
    """A conversation about items `number` to `number + 2`, with a question that has to be read for at its end."""
    follow_ups = [Turn("And the one after that?", f"({number + step})") for step in (1, 2)]
    return [Turn(f"What is assignment ({number})?", f"({number})"), *follow_ups, Turn(ENACTED, "June 1992")]


def numbers() -> Iterator[int]:
    """First items of conversations, each other than those around it."""
    return itertools.cycle(1 + (7 * step) % (ITEMS - 2) for step in range(ITEMS - 2))


async def crowd(url: str, *, conversations: int, seconds: float = 0.0, pause: float = 0.0) -> Crowd:
    """Hold conversations at once, again and again for so many seconds, once at least, and alone before and after."""
    limits = httpx.Limits(max_connections=conversations + 5)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        following = numbers()
        await _converse(client, next(following), streamed=False)  # what the first question alone pays for
        before = await _alone(client, following)
        begun = time.perf_counter()
        health: list[float] = []
        watching = asyncio.create_task(_watch(client, health))
        until = begun + seconds
        people = (  # who come one after the other over a conversation's length: they do not ask in step
            _persevere(client, following, number, after=number / conversations * 4 * pause, until=until, pause=pause)
            for number in range(conversations)
        )
        together = [reply for replies in await asyncio.gather(*people) for reply in replies]
        took = time.perf_counter() - begun
        watching.cancel()
        return Crowd([*before, *await _alone(client, following)], together, took, health)


async def _alone(client: httpx.AsyncClient, following: Iterator[int]) -> list[Reply]:
    held = [await _converse(client, next(following), streamed=bool(one % 2)) for one in range(ALONE)]
    return [reply for replies in held for reply in replies]


async def _persevere(
    client: httpx.AsyncClient, following: Iterator[int], number: int, *, after: float, until: float, pause: float
) -> list[Reply]:
    await asyncio.sleep(after)
    streamed = bool(number % 2)
    replies = await _converse(client, next(following), streamed=streamed, pause=pause)
    while time.perf_counter() < until:
        replies += await _converse(client, next(following), streamed=streamed, pause=pause)
    return replies


async def _converse(client: httpx.AsyncClient, number: int, *, streamed: bool, pause: float = 0.0) -> list[Reply]:
    """One conversation that the service remembers; it alone knows what was asked before."""
    headers = {"accept": "text/event-stream" if streamed else "application/json"}
    replies: list[Reply] = []
    for turn in turns_of(number):
        begun = time.perf_counter()
        fault, conversation = await _ask(client, turn, headers)
        replies.append(Reply((time.perf_counter() - begun) * 1000, fault))
        headers |= {"x-conversation": conversation} if conversation else {}
        await asyncio.sleep(pause)
    return replies


async def _ask(client: httpx.AsyncClient, turn: Turn, headers: dict[str, str]) -> tuple[str, str]:
    """What is wrong with the answer, and the id of its conversation."""
    try:
        response = await client.post("/v1/answers", json={"question": turn.question}, headers=headers)
    except httpx.HTTPError as error:
        return f"{turn.question}: {error!r}", ""
    conversation = response.headers.get("x-conversation", "")
    if response.status_code != 200:
        return f"{turn.question}: {response.status_code} {response.text[:200]}", conversation
    streamed = response.headers["content-type"].startswith("text/event-stream")
    answer = _streamed(response.text) if streamed else response.json()
    quotes = [citation["quote"] for citation in answer.get("citations", ())]
    good = any(quote.startswith(turn.wanted) or turn.wanted == answer["answer"] for quote in quotes)
    return "" if good else f"{turn.question}: {turn.wanted} was wanted, and {quotes or answer} came", conversation


def _streamed(text: str) -> dict[str, Any]:
    """The data of a stream's `answer`, or of its `error`."""
    events = [block.split("\n") for block in text.split("\n\n") if block.startswith("event: ")]
    data = {lines[0].removeprefix("event: "): json.loads(lines[1].removeprefix("data: ")) for lines in events}
    found: dict[str, Any] = data.get("answer") or data.get("error") or {}
    return found


async def _watch(client: httpx.AsyncClient, health: list[float]) -> None:
    """Ask every half second whether the process lives, as whoever restarts it would."""
    while True:
        begun = time.perf_counter()
        (await client.get("/healthz")).raise_for_status()
        health.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.5)


@contextmanager
def served(*, corpus: Path, index: Path, folder: Path) -> Iterator[str]:
    """The address of a server in a process of its own, which is told to stop afterwards and does."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", "0"),
            *("--corpus", str(corpus.absolute()), "--index", str(index.absolute())),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CHAPTERVERSE_DATABASE": f"sqlite:///{folder / 'store.sqlite3'}"},
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if " is ready at " in line:
                yield line.split()[-1]
                break
        else:
            raise SystemExit("the server did not start")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def main() -> None:
    """Measure, print, and write as JSON where asked; exit 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pause", type=float, default=5.0, help="seconds in which an answer is read; 0: none")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(corpus=ROOT / "corpus", index=ROOT / "index", folder=Path(folder)) as url,
    ):
        run = crowd(url, conversations=options.conversations, seconds=options.seconds, pause=options.pause)
        found = asyncio.run(run)
    for name, value in found.summary.items():
        print(f"{name:20} {value:10.1f}")
    for fault in found.faults[:10]:
        print(fault, file=sys.stderr)
    if options.output:
        settings = {name: getattr(options, name) for name in ("conversations", "seconds", "pause")}
        report = settings | found.summary | {"faults": len(found.faults)}
        options.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.exit(bool(found.faults))


if __name__ == "__main__":
    main()
