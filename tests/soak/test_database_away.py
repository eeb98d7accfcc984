"""A server whose database is stopped: it says so, soon, and goes on when the database is back."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import pytest

from adapters.database.pool import SECONDS_TO_ROLL_BACK
from resolvers.authenticator import SECONDS_TO_ASK
from server.settings import Settings
from tests.soak.cluster import Cluster
from tests.soak.conftest import application
from tests.support.api import Api
from tests.support.waiting import eventually

pytestmark = pytest.mark.long

SECONDS = 5
"""In which twenty requests must be refused: half of what an operation has."""


@pytest.fixture
async def api(cluster: Cluster, settings: Settings) -> AsyncIterator[Api]:
    """A client of an application on that database, with two connections to it."""
    async with application(cluster, settings, 2) as api:
        yield api


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_what_is_asked_meanwhile_is_refused_soon(api: Api, cluster: Cluster, number: signal.Signals) -> None:
    person = await api.register()
    await asyncio.to_thread(cluster.halt, number)
    async with asyncio.timeout(SECONDS):
        results = await asyncio.gather(*(api.execute("{ workspaces { id } }", as_=person) for _ in range(20)))

    assert [(result.status, result.codes) for result in results] == [(503, ["UNAVAILABLE"])] * 20

    await asyncio.to_thread(cluster.recover)

    async def is_back() -> bool:
        try:
            return (await api.execute("{ workspaces { id } }", as_=person)).codes == []
        except httpx.HTTPError:
            return False

    await eventually(is_back)


async def test_of_a_database_that_only_reads_for_a_while_writes_are_refused_as_of_one_that_is_away(
    api: Api, cluster: Cluster
) -> None:
    person = await api.register()
    await read_only(cluster, "on")

    async def is_refused() -> bool:
        return (await api.execute(MUTATION, as_=person)).codes != []

    await eventually(is_refused)  # connections that are open learn of it a little later
    result = await api.execute(MUTATION, as_=person)

    assert (result.status, result.codes) == (503, ["UNAVAILABLE"])

    await read_only(cluster, "off")

    async def is_back() -> bool:
        return not await is_refused()

    await eventually(is_back)


async def read_only(cluster: Cluster, value: str) -> None:
    """Have the database take no writes, as a standby or one whose disk is full, or take them again."""
    connection = await asyncpg.connect(cluster.url, server_settings={"default_transaction_read_only": "off"})
    await connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


@pytest.fixture
async def hasty(cluster: Cluster, settings: Settings) -> AsyncIterator[Api]:
    """A client of an application whose operations have a second, with two connections to that database."""
    async with application(cluster, settings.model_copy(update={"execution_timeout": timedelta(seconds=1)}), 2) as api:
        yield api


QUERY = "{ workspaces { id } }"
MUTATION = 'mutation { createWorkspace(input: {name: "W"}) { workspace { id } } }'
SECONDS_OF_A_HANG = SECONDS_TO_ASK + 1.2 + SECONDS_TO_ROLL_BACK
"""Until the last is refused: to learn who it is, to be executed, and to give up what it has begun."""


async def test_of_a_database_that_hangs_all_is_refused_in_time_and_nothing_stays_behind(
    hasty: Api, cluster: Cluster
) -> None:
    people = [await hasty.register() for _ in range(3)]
    before = hasty.services.database.connections_in_use
    cluster.hang()
    try:
        async with asyncio.timeout(2 * SECONDS_OF_A_HANG):  # a machine may have other work
            asked = [hasty.execute(text, as_=each) for each in people for text in (QUERY, MUTATION) * 3]
            results = await asyncio.gather(*asked)
            hasty.services.authenticator.forget()
            later = await asyncio.gather(*(hasty.execute(QUERY, as_=each) for each in people))
    finally:
        cluster.go_on()

    assert [(each.status, each.codes) for each in [*results, *later]] == [(503, ["UNAVAILABLE"])] * (18 + 3)

    async def is_back() -> bool:
        return (await hasty.execute(QUERY, as_=people[0])).codes == []

    await eventually(is_back)
    assert (await hasty.execute(MUTATION, as_=people[0])).codes == []
    await eventually(lambda: hasty.services.database.connections_in_use == before)
