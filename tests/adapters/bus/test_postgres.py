"""PostgreSQL as the carrier of the bus: sessions that the server ends, and what it costs those who write."""

from typing import TypeAlias
from uuid import uuid4

import asyncpg

from adapters.bus import APPLICATION, make_bus
from adapters.database import Database
from tests.adapters.bus.waking import connected, woken
from tests.support.waiting import eventually

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

END = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = $1 AND datname = current_database()
"""


async def test_whoever_listens_is_woken_after_the_server_has_ended_the_session(
    database: Database, pg: Connection
) -> None:
    here, there, topic = make_bus(database), make_bus(database), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, there.listening(topic) as other:
            assert await pg.fetchval(END, APPLICATION) == 2
            assert await woken(event)
            assert await woken(other)
            await eventually(lambda: (here.connections, there.connections) == (2, 2))
            await connected(here, there)
            other.clear()
            here.publish(topic)
            assert await woken(other)


async def test_a_session_of_the_bus_is_in_no_transaction(database: Database, pg: Connection) -> None:
    here, there, topic = make_bus(database), make_bus(database), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with there.listening(topic) as event:
            here.publish(topic)
            assert await woken(event)
        found = "SELECT state FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()"

        async def are_idle() -> bool:
            return [row["state"] for row in await pg.fetch(found, APPLICATION)] == ["idle", "idle"]

        await eventually(are_idle)


async def test_nothing_in_the_database_notifies_by_itself(pg: Connection) -> None:
    """But the queue, into which writes of records put nothing."""
    found = """
        SELECT proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
        WHERE prosrc ILIKE '%notify%' AND nspname NOT IN ('pg_catalog', 'information_schema', 'jobs')
    """
    assert await pg.fetch(found) == []
