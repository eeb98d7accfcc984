"""Unique constraints of large tables, which are built behind the mutation, while others write, change and die."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.database import Connection
from resolvers.constraints.building import ConstraintBuilder
from resolvers.services import Services
from tests.graph.constraints.building import (
    HEEDED,
    UNHEEDED,
    building,
    building_elsewhere,
    in_the_way,
    indexes,
    until_at,
)
from tests.support.api import Api, Result
from tests.support.catalog import mutate, update_field
from tests.support.constraints import constraints, delete, disable, enable, make_unique, the_constraint
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records
from tests.support.waiting import SECONDS, eventually

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tablegraph constraints'"


@pytest.fixture
def services(services: Services) -> Services:
    """Services to which a table of 3 records is large."""
    services.limits = replace(services.limits, max_records_indexed_at_once=2)
    return services


@pytest.fixture
async def ids(api: Api, table: MadeTable) -> list[str]:
    """The ids of the records of the table."""
    return await create_records(api, table, [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}, {}])


@pytest.fixture
def builder(services: Services) -> ConstraintBuilder:
    """Builds when a test tells it to."""
    return services.constraints


async def test_the_limit_decides_where_it_is_made(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    await create_records(api, table, [{"Name": "a"}, {"Name": "b"}])
    small = await make_unique(api, table, "Name")
    await create_records(api, table, [{"Name": "c"}])

    with statements() as seen:
        large = await make_unique(api, table, "Mail")

    assert (small["status"], large["status"], large["problem"]) == ("ACTIVE", "PENDING", None)
    assert not any("CREATE UNIQUE INDEX" in text or "LOCK TABLE" in text for text in seen.texts)


@pytest.mark.usefixtures("ids")
async def test_it_is_built_soon_by_a_process_that_serves(
    api: Api, table: MadeTable, records: Records, builder: ConstraintBuilder, pg: Connection
) -> None:
    async with builder.running():
        made = await make_unique(api, table, "Name")
        assert (made["status"], made["problem"]) == ("PENDING", None)
        await eventually(lambda: is_active(api, table))

    assert await indexes(pg) == [True]
    assert (await records.create({"Name": "a"})).codes == ["DUPLICATE_VALUE"]


async def is_active(api: Api, table: MadeTable) -> bool:
    return bool((await the_constraint(api, table))["status"] == "ACTIVE")


async def test_what_is_in_the_way_is_named_and_nothing_is_left(
    api: Api, table: MadeTable, records: Records, ids: list[str], builder: ConstraintBuilder, pg: Connection
) -> None:
    (again,) = await create_records(api, table, [{"Name": "b"}])
    made = await make_unique(api, table, "Name")

    await builder.build_pending()
    found = await the_constraint(api, table)

    assert (found["status"], found["problem"]) == ("PENDING", "1 value is in more than one record.")
    assert found["offendingRecords"] == [{"value": "b", "recordCount": 2, "recordIds": [ids[1], again]}]
    assert await indexes(pg) == []
    assert (await records.create({"Name": "c"})).errors == []
    await records.delete([again])
    await builder.build_pending()
    assert await the_constraint(api, table) == found  # a client says when it is worth another try
    assert (await enable(api, table, made["id"]))["problem"] is None
    await builder.build_pending()
    assert [each["value"] for each in (await the_constraint(api, table))["offendingRecords"]] == ["c"]


@pytest.mark.usefixtures("ids")
async def test_a_value_that_is_too_long_is_told(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection
) -> None:
    await create_records(api, table, [{"Name": "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(2_000))}])
    await make_unique(api, table, "Name")

    await builder.build_pending()

    found = await the_constraint(api, table)
    assert (found["status"], found["offendingRecords"]) == ("PENDING", [])
    assert found["problem"] == "A value is too long for an index, which takes about 2,700 bytes."
    assert await indexes(pg) == []


async def test_a_duplicate_that_is_written_before_the_index_counts_is_named(
    api: Api, table: MadeTable, records: Records, ids: list[str], builder: ConstraintBuilder, pg: Connection
) -> None:
    await make_unique(api, table, "Name")

    async with building(builder, pg, UNHEEDED):
        written = (await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"]
        assert (await records.update(ids[1], {"Name": "x"})).errors == []
        await records.delete([ids[2]])

    found = await the_constraint(api, table)
    assert (found["status"], await indexes(pg)) == ("PENDING", [])
    assert found["offendingRecords"] == [{"value": "a", "recordCount": 2, "recordIds": [ids[0], written]}]
    assert [record["Name"] for record in await records.all()] == ["a", "x", None, "a"]


@pytest.mark.usefixtures("ids")
async def test_a_duplicate_that_is_written_when_the_index_counts_is_refused(
    api: Api, table: MadeTable, records: Records, builder: ConstraintBuilder, pg: Connection
) -> None:
    await make_unique(api, table, "Name", errorMessage="Taken.")

    async with building(builder, pg, HEEDED):
        refused = await records.create_all([{"Name": "x"}, {"Name": "a"}])
        taken = await records.create({"Name": "y"})
        assert (await the_constraint(api, table))["status"] == "PENDING"

    assert (refused.codes, refused.errors[0]["message"]) == (["DUPLICATE_VALUE"], "Taken.")
    assert refused.errors[0]["extensions"]["recordIndex"] == 1
    assert taken.errors == []
    assert await is_active(api, table)
    assert [record["Name"] for record in await records.all()] == ["a", "b", "c", None, "y"]


@pytest.mark.parametrize("apart", [3, 100], ids=["some values twice", "each value once"])
async def test_writers_end_in_a_clear_state(
    api: Api, table: MadeTable, records: Records, builder: ConstraintBuilder, pg: Connection, apart: int
) -> None:
    await create_records(api, table, [{"Name": f"{number}"} for number in range(1_000)])

    async def write(start: int) -> list[Result]:
        return [await records.create({"Name": f"{start + number}"}) for number in range(40)]

    writers = asyncio.gather(*(write(1_000 + apart * writer) for writer in range(4)))
    await make_unique(api, table, "Name")
    await builder.build_pending()
    results = [result for writer in await writers for result in writer]

    assert {tuple(result.codes) for result in results} <= {(), ("DUPLICATE_VALUE",)}
    written = await stored(pg, "Name")
    assert len(written) == 1_000 + sum(result.codes == [] for result in results)
    twice = {value for value, count in Counter(written).items() if count > 1}
    found = await the_constraint(api, table)
    if twice:
        assert (found["status"], await indexes(pg), apart) == ("PENDING", [], 3)
        assert {each["value"] for each in found["offendingRecords"]} <= twice
    else:
        assert (found["status"], found["offendingRecords"], await indexes(pg)) == ("ACTIVE", [], [True])
        assert apart == 3 or len(written) == 1_160


async def stored(pg: Connection, name: str) -> list[Any]:
    """The values of the field in all records."""
    table, column = await pg.fetchrow(
        "SELECT format('%I.%I', 'base_' || b.number, 't_' || t.number), 'f_' || f.number"
        " FROM fields f JOIN tables t ON t.id = f.table_id JOIN bases b ON b.id = t.base_id WHERE f.name = $1",
        name,
    )
    return [row[0] for row in await pg.fetch(f"SELECT {column} FROM {table}")]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("phase", [UNHEEDED, HEEDED], ids=["early", "late"])
async def test_what_a_killed_builder_has_left_is_built_anew(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection, phase: tuple[str, str]
) -> None:
    await make_unique(api, table, "Name")

    async with building(builder, pg, phase) as task:
        await pg.execute(KILL)
        await asyncio.wait([task], timeout=SECONDS)

    assert await indexes(pg) == [False]
    found = await the_constraint(api, table)
    assert (found["status"], found["problem"]) == ("PENDING", None)
    await builder.build_pending()
    assert await is_active(api, table)
    assert await indexes(pg) == [True]


@pytest.mark.usefixtures("ids")
async def test_a_killed_process_is_replaced_by_another(
    api: Api, table: MadeTable, records: Records, builder: ConstraintBuilder, pg: Connection, database_url: str
) -> None:
    await make_unique(api, table, "Name")

    async with building_elsewhere(database_url, pg) as process:
        process.kill()
        await process.wait()
        await builder.build_pending()  # PostgreSQL still works on what the dead one has asked for
        assert (await the_constraint(api, table))["status"] == "PENDING"
        assert (await records.create({"Name": "a"})).codes == ["DUPLICATE_VALUE"]

    await eventually(lambda: is_built(api, table, builder))
    assert await indexes(pg) == [True]


@pytest.mark.usefixtures("ids")
async def test_a_process_that_stops_does_not_wait_for_its_build(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection
) -> None:
    async with in_the_way(pg, HEEDED):
        async with asyncio.timeout(SECONDS), builder.running():
            await make_unique(api, table, "Name")
            await until_at(pg, HEEDED)
        assert (await the_constraint(api, table))["status"] == "PENDING"

    await eventually(lambda: is_built(api, table, builder))
    assert await indexes(pg) == [True]


async def is_built(api: Api, table: MadeTable, builder: ConstraintBuilder) -> bool:
    await builder.build_pending()
    return await is_active(api, table)


@pytest.mark.usefixtures("ids")
async def test_one_that_cannot_be_understood_keeps_no_other_back(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection
) -> None:
    await make_unique(api, table, "Price")
    await make_unique(api, table, "Name")
    await pg.execute("UPDATE fields SET type = 'of a newer server' WHERE name = 'Price'")

    await builder.build_pending()

    statuses = await pg.fetch("SELECT status FROM unique_constraints ORDER BY id")
    assert [row[0] for row in statuses] == ["PENDING", "ACTIVE"]


@pytest.mark.usefixtures("ids")
async def test_two_processes_do_not_build_the_same(
    api: Api, table: MadeTable, services: Services, builder: ConstraintBuilder, pg: Connection
) -> None:
    await make_unique(api, table, "Name")
    other = ConstraintBuilder(services.database, services.bus)

    async with building(builder, pg, HEEDED) as task:
        async with asyncio.timeout(SECONDS):
            await other.build_pending()
        assert not task.done()
        assert (await the_constraint(api, table))["status"] == "PENDING"

    assert await is_active(api, table)


async def test_of_two_at_once_one_is_made(api: Api, table: MadeTable, pg: Connection) -> None:
    given = {"fieldId": table.fields["Name"]}

    results = await asyncio.gather(
        *(mutate(api, "createUniqueConstraint", "uniqueConstraint { id }", given, as_=table.owner) for _ in range(3))
    )

    assert sorted(result.codes for result in results) == [[], ["CONFLICT"], ["CONFLICT"]]
    assert len(await constraints(api, table)) == 1
    assert await indexes(pg) == [True]


@pytest.mark.usefixtures("ids")
async def test_one_that_is_being_built_is_not_enabled(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection
) -> None:
    made = await make_unique(api, table, "Name")

    async with building(builder, pg, HEEDED):
        given = {"id": made["id"]}
        result = await mutate(api, "enableUniqueConstraint", "uniqueConstraint { id }", given, as_=table.owner)

    assert result.codes == ["CONSTRAINT_PENDING"]
    assert await is_active(api, table)


@pytest.mark.usefixtures("ids")
async def test_disabling_stops_the_build(
    api: Api, table: MadeTable, records: Records, builder: ConstraintBuilder, pg: Connection
) -> None:
    made = await make_unique(api, table, "Name")

    async with building(builder, pg, HEEDED):
        disabled = await disable(api, table, made["id"])

    assert (disabled["status"], await indexes(pg)) == ("DISABLED", [])
    assert (await records.create({"Name": "a"})).errors == []
    await builder.build_pending()
    assert (await the_constraint(api, table))["status"] == "DISABLED"


@pytest.mark.usefixtures("ids")
async def test_deleting_stops_the_build(api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection) -> None:
    made = await make_unique(api, table, "Name")

    async with building(builder, pg, HEEDED):
        await delete(api, table, made["id"])

    assert (await constraints(api, table), await indexes(pg)) == ([], [])


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(
    ("mutation", "what"), [("deleteField", "field"), ("deleteTable", "table"), ("deleteBase", "base")]
)
async def test_what_is_deleted_stops_the_build(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection, mutation: str, what: str
) -> None:
    await make_unique(api, table, "Mail")
    id = {"field": table.fields["Mail"], "table": table.id, "base": table.base_id}[what]

    async with building(builder, pg, HEEDED):
        result = await mutate(api, mutation, "deletedId", {"id": id}, as_=table.owner)

    assert result.errors == []
    assert await pg.fetchval("SELECT count(*) FROM unique_constraints") == 0
    assert await indexes(pg) == []


@pytest.mark.usefixtures("ids")
async def test_a_conversion_stops_the_build_and_makes_the_constraint_itself(
    api: Api, table: MadeTable, builder: ConstraintBuilder, pg: Connection
) -> None:
    await make_unique(api, table, "Price")
    await create_records(api, table, [{"Price": 1}])

    async with building(builder, pg, HEEDED):
        await update_field(api, table, "Price", type="TEXT")

    assert await is_active(api, table)
    assert await indexes(pg) == [True]
