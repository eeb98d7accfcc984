"""What takes long leaves other tasks their turn: the parsing of a large batch, a value that hundreds wait for."""

import asyncio
import time
from collections.abc import Awaitable, Iterator

from domain.records.values import Row
from resolvers.turns import TOGETHER, Turns, in_turns


async def turns_beside(work: Awaitable[object]) -> int:
    """How often another task had its turn while work was done."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await work
    task.cancel()
    return turns


async def test_parsing_many_rows_lets_other_tasks_run() -> None:
    parsed = list[Row]()

    def rows() -> Iterator[Row]:
        for i in range(30):
            time.sleep(0.003)  # stands for a row of costly values
            yield {"f_1": i}

    async def parse() -> None:
        parsed.extend(await in_turns(rows()))

    assert await turns_beside(parse()) > 1
    assert [row["f_1"] for row in parsed] == list(range(30))


async def test_many_coroutines_of_one_work_go_on_in_their_order_and_a_few_at_a_time() -> None:
    turns, done = Turns(), list[int]()

    def work() -> None:
        time.sleep(0.002)  # stands for a value with a large selection

    async def one(number: int) -> None:
        if turns.is_over:
            await turns.next()
        work()
        done.append(number)

    assert await turns_beside(asyncio.gather(*map(one, range(100)))) > 80 / TOGETHER
    assert done == list(range(100))


async def test_who_stops_waiting_is_passed_over() -> None:
    turns, done = Turns(), list[int]()

    async def one(number: int) -> None:
        await turns.next()
        done.append(number)

    tasks = [asyncio.ensure_future(one(number)) for number in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert done == [0, 2]
    assert not turns.is_over
