"""Answering is work and not waiting: as many questions at once as there are cores, the others in the order they came.

In: a function that answers. Out: what it returns, from a thread. More threads than cores would make every answer
slower and none sooner, and would leave none for those who only want to know whether the service lives.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

T = TypeVar("T")


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Work:
    """The work of one app."""

    def __init__(self, *, at_once: int) -> None:
        self._turns = CapacityLimiter(at_once)
        self._begun: set[asyncio.Task[Any]] = set()

    async def finished(self, work: Callable[[], T]) -> T:
        """What comes of some work, once it has had its turn. What has begun keeps its turn to its end."""
        return await to_thread.run_sync(work, limiter=self._turns)

    def begin(self, work: Callable[[], T]) -> asyncio.Task[T]:
        """The same, but it goes on when whoever waits for it goes away."""
        task = asyncio.create_task(self.finished(work))
        self._begun.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._begun.discard)
        return task


async def working(request: Request) -> Work:
    """The work of the app that the request came to."""
    work: Work = request.app.state.work
    return work


Worked = Annotated[Work, Depends(working)]
