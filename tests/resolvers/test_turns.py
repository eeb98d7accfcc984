"""Parsing a large batch leaves other tasks their turn."""

import asyncio
import time
from collections.abc import Iterator

from domain.records.values import Row
from resolvers.records.turns import in_turns


async def test_parsing_many_rows_lets_other_tasks_run() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def rows() -> Iterator[Row]:
        for i in range(30):
            time.sleep(0.003)  # stands for a row of costly values
            yield {"f_1": i}

    task = asyncio.create_task(other())
    parsed = await in_turns(rows())
    task.cancel()
    assert [row["f_1"] for row in parsed] == list(range(30))
    assert turns > 1
