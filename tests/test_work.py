import asyncio
import threading
from functools import partial

import pytest

from assistant.service.work import Work, cores


def test_as_many_are_at_work_as_may_be() -> None:
    at_work, most = 0, 0
    lock, go_on = threading.Lock(), threading.Event()

    def work(number: int) -> int:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        assert go_on.wait(10)
        with lock:
            at_work -= 1
        return number

    async def run() -> list[int]:
        turns = Work(at_once=2)
        waiting = [turns.begin(partial(work, number)) for number in range(9)]
        while most < 2:
            await asyncio.sleep(0)
        go_on.set()
        return await asyncio.gather(*waiting)

    assert asyncio.run(run()) == list(range(9))
    assert (most, at_work) == (2, 0)


def test_the_others_wait_in_the_order_they_came() -> None:
    order: list[int] = []

    async def run() -> None:
        turns = Work(at_once=1)
        await asyncio.gather(*(turns.begin(partial(order.append, number)) for number in range(20)))

    asyncio.run(run())
    assert order == list(range(20))


def test_work_that_was_begun_goes_on_when_nobody_waits_for_it() -> None:
    held, done = threading.Event(), threading.Event()

    def work() -> None:
        assert held.wait(10)
        done.set()

    async def run() -> None:
        task = Work(at_once=1).begin(work)
        waiting = asyncio.create_task(asyncio.wait_for(asyncio.shield(task), 0.01))
        with pytest.raises(TimeoutError):
            await waiting
        held.set()
        await task

    asyncio.run(run())
    assert done.is_set()


def test_an_error_comes_to_who_waits() -> None:
    def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(Work(at_once=1).finished(work))
    assert cores() >= 1
