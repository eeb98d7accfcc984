"""Members are there as long as their connection and its process live, by the database's clock, whatever happens."""

import time
from pathlib import Path

import pytest

from adapters.database import Database
from domain.presence.statements import COUNTED_SECONDS, RENEWED_SECONDS
from resolvers.services import Services
from tests.graph.presence.conftest import present
from tests.graph.subscriptions.test_access import Connection
from tests.support.api import Api, Person
from tests.support.program import serving
from tests.support.sockets import served
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

SECRET = "a secret for tests only, 32+ letters"
GONE_SECONDS = 10
"""What the product promises."""


async def members(api: Api, table: MadeTable, channel: str) -> int:
    found = await api.execute(f'{{ presence(channel: "{channel}") {{ connectionId }} }}', as_=table.owner)
    return len(found.ok["presence"])


async def test_members_of_a_killed_process_are_gone_within_ten_seconds(
    address: str, table: MadeTable, guest: Person, channel: str, database_url: str, tmp_path: Path
) -> None:
    external = ("--database-url", database_url, "--secret-key", SECRET)
    async with present(address, table.owner, channel) as owner:
        with serving(tmp_path, *external) as server:
            async with present(server.address.removeprefix("http://"), guest, channel) as second:
                assert (await owner.event())["type"] == "JOIN"
                server.kill()
                killed = time.monotonic()
                left = await owner.event()
                took = time.monotonic() - killed
    assert (left["type"], left["member"]["connectionId"]) == ("LEAVE", second.id)
    assert [member["connectionId"] for member in left["members"]] == [owner.id]
    assert took < GONE_SECONDS


async def test_a_process_that_stops_takes_its_members_out_at_once(
    address: str, table: MadeTable, guest: Person, channel: str, database_url: str, tmp_path: Path, pg: Connection
) -> None:
    external = ("--database-url", database_url, "--secret-key", SECRET)
    async with present(address, table.owner, channel) as owner:
        with serving(tmp_path, *external) as server:
            async with present(server.address.removeprefix("http://"), guest, channel) as second:
                assert (await owner.event())["type"] == "JOIN"
                assert server.interrupt() == 0
                kept = await pg.fetchval("SELECT count(*) FROM presence_connections WHERE id = $1", second.id)
        assert (await owner.event())["type"] == "LEAVE"
    assert kept == 0


async def test_a_process_counts_as_dead_by_the_clock_of_the_database_alone(
    api: Api, address: str, table: MadeTable, channel: str, pg: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    silence = "UPDATE presence_processes SET alive_at = clock_timestamp() - $1 * interval '1 second'"
    async with present(address, table.owner, channel):
        assert await members(api, table, channel) == 1
        await pg.execute(silence, float(COUNTED_SECONDS + 1))
        assert await members(api, table, channel) == 0

        async def is_back() -> bool:
            return await members(api, table, channel) == 1

        await eventually(is_back)


@pytest.mark.parametrize("lost", ["presence_processes", "presence_connections"])
async def test_what_the_database_has_lost_is_registered_anew(
    lost: str, api: Api, services: Services, address: str, table: MadeTable, channel: str, pg: Connection
) -> None:
    async with present(address, table.owner, channel) as owner:
        if lost == "presence_processes":  # swept by another process, or emptied by a crash of the database
            await pg.execute("DELETE FROM presence_processes")
        else:  # a member that could not be written, or taken out
            await pg.execute("DELETE FROM presence_connections")
            services.presence._is_registered = False
        assert await members(api, table, channel) == 0
        assert (await owner.until("JOIN"))["member"]["connectionId"] == owner.id
        assert await members(api, table, channel) == 1


async def test_processes_long_dead_are_swept(address: str, table: MadeTable, channel: str, pg: Connection) -> None:
    dead = "INSERT INTO presence_processes (id, alive_at) VALUES (gen_random_uuid(), now() - $1 * interval '1 second')"
    await pg.execute(dead, 61.0)
    await pg.execute(dead, 30.0)

    async def is_swept() -> bool:
        return await pg.fetchval("SELECT count(*) FROM presence_processes") == 2

    async with present(address, table.owner, channel):
        await eventually(is_swept)


async def test_a_member_that_could_not_be_taken_out_is_taken_out_later(
    services: Services, address: str, table: MadeTable, guest: Person, channel: str, pg: Connection
) -> None:
    async with present(address, table.owner, channel) as owner, present(address, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        database, services.presence._database = services.presence._database, Database("postgresql://127.0.0.1:1/x")
        await second.socket.end(second.operation)
        await eventually(lambda: not services.presence._is_registered)
        services.presence._database = database
        assert (await owner.event())["type"] == "LEAVE"
        assert await pg.fetchval("SELECT count(*) FROM presence_connections") == 1


async def test_nothing_is_left_of_members_that_have_gone(
    settings: object, services: Services, api: Api, table: MadeTable, channel: str, pg: Connection
) -> None:
    async with served(settings, services) as address:  # type: ignore[arg-type]
        for drop in range(4):
            async with present(address, table.owner, channel) as owner:
                if drop % 2:
                    owner.socket.connection.transport.abort()

        async def is_empty() -> bool:
            return await pg.fetchval("SELECT count(*) FROM presence_connections") == 0

        await eventually(is_empty)
        assert services.presence._connections == {}
        assert services.presence._rooms._rooms == {}
        await eventually(lambda: services.bus.listeners == 0)


def test_a_process_renews_often_enough() -> None:
    assert COUNTED_SECONDS / RENEWED_SECONDS > 3
    assert COUNTED_SECONDS + 1 < GONE_SECONDS
