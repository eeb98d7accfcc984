"""A line in the log for each operation that took long, with what it asked the database and how that is planned.

The line is written after the answer has gone out, one plan at a time, and there are only so many a minute: a server
that is slow since it has too much to do is not given more.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import structlog

from adapters.database import Database
from adapters.statement_plans import generic_plan
from adapters.statement_times import Run, StatementTimes, shown
from graph.execution.watch import Watched
from graph.trusted.registered import sha256_of

logger = structlog.get_logger("tablegraph.slow")

MINUTE: Final = 60.0
MAX_STATEMENTS: Final = 10
"""In one line, the slowest ones."""
MAX_SQL_CHARACTERS: Final = 2_000
MAX_PLAN_CHARACTERS: Final = 10_000
MAX_NAME_CHARACTERS: Final = 100


@dataclass(slots=True)
class _Statement:
    """All runs of one statement in an operation."""

    text: str
    count: int = 0
    seconds: float = 0.0

    def add(self, run: Run) -> None:
        self.count += not run.is_preparation
        self.seconds += run.ended - run.began


class SlowOperations:
    """Watches the operations of one process for those that take `seconds` or more."""

    def __init__(self, database: Database, seconds: float, most_per_minute: int) -> None:
        self._database = database
        self._seconds = seconds
        self._most = most_per_minute
        self._minute_began = float("-inf")
        self._written = 0
        self._left_out = 0
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, operation: Watched) -> None:
        """Have a line written for an operation that took long."""
        if operation.seconds < self._seconds:
            return
        if not self._may_write():
            self._left_out += 1
            return
        task = asyncio.get_running_loop().create_task(self._write(operation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _may_write(self) -> bool:
        now = perf_counter()
        if now - self._minute_began >= MINUTE:
            self._minute_began, self._written = now, 0
        self._written += 1
        return self._written <= self._most

    async def _write(self, operation: Watched) -> None:
        left_out, self._left_out = self._left_out, 0
        statements = _slowest(operation.statements)
        async with self._turn:  # one plan at a time
            plan = await generic_plan(self._database, statements[0].text) if statements else None
        logger.warning(
            "slow operation",
            request_id=operation.client.request_id,
            operation=operation.type,
            name=operation.name and operation.name[:MAX_NAME_CHARACTERS],
            sha256=sha256_of(operation.document),
            code=operation.code,
            ms=_ms(operation.seconds),
            cost=operation.cost,
            **_of_database(operation.statements),
            statements=[_described(each) for each in statements[:MAX_STATEMENTS]],
            plan=plan and plan[:MAX_PLAN_CHARACTERS],
            left_out=left_out,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Give up, at the end of the block, the lines that wait for their plans."""
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)


def _slowest(times: StatementTimes | None) -> list[_Statement]:
    """What was kept of the statements, by their text, those first that took the longest."""
    statements: dict[str, _Statement] = {}
    for run in times.runs if times else ():
        statements.setdefault(run.text, _Statement(run.text)).add(run)
    return sorted(statements.values(), key=lambda each: each.seconds, reverse=True)


def _of_database(times: StatementTimes | None) -> dict[str, object]:
    return {} if times is None else {"database_ms": _ms(times.seconds), "statement_count": times.count}


def _described(statement: _Statement) -> dict[str, object]:
    return {"sql": shown(statement.text, MAX_SQL_CHARACTERS), "count": statement.count, "ms": _ms(statement.seconds)}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
