"""Wake-ups that get lost on purpose: the bus carries nothing from one process to the other, and no event is lost."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import asyncpg
import pytest

from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.records import Records
from tests.support.sockets import opened, served
from tests.support.tables import make_table

EVENTS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) { type record { fields } }
    }
"""
REFUSE_THE_BUS = """
CREATE FUNCTION refuse_the_bus() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('application_name') = 'tablegraph bus' THEN
        RAISE 'the bus may not connect';
    END IF;
END $$;
CREATE EVENT TRIGGER no_bus ON login EXECUTE FUNCTION refuse_the_bus();
ALTER EVENT TRIGGER no_bus ENABLE ALWAYS;
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One of two servers of a database, as far as a process knows of others: its services, and where it serves."""

    services: Services
    address: str


@pytest.fixture
async def processes(url: str, settings: Settings, passwords: Passwords) -> AsyncIterator[list[Process]]:
    """Two servers of one database, between which no wake-up gets through."""
    connection = await asyncpg.connect(url)
    await connection.execute(REFUSE_THE_BUS)
    await connection.close()
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(2):
            database = Database(url, pool_size=5)
            stack.push_async_callback(database.close)
            services = make_services(settings, database)
            services.passwords = passwords
            services.limits = replace(services.limits, event_poll_interval=timedelta(milliseconds=50))
            made.append(Process(services, await stack.enter_async_context(served(settings, services))))
        yield made


async def test_events_are_found_without_any_wake_up(settings: Settings, processes: list[Process]) -> None:
    writing, reading = processes
    async with client_of(create_app(settings, writing.services)) as http:
        api = Api(http, writing.services)
        table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
        records = Records(api, table)
        cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
        async with opened(reading.address) as socket:
            await socket.initialise(table.owner)
            id = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
            for number in range(5):
                await records.create({"Name": f"alone {number}"})
                event = await socket.event(id)
                assert event == {"type": "CREATED", "record": {"fields": {"Name": f"alone {number}"}}}
            names = [f"one of many {number}" for number in range(300)]
            for start in range(0, len(names), 30):
                await records.create_all([{"Name": name} for name in names[start : start + 30]])
            assert [(await socket.event(id))["record"]["fields"]["Name"] for _ in names] == names
    assert [process.services.bus.is_connected for process in processes] == [False, False]
