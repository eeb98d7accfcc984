"""Work in threads: its results and errors come back, and it has ended before its caller goes on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from resolvers.imports.reading import ahead, in_thread


async def test_result_and_error_of_a_thread_come_back() -> None:
    def fail() -> None:
        raise ValueError("no")

    assert await in_thread(lambda: threading.current_thread() is threading.main_thread()) is False
    with pytest.raises(ValueError, match="no"):
        await in_thread(fail)


async def test_cancelled_caller_waits_for_its_thread() -> None:
    began, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        may_end.wait(10)
        ended.set()

    caller = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(began.wait, 10)
    caller.cancel()
    await asyncio.sleep(0)
    was_running = not caller.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert (was_running, ended.is_set()) == (True, True)


async def test_items_come_in_their_order_one_ahead() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(4):
            made.append(number)
            yield number

    seen = []
    async with aclosing(ahead(items())) as numbers:
        async for number in numbers:
            seen.append(number)
            assert len(made) <= number + 2

    assert seen == made == [0, 1, 2, 3]


async def test_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    async with aclosing(ahead(items())) as numbers:
        assert await anext(numbers) == 1
        with pytest.raises(ValueError, match="no"):
            await anext(numbers)


async def test_item_in_the_making_is_waited_for_when_nobody_wants_it() -> None:
    ended = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        ended.wait(0.05)
        ended.set()
        yield 2

    async with aclosing(ahead(items())) as numbers:
        async for _ in numbers:
            break

    assert ended.is_set()
