"""A write transaction of our server that is held open: by locks on rows that it comes to late."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import asyncpg

from bench.world import World
from domain.bases.catalog import table_name

WRITES = 3
"""What the transaction writes: one record at once, two when their locks are released."""
SECONDS_MORE = 1.0
"""How much longer it is open than asked for."""
SECONDS_TO_BEGIN = 20

_HELD = """
mutation ($table: ID!, $fields: JSON!, $first: ID!, $second: ID!) {
  createRecord(input: {tableId: $table, fields: $fields}) { eventCursor }
  first: updateRecord(input: {id: $first, fields: $fields}) { eventCursor }
  second: updateRecord(input: {id: $second, fields: $fields}) { eventCursor }
}
"""
_NUMBERS = "SELECT b.number AS base, t.number AS table FROM tables t JOIN bases b ON b.id = t.base_id WHERE t.id = $1"
_IS_WAITING = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0)"


@contextmanager
def held_open(
    world: World, table: str, rows: Sequence[str], fields: Mapping[str, Any], seconds: float
) -> Iterator[Future[float]]:
    """Two records of a table are changed and one is created, by a mutation that stays open for so many seconds.

    Two locks, each for half of the time, keep its statements below the server's limit. What is yielded has the time of
    its answer, as `time.perf_counter` tells it.
    """
    locked, waiting = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as threads:
        locks = threads.submit(lambda: asyncio.run(_lock(world.url, table, rows, seconds, locked, waiting)))
        _await(locked, locks)
        variables = {"table": table, "fields": fields, "first": rows[0], "second": rows[1]}
        answered = threads.submit(lambda: (world.api.ask(_HELD, variables), time.perf_counter())[1])
        _await(waiting, locks)
        yield answered
        locks.result()


def _await(event: threading.Event, locks: "Future[None]") -> None:
    if not event.wait(SECONDS_TO_BEGIN):
        locks.result(0)
        raise RuntimeError("the transaction did not begin")


async def _lock(
    url: str, table: str, rows: Sequence[str], seconds: float, locked: threading.Event, waiting: threading.Event
) -> None:
    """Lock both rows; release the first after half of the time from when somebody waits, the second at its end."""
    first, second = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        place = await first.fetchrow(_NUMBERS, UUID(table))
        assert place is not None
        for connection, row in ((first, rows[0]), (second, rows[1])):
            await connection.execute("BEGIN")
            name = table_name(place["base"], place["table"])
            await connection.execute(f"SELECT FROM {name} WHERE id = '{UUID(row)}' FOR UPDATE")
        locked.set()
        while not await first.fetchval(_IS_WAITING):  # noqa: ASYNC110  # only the database knows
            await asyncio.sleep(0.01)
        waiting.set()
        await asyncio.sleep(seconds / 2)
        await first.close()
        await asyncio.sleep(seconds / 2 + SECONDS_MORE)
    finally:
        await first.close()
        await second.close()
