"""A follower that the database refuses rests and says so; it neither spins nor keeps the others from their turns."""

import asyncio
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database
from resolvers.followers.turn import Outcome, take_turn
from resolvers.followers.watch import Followers
from resolvers.services import Services
from tests.graph.followers.conftest import FIRST, KIND, Notebook, begin, noted, state
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("notes")
REFUSED = (
    "ALTER TABLE notebook ADD CONSTRAINT poison CHECK (type <> 'CREATED')",
    "ALTER TABLE notebook ALTER COLUMN cursor TYPE int USING 0",
    "ALTER TABLE notebook RENAME COLUMN record TO other; ALTER TABLE notebook DROP COLUMN other",
)


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.mark.parametrize("change", REFUSED, ids=["value", "argument", "column"])
async def test_what_the_database_refuses_is_told_and_rests(
    change: str, api: Api, database: Database, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    notebook = Notebook(services, table.owner.id)
    await begin(database, services, table)
    await create_records(api, table, [{"Name": "Bolt"}])
    await pg.execute(change)
    async with asyncio.timeout(5):
        assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.FAILED
    row = await state(pg)
    assert row["failures"] == 1
    assert row["error"]
    assert row["rests_until"] is not None


async def test_others_have_their_turns_beside_some_that_always_fail(
    api: Api, database: Database, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    bad, good = [UUID(int=2000 + n) for n in range(4)], UUID(int=3000)
    listed = ", ".join(f"'{id}'" for id in bad)
    await pg.execute(f"ALTER TABLE notebook ADD CONSTRAINT poison CHECK (follower NOT IN ({listed}))")
    for id in (*bad, good):
        await begin(database, services, table, id)
    async with services.bus.running(), Followers(services, {KIND: Notebook(services, table.owner.id)}).running():
        for n in range(3):
            await create_records(api, table, [{"Name": f"{n}"}])
            await asyncio.sleep(0.3)

        async def are_told() -> bool:
            return len(await noted(pg, good)) == 3 and None not in [(await state(pg, id))["error"] for id in bad]

        await eventually(are_told)


async def test_those_with_much_to_read_leave_others_their_turns(
    api: Api, database: Database, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    services.limits = replace(services.limits, events_per_read=1)
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    many, last = [UUID(int=2000 + n) for n in range(3)], UUID(int=3000)
    for id in many:
        await begin(database, services, table, id)
    await begin(database, services, other, last)
    await create_records(api, table, [{"Name": f"{n}"} for n in range(200)])
    await create_records(api, other, [{"Name": "Bolt"}])
    async with services.bus.running(), Followers(services, {KIND: Notebook(services, table.owner.id)}).running():
        await eventually(lambda: _has_noted(pg, last, 1))
        assert await pg.fetchval("SELECT count(*) FROM notebook") < 300
        for id in many:
            await eventually(lambda id=id: _has_noted(pg, id, 200))  # type: ignore[misc]


async def _has_noted(pg: asyncpg.Connection, id: UUID, count: int) -> bool:
    return len(await noted(pg, id)) == count
