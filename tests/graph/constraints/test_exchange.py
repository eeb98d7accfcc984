"""Records of one update may exchange values that must be unique, in any circle; each has one change of its own."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import add_field, mutate
from tests.support.constraints import make_unique
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records

VALUES = [
    {"Name": "a", "Mail": "a@x.example", "Price": 1},
    {"Name": "b", "Mail": "b@x.example", "Price": 2.50},
    {"Name": "c", "Mail": "c@x.example", "Price": 3},
]


@pytest.fixture
async def ids(api: Api, table: MadeTable) -> list[str]:
    """Three records, whose names, addresses and prices are unique."""
    found = await create_records(api, table, VALUES)
    for field in ("Name", "Mail", "Price"):
        await make_unique(api, table, field)
    return found


async def read(records: Records, *fields: str) -> list[Any]:
    """The values of the records in the order of creation."""
    return [[record[field] for field in fields] for record in await records.all()]


def update(*patches: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Patches of updateRecords."""
    return [{"id": id, "fields": fields} for id, fields in patches]


async def test_two_records_exchange_their_values(records: Records, ids: list[str]) -> None:
    patches = update((ids[0], {"Name": "b"}), (ids[1], {"Name": "a"}))

    result = await records.update_all(patches, selection='revision fields(only: ["Name"])')

    answered = [(each["revision"], each["fields"]["Name"]) for each in result.ok["updateRecords"]["records"]]
    assert answered == [(2, "b"), (2, "a")]
    assert await read(records, "Name") == [["b"], ["a"], ["c"]]


async def test_each_record_has_one_change_with_what_it_was(
    records: Records, ids: list[str], pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    number = await pg.fetchval("SELECT 'f_' || number FROM fields WHERE name = 'Price'")
    patches = update((ids[0], {"Price": 2.5}), (ids[1], {"Price": 1}))

    assert (await records.update_all(patches)).ok

    rows = await pg.fetch(
        "SELECT record_id::text, before::text, after::text FROM changes WHERE kind = 'record' AND operation = 'U'"
    )
    found = {row[0]: (json.loads(row[1])[number], json.loads(row[2])[number]) for row in rows}
    assert len(rows) == 2
    assert found == {ids[0]: (1, 2.5), ids[1]: (2.5, 1)}


async def test_values_go_round_in_batches_that_set_different_fields(records: Records, ids: list[str]) -> None:
    patches = update(
        (ids[0], {"Name": "b", "Mail": "c@x.example"}),
        (ids[1], {"Name": "c", "Main": True}),
        (ids[2], {"Name": "a", "Mail": "a@x.example", "Price": 7}),
    )

    assert (await records.update_all(patches)).ok

    assert await read(records, "Name", "Mail", "Price", "Main") == [
        ["b", "c@x.example", 1, False],
        ["c", "b@x.example", 2.5, True],
        ["a", "a@x.example", 7, False],
    ]


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
async def test_a_value_that_is_given_up_is_free_in_any_order(
    records: Records, ids: list[str], first: int, second: int
) -> None:
    patches = update((ids[first], {"Name": VALUES[second]["Name"]}), (ids[second], {"Name": "z"}))

    assert (await records.update_all(patches)).ok

    found = await read(records, "Name")
    assert (found[first], found[second]) == ([VALUES[second]["Name"]], ["z"])


async def test_names_that_differ_in_case_are_exchanged(api: Api, table: MadeTable, records: Records) -> None:
    ids = await create_records(api, table, [{"Name": "Ann"}, {"Name": "Bob"}])
    await make_unique(api, table, "Name", caseSensitive=False)

    assert (await records.update_all(update((ids[0], {"Name": "BOB"}), (ids[1], {"Name": "ANN"})))).ok

    assert await read(records, "Name") == [["BOB"], ["ANN"]]


async def test_a_value_of_a_record_outside_of_the_batch_is_refused(
    records: Records, ids: list[str], services: Services
) -> None:
    before = await snapshot(services.database)
    patches = update((ids[0], {"Name": "b", "Mail": "c@x.example"}), (ids[1], {"Name": "a"}))

    refused = refusal(await records.update_all(patches), "DUPLICATE_VALUE")

    assert (refused["field"], refused["recordIndex"], refused["existingRecordId"]) == ("Mail", 0, ids[2])
    assert await snapshot(services.database) == before


async def test_a_value_that_its_record_keeps_is_refused(records: Records, ids: list[str], services: Services) -> None:
    before = await snapshot(services.database)

    result = await records.update_all(update((ids[0], {"Name": "b"}), (ids[1], {"Price": 9})))

    refused = refusal(result, "DUPLICATE_VALUE")
    assert (refused["field"], refused["recordIndex"], refused["existingRecordId"]) == ("Name", 0, ids[1])
    assert await snapshot(services.database) == before


async def test_a_revision_that_has_moved_on_is_a_conflict(records: Records, ids: list[str], services: Services) -> None:
    before = await snapshot(services.database)
    patches = update((ids[0], {"Name": "b"}), (ids[1], {"Name": "a"}))
    patches[1]["ifRevision"] = 7

    assert (await records.update_all(patches)).codes == ["CONFLICT"]
    assert await snapshot(services.database) == before


async def test_an_exchange_is_taken_back_by_undo(
    api: Api, records: Records, ids: list[str], pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    assert (await records.update_all(update((ids[0], {"Name": "b"}), (ids[1], {"Name": "a"})))).ok
    mutation = await pg.fetchval("SELECT mutation_id::text FROM changes WHERE operation = 'U' LIMIT 1")

    undone = await mutate(api, "undo", "__typename", {"mutationId": mutation}, as_=records.table.owner)

    assert undone.ok
    assert await read(records, "Name") == [["a"], ["b"], ["c"]]


async def test_transact_and_upserts_exchange_values(api: Api, records: Records, ids: list[str]) -> None:
    table = str(records.table.id)
    given = {
        "operations": [
            {"update": {"tableId": table, "records": update((ids[0], {"Name": "b"}))}},
            {"upsert": {"tableId": table, "mergeOn": ["Mail"], "records": [{"fields": {**VALUES[1], "Name": "a"}}]}},
        ]
    }

    done = await mutate(api, "transact", "__typename", given, as_=records.table.owner)
    upserted = await records.upsert(
        ["Mail"], [{"Mail": "a@x.example", "Name": "a"}, {"Mail": "b@x.example", "Name": "b"}]
    )

    assert done.ok
    assert upserted.ok
    assert await read(records, "Name") == [["a"], ["b"], ["c"]]


async def test_what_is_made_of_the_values_follows(api: Api, records: Records, ids: list[str]) -> None:
    await add_field(api, records.table, name="Upper", type="FORMULA", options={"formula": "UPPER({Name})"})

    result = await records.update_all(
        update((ids[0], {"Name": "b"}), (ids[1], {"Name": "a"})), selection='fields(only: ["Upper"])'
    )

    assert [each["fields"]["Upper"] for each in result.ok["updateRecords"]["records"]] == ["B", "A"]
    assert await read(records, "Upper") == [["B"], ["A"], ["C"]]


async def test_exchanges_at_the_same_time_leave_each_value_once(records: Records, ids: list[str]) -> None:
    def exchange(first: int, second: int) -> Any:
        there = (ids[first], {"Name": VALUES[second]["Name"]})
        return records.update_all(update(there, (ids[second], {"Name": VALUES[first]["Name"]})))

    results = await asyncio.gather(*(exchange(i % 3, (i + 1) % 3) for i in range(9)))

    assert {code for result in results for code in result.codes} <= {"DUPLICATE_VALUE"}
    assert sorted(await read(records, "Name")) == [["a"], ["b"], ["c"]]


async def test_only_an_exchange_takes_further_statements(records: Records, ids: list[str], services: Services) -> None:
    async def count(*names: str) -> int:
        patches = update(*((id, {"Name": name}) for id, name in zip(ids, names, strict=False)))
        with StatementLog(services.database) as log:
            assert (await records.update_all(patches)).ok
        return log.count

    await count("x", "y")
    plain, exchanged = await count("v", "w"), await count("w", "v")

    assert exchanged == plain + 4  # what is in the way, its values put aside, the update again; a settled connection
