"""Subscriptions of two servers whose bus is Redis: what one of them writes wakes the streams of the other."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from adapters.bus import APPLICATION
from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.records import Records
from tests.support.redis import RedisServer
from tests.support.sockets import Socket, opened, served
from tests.support.tables import MadeTable
from tests.support.waiting import eventually


@pytest.fixture
def settings(settings: Settings, redis: RedisServer) -> Settings:
    """Settings that name the Redis."""
    return settings.model_copy(update={"bus_url": redis.url})


@pytest.fixture
async def others(
    settings: Settings, services: Services, database_url: str, passwords: Passwords
) -> AsyncIterator[Services]:
    """The parts of a second server of the same database, with a pool and a bus of its own."""
    database = Database(database_url, pool_size=5)
    others = make_services(settings, database)
    others.passwords, others.limits = passwords, services.limits
    yield others
    await database.close()


async def test_events_come_through_redis_also_after_it_was_away(
    settings: Settings,
    services: Services,
    others: Services,
    owner: Socket,
    records: Records,
    table: MadeTable,
    redis: RedisServer,
    pg: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    async with served(settings, others) as elsewhere, opened(elsewhere) as socket:
        await eventually(lambda: services.bus.is_connected and others.bus.is_connected)
        await socket.initialise(table.owner)
        cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
        here = await owner.subscribe(EVENTS, {"table": table.id, "after": cursor})
        there = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})

        async def write() -> str:
            made: str = (await records.create({})).ok["createRecord"]["record"]["id"]
            assert (await owner.event(here))["recordId"] == made
            return made

        for _ in range(5):
            made = await write()
            assert (await socket.event(there))["recordId"] == made

        redis.kill()
        await eventually(lambda: not services.bus.is_connected and not others.bus.is_connected)
        missed = [await write() for _ in range(3)]
        redis.start()  # being connected again wakes the stream, which looks but once an hour by itself
        assert [(await socket.event(there))["recordId"] for _ in missed] == missed
        await eventually(lambda: services.bus.is_connected)
        made = await write()
        assert (await socket.event(there))["recordId"] == made

    listening = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()"
    assert await pg.fetchval(listening, APPLICATION) == 0
