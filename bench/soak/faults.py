"""What goes wrong during a soak: servers are killed, the bus's connections are ended, rows stay locked."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import asyncpg

from bench.processes import Server
from bench.soak.world import World

_END_BUS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE application_name = 'tablegraph bus' AND datname = current_database()
"""
_QUIET = """
SELECT NOT EXISTS (
    SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
)
"""
_LOCK = "SELECT FROM {} WHERE id = $1::uuid FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where faults take place, until `stopped` is set; each is counted in `counts`."""

    servers: Sequence[Server]
    database: "asyncpg.Pool[asyncpg.Record]"
    world: World
    stopped: asyncio.Event
    counts: Counter[str]

    async def lasts(self, seconds: float) -> bool:
        """Wait so many seconds; whether it goes on."""
        try:
            async with asyncio.timeout(seconds):
                return not await self.stopped.wait()
        except TimeoutError:
            return True


Fault = Callable[[Stage], Coroutine[Any, Any, None]]
"""Goes on until the stage is stopped."""


def killed_servers(pause: float) -> Fault:
    """Each server in turn is killed and started again, with so many seconds in between."""

    async def kill(stage: Stage) -> None:
        for server in cycle(stage.servers):
            if not await stage.lasts(pause):
                return
            server.kill()
            stage.counts["servers killed"] += 1
            await asyncio.to_thread(server.start)

    return kill


def cut_bus(pause: float) -> Fault:
    """The connections of the bus are ended, with so many seconds in between."""

    async def cut(stage: Stage) -> None:
        while await stage.lasts(pause):
            stage.counts["connections of the bus ended"] += await stage.database.fetchval(_END_BUS)

    return cut


def held_locks(seed: int) -> Fault:
    """Records that the writers share are locked for a while, so that transactions become slow ones.

    One at a time. Writers that wait for each other may have this one in their queue, and then PostgreSQL may choose it
    as the one that has to give way.
    """

    async def hold(stage: Stage) -> None:
        chance = random.Random(f"{seed}/locks")
        async with stage.database.acquire() as connection:
            while await stage.lasts(chance.uniform(0, 0.3)):
                table = chance.choice(stage.world.tables)
                with suppress(asyncpg.DeadlockDetectedError):
                    async with connection.transaction():
                        await connection.execute(_LOCK.format(table.sql_name), chance.choice(table.shared_ids))
                        stage.counts["locks held"] += 1
                        await asyncio.sleep(chance.choice([0.05, 0.3, 1.5]))

    return hold


async def quiet(database: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Return once nothing writes any more: a killed server's last statements may outlive it."""
    while True:
        if await database.fetchval(_QUIET):
            return
        await asyncio.sleep(0.05)
