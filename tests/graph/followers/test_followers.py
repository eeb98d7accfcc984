"""Followers read each event once, whoever reads and wherever that ends, and nothing where there is nothing."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database
from domain.changes.selection import RecordEventType
from domain.errors import Forbidden
from resolvers.followers.turn import Outcome, take_turn
from resolvers.followers.watch import Followers
from resolvers.services import Services
from tests.graph.followers.conftest import FIRST, KIND, Notebook, begin, noted, state
from tests.support.api import Api
from tests.support.change_log import forget
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("notes")
SECOND = UUID(int=1002)


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.fixture
def notebook(services: Services, table: MadeTable) -> Notebook:
    """What is read, by the table's owner."""
    return Notebook(services, table.owner.id)


async def until_noted(pg: asyncpg.Connection, count: int, id: UUID = FIRST) -> list[tuple[str, str]]:
    """What was read, once it is as much; and then nothing more comes."""

    async def is_so() -> bool:
        return len(await noted(pg, id)) >= count

    await eventually(is_so)
    await asyncio.sleep(0.2)
    found = await noted(pg, id)
    assert len(found) == count
    return found


async def test_events_are_read_in_order_from_the_beginning_on(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await create_records(api, table, [{"Name": "before"}])
    await begin(database, services, table)
    records = Records(api, table)
    [id] = await create_records(api, table, [{"Name": "Bolt"}])
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():
        await until_noted(pg, 1)
        assert (await records.update(id, {"Name": "Nut"})).ok
        assert (await records.delete([id])).ok
        assert await until_noted(pg, 3) == [("CREATED", id), ("UPDATED", id), ("DELETED", id)]


async def test_a_change_wakes_those_who_begin_later(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():
        await asyncio.sleep(0.1)
        await begin(database, services, table)
        [id] = await create_records(api, table, [{"Name": "Bolt"}])
        assert await until_noted(pg, 1) == [("CREATED", id)]


async def test_many_events_are_read_by_several_processes_once_each(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    await begin(database, services, table, SECOND)
    async with (
        services.bus.running(),
        Followers(services, {KIND: notebook}).running(),
        Followers(services, {KIND: notebook}).running(),
    ):
        ids = await create_records(api, table, [{"Name": str(n)} for n in range(500)])
        for follower in (FIRST, SECOND):
            assert {record for _, record in await until_noted(pg, 500, follower)} == set(ids)


async def test_a_turn_that_fails_leaves_nothing_and_comes_again(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    before = (await state(pg))["cursor"]
    [id] = await create_records(api, table, [{"Name": "Bolt"}])
    notebook.fails = Forbidden("not today")
    assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.FAILED
    row = await state(pg)
    assert (row["cursor"], row["failures"], row["error"]) == (before, 1, "not today")
    assert row["rests_until"] is not None
    assert await noted(pg) == []
    notebook.fails = None
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():
        assert await until_noted(pg, 1) == [("CREATED", id)]
    row = await state(pg)
    assert (row["failures"], row["error"], row["rests_until"]) == (0, None, None)


async def test_one_that_is_off_takes_no_turns_and_goes_on_at_once_when_it_is_on_again(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    notebook.is_off = True
    await begin(database, services, table)
    await begin(database, services, table)
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():
        [id] = await create_records(api, table, [{"Name": "Bolt"}])
        await asyncio.sleep(0.2)
        assert ((await state(pg))["rests_until"], await noted(pg)) == (None, [])
        notebook.is_off = False
        await begin(database, services, table)
        assert await until_noted(pg, 1) == [("CREATED", id)]


async def test_a_turn_that_another_process_has_is_left_to_it(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    await create_records(api, table, [{"Name": "Bolt"}])
    async with pg.transaction():
        await pg.execute("SELECT FROM log_followers WHERE id = $1 FOR UPDATE", FIRST)
        assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.HELD
    assert await noted(pg) == []
    assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.DONE
    assert len(await noted(pg)) == 1


async def test_what_a_killed_process_has_seen_is_found_by_the_sweep(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    """Of a process that ended in the middle of a turn nothing is left, but the change is no news to the others."""
    await begin(database, services, table)
    [id] = await create_records(api, table, [{"Name": "Bolt"}])
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():
        assert await until_noted(pg, 1) == [("CREATED", id)]


async def test_only_the_wanted_types_are_read(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    notebook.types = frozenset({RecordEventType.DELETED})
    [id] = await create_records(api, table, [{"Name": "Bolt"}])
    assert (await Records(api, table).delete([id])).ok
    assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.DONE
    assert await noted(pg) == [("DELETED", id)]


async def test_whose_owner_lost_the_table_rests(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    notebook.owner = (await api.register()).id
    await create_records(api, table, [{"Name": "Bolt"}])
    assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.FAILED
    assert (await state(pg))["error"] == f"There is no table with id {table.id}."


async def test_what_the_log_has_forgotten_is_told(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    await create_records(api, table, [{"Name": "Bolt"}])
    await forget(pg)
    assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.MORE
    assert notebook.missed_by == [FIRST]
    assert await take_turn(services, {KIND: notebook}, FIRST) is Outcome.DONE
    assert await noted(pg) == []


async def test_those_for_whom_there_is_nothing_keep_up(
    api: Api, database: Database, services: Services, table: MadeTable, notebook: Notebook, pg: asyncpg.Connection
) -> None:
    await begin(database, services, table)
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    await create_records(api, other, [{"Name": "Bolt"}])
    await take_turn(services, {KIND: notebook}, FIRST)
    await pg.execute("UPDATE log_followers SET seen_at = now() - interval '2 hours', cursor = $1", b"1:1:".hex())
    await pg.execute("DELETE FROM changes WHERE table_id = $1", table.id)
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():

        async def is_ahead() -> bool:
            return bool((await state(pg))["cursor"] != b"1:1:".hex())

        await eventually(is_ahead)
    assert await noted(pg) == []


async def test_where_nobody_follows_anything_a_look_is_one_statement_a_second(
    api: Api, services: Services, table: MadeTable, notebook: Notebook, statements: Callable[[], StatementLog]
) -> None:
    async with services.bus.running(), Followers(services, {KIND: notebook}).running():
        await asyncio.sleep(0.2)
        with statements() as seen:
            await create_records(api, table, [{"Name": "Bolt"}])
            await asyncio.sleep(0.3)
        assert [text for text in seen.texts if "log_followers" in text] == []
