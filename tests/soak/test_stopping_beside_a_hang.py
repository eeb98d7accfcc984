"""Processes that are told to stop while their database does nothing stop all the same; and how they do that."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen
from time import sleep

import asyncpg
import httpx
import psutil
import pytest

from adapters import migrations
from adapters.database import AWAY, Database, give_up_when_silent, pool, silence
from adapters.tasks import beside
from bench.soak.servers import address_of, running_servers
from domain.errors import Unavailable
from server.probes import SECONDS as SECONDS_TO_BE_READY
from tests.soak.cluster import Cluster
from tests.support.program import a_worker

SECONDS_TO_STOP = SECONDS_TO_BE_READY + silence.SECONDS + 10
"""What was asked before, the database, and all else on a slow machine."""


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    """Three connections."""
    database = Database(cluster.url, pool_size=3)
    yield database
    await database.close()


@pytest.mark.parametrize("asks_before", [False, True])
def test_a_server_stops(cluster: Cluster, tmp_path: Path, asks_before: bool) -> None:
    with running_servers(cluster.url, tmp_path, {}) as [server]:
        ready = f"http://{address_of(server)}/ready"
        if asks_before:  # then there is a connection that has nothing to do
            assert httpx.get(ready).status_code == 200
        process = psutil.Process(server.pid)
        with ThreadPoolExecutor() as threads, cluster.hanging():
            asked = threads.submit(httpx.get, ready, timeout=60)
            sleep(0.5)  # it is under way
            process.terminate()
            ended, _ = psutil.wait_procs([process], timeout=SECONDS_TO_STOP)
            assert (asked.result().status_code, ended) == (503, [process])


def test_a_worker_stops(cluster: Cluster) -> None:
    asyncio.run(migrations.upgrade(cluster.url))
    worker: Popen[str]
    with a_worker(cluster.url) as worker, cluster.hanging():
        worker.terminate()
        assert worker.wait(SECONDS_TO_STOP) == 0


async def test_who_waits_for_a_silent_database_fails_at_once(
    cluster: Cluster, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SECONDS", 0.5)

    async def ask() -> None:
        async with database.unit() as unit:
            await unit.connection.execute("SELECT")

    async def ask_apart() -> None:
        async with database.own_connection() as connection:
            await connection.execute("SELECT")

    async with database.unit(), database.own_connection() as lasting:
        await ask()  # which leaves a connection behind that has nothing to do
        with cluster.hanging():
            async with asyncio.timeout(10), beside(give_up_when_silent(database)):
                waiting = (ask(), ask(), ask_apart(), lasting.execute("SELECT"))
                failed = await asyncio.gather(*waiting, return_exceptions=True)
            assert all(isinstance(each, AWAY) for each in failed), failed
            for again in (ask, ask_apart):
                with pytest.raises(Unavailable):
                    await again()
            async with asyncio.timeout(10):
                await database.close()


async def test_an_attempt_to_connect_that_ends_by_itself_just_then_is_in_nobody_s_way(
    cluster: Cluster, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SECONDS_TO_CONNECT", 0.2)

    async def ask() -> None:
        async with database.unit():
            pass

    with cluster.hanging():
        waiting = asyncio.create_task(ask())
        await asyncio.sleep(0.1)
        loop = asyncio.get_running_loop()
        given_up: asyncio.Future[None] = loop.create_future()

        def give_up() -> None:
            try:
                database.give_up()
            except Exception as error:
                given_up.set_exception(error)
            else:
                given_up.set_result(None)

        loop.call_later(0.2, give_up)
        sleep(0.5)  # noqa: ASYNC251  # so that both come to pass in the same turn of the loop
        async with asyncio.timeout(10):
            await given_up
            with pytest.raises(Unavailable):
                await waiting


async def test_a_database_that_speaks_is_not_given_up(
    cluster: Cluster, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SECONDS", 0.5)
    async with database.unit() as unit, beside(give_up_when_silent(database)):
        await unit.connection.execute("SELECT pg_sleep(2)")


async def test_connections_that_have_nothing_to_do_are_closed_without_the_server(
    cluster: Cluster, database: Database
) -> None:
    async with database.unit() as unit:
        connection: asyncpg.Connection[asyncpg.Record] = unit.connection
    with cluster.hanging():
        async with asyncio.timeout(10):
            await database.close()
    assert connection.is_closed()
