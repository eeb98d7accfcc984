"""A kind of follower that writes down what it reads, in a table of its own."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database, Unit
from domain.changes.selection import WHOLE_EVENT, RecordEventType
from resolvers.acting import acting_for
from resolvers.followers.follower import ChangeEvent, Follower
from resolvers.followers.following import follow
from resolvers.services import Services
from resolvers.streams.record_events import RecordEventSelection
from tests.support.tables import MadeTable

KIND = "notebook"
FIRST = UUID(int=1001)


@dataclass
class Notebook:
    """Notes which follower read which event, and what else happened."""

    services: Services
    owner: UUID
    types: frozenset[RecordEventType] = frozenset(RecordEventType)
    missed_by: list[UUID] = field(default_factory=list)
    fails: Exception | None = None
    is_off: bool = False

    async def selection(self, follower: Follower) -> RecordEventSelection | None:
        """All events of the table, as the owner may see them; none while it is off."""
        if self.is_off:
            return None
        context = await acting_for(self.services, self.owner, "notebook")
        selection = RecordEventSelection(follower.table_id, WHOLE_EVENT, None, self.types)
        return await selection.for_caller(context)

    async def receive(self, unit: Unit, follower: Follower, events: Sequence[ChangeEvent]) -> None:
        """One row an event."""
        rows = [(follower.id, event["cursor"], event["type"], UUID(event["recordId"])) for event in events]
        await unit.connection.executemany("INSERT INTO notebook VALUES ($1, $2, $3, $4)", rows)
        if self.fails is not None:
            raise self.fails

    async def missed(self, unit: Unit, follower: Follower) -> None:
        """Noted in memory."""
        self.missed_by.append(follower.id)


@pytest.fixture
async def notes(pg: asyncpg.Connection) -> AsyncIterator[None]:
    """The table of the notes."""
    await pg.execute("CREATE TABLE notebook (follower uuid, cursor text, type text, record uuid)")
    yield
    await pg.execute("DROP TABLE notebook")


async def noted(pg: asyncpg.Connection, follower: UUID = FIRST) -> list[tuple[str, str]]:
    """What a follower has read, type and record."""
    rows = await pg.fetch("SELECT type, record FROM notebook WHERE follower = $1", follower)
    return [(row["type"], str(row["record"])) for row in rows]


async def begin(database: Database, services: Services, table: MadeTable, id: UUID = FIRST) -> None:
    """Have a follower follow a table from now on."""
    async with database.transaction() as unit:
        await follow(unit, services.bus, id, KIND, table.id)


async def state(pg: asyncpg.Connection, id: UUID = FIRST) -> Any:
    """The follower's row."""
    return await pg.fetchrow("SELECT * FROM log_followers WHERE id = $1", id)
