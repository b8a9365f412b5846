"""Answering is work and not waiting: as many questions at once as there are cores, the others in the order they came.

In: a function that answers. Out: what it returns, from a thread; 503 where too many wait before it already. More
threads than cores would make every answer slower and none sooner, and would leave none for those who only want to know
whether the service lives; and nobody waits for an answer that comes minutes later.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from starlette.exceptions import HTTPException

T = TypeVar("T")
TRY_AGAIN_SECONDS = 5


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Work:
    """The work of one app: so much at once, and so much waiting for its turn; `taken` counts both."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._turns = CapacityLimiter(at_once)
        self._most = at_once + waiting
        self.taken = 0
        self._begun: set[asyncio.Task[Any]] = set()

    async def finished(self, work: Callable[[], T], *, continued: bool = False) -> T:
        """What comes of some work, once it has had its turn. What has begun keeps its turn to its end.

        Raises 503 when too much is waiting; not for what is `continued`, of which a part is done already.
        """
        self._take(continued=continued)
        return await self._done(work)

    def begin(self, work: Callable[[], T]) -> asyncio.Task[T]:
        """The same, but it goes on when whoever waits for it goes away; 503 is raised at once."""
        self._take()
        task = asyncio.create_task(self._done(work))
        self._begun.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._begun.discard)
        return task

    def _take(self, *, continued: bool = False) -> None:
        if self.taken >= self._most and not continued:
            detail = f"{self._most} questions are being answered or waiting; try again in {TRY_AGAIN_SECONDS} s"
            raise HTTPException(503, detail, headers={"retry-after": str(TRY_AGAIN_SECONDS)})
        self.taken += 1

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            return await to_thread.run_sync(work, limiter=self._turns)
        finally:
            self.taken -= 1


async def working(request: Request) -> Work:
    """The work of the app that the request came to."""
    work: Work = request.app.state.work
    return work


Worked = Annotated[Work, Depends(working)]
