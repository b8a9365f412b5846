import asyncio
import threading
from functools import partial

import pytest
from starlette.exceptions import HTTPException

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
        turns = Work(at_once=2, waiting=50)
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
        turns = Work(at_once=1, waiting=50)
        await asyncio.gather(*(turns.begin(partial(order.append, number)) for number in range(20)))

    asyncio.run(run())
    assert order == list(range(20))


def test_work_that_was_begun_goes_on_when_nobody_waits_for_it() -> None:
    held, done = threading.Event(), threading.Event()

    def work() -> None:
        assert held.wait(10)
        done.set()

    async def run() -> None:
        task = Work(at_once=1, waiting=50).begin(work)
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
        asyncio.run(Work(at_once=1, waiting=50).finished(work))
    assert cores() >= 1


def test_more_than_may_wait_is_turned_away_and_there_is_room_again_afterwards() -> None:
    held = threading.Event()

    async def run() -> list[int]:
        turns = Work(at_once=1, waiting=2)
        inside = [turns.begin(partial(held.wait, 10)) for _ in range(3)]
        for turned_away in (turns.begin, turns.finished):
            with pytest.raises(
                HTTPException, match="3 questions are being answered or waiting; try again in 5 s"
            ) as error:
                await turned_away(partial(int, 1))
            assert (error.value.status_code, error.value.headers) == (503, {"retry-after": "5"})
        continued = asyncio.create_task(turns.finished(partial(int, 7), continued=True))
        held.set()
        assert await asyncio.gather(*inside) == [True, True, True]
        return [await continued, await turns.finished(partial(int, 8))]

    assert asyncio.run(run()) == [7, 8]


def test_work_that_fails_gives_its_place_back() -> None:
    async def run() -> None:
        turns = Work(at_once=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ValueError, match="invalid"):
                await turns.finished(partial(int, "no"))

    asyncio.run(run())
