"""What becomes of a unique constraint when its field, its table or its base changes."""

from typing import Any
from uuid import UUID

from adapters.database import Connection
from tests.support.api import Api
from tests.support.catalog import mutate, update_field
from tests.support.constraints import constraints, disable, make_unique, the_constraint
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records


async def indexes(pg: Connection) -> int:
    """How many indexes of constraints there are."""
    count: int = await pg.fetchval("SELECT count(*) FROM pg_indexes WHERE indexname ~ '^f_[0-9]+_unique$'")
    return count


async def test_a_renamed_field_stays_unique(api: Api, table: MadeTable, records: Records) -> None:
    made = await make_unique(api, table, "Name")
    await create_records(api, table, [{"Name": "a"}])

    await update_field(api, table, "Name", name="Label", description="More")

    assert await the_constraint(api, table) == {**made, "field": {"name": "Label"}}
    result = await records.create({"Label": "a"})
    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["DUPLICATE_VALUE"], "Label")


async def test_a_converted_field_stays_unique(api: Api, table: MadeTable, records: Records, pg: Connection) -> None:
    made = await make_unique(api, table, "Price")
    await create_records(api, table, [{"Price": 1}, {"Price": 2}])

    await update_field(api, table, "Price", type="TEXT")

    assert await the_constraint(api, table) == made
    assert (await records.create({"Price": "2"})).codes == ["DUPLICATE_VALUE"]
    assert await indexes(pg) == 1


async def test_values_that_become_the_same_are_named(
    api: Api, table: MadeTable, records: Records, pg: Connection
) -> None:
    await make_unique(api, table, "Name", caseSensitive=False)
    first, second = await create_records(api, table, [{"Name": "1"}, {"Name": "1.0"}])

    await update_field(api, table, "Name", type="NUMBER")

    found = await the_constraint(api, table)
    assert (found["status"], found["caseSensitive"]) == ("PENDING", True)
    assert found["offendingRecords"] == [{"value": 1, "recordCount": 2, "recordIds": [first, second]}]
    assert await indexes(pg) == 0


async def test_a_constraint_goes_when_values_cannot_be_unique_any_longer(
    api: Api, table: MadeTable, pg: Connection
) -> None:
    await make_unique(api, table, "Mail")

    await update_field(api, table, "Mail", type="MULTI_SELECT")

    assert await constraints(api, table) == []
    assert await indexes(pg) == 0


async def test_a_disabled_one_stays_disabled_through_a_conversion(api: Api, table: MadeTable, pg: Connection) -> None:
    made = await make_unique(api, table, "Price")
    await disable(api, table, made["id"])

    await update_field(api, table, "Price", type="TEXT")

    assert (await the_constraint(api, table))["status"] == "DISABLED"
    assert await indexes(pg) == 0


async def test_it_goes_with_its_field(api: Api, table: MadeTable, pg: Connection) -> None:
    await make_unique(api, table, "Mail")

    await mutate(api, "deleteField", "deletedId", {"id": table.fields["Mail"]}, as_=table.owner)

    assert await constraints(api, table) == []
    assert await indexes(pg) == 0


async def copy_of(api: Api, table: MadeTable, **given: Any) -> tuple[str, list[dict[str, Any]]]:
    """The id of the copy of the table in a copy of its base, and the constraints of that."""
    given = {"baseId": table.base_id, **given}
    result = await mutate(api, "duplicateBase", "base { tables { id } }", given, as_=table.owner)
    (copy,) = result.ok["duplicateBase"]["base"]["tables"]
    return copy["id"], await constraints(api, table, copy["id"])


async def test_a_copied_base_has_the_constraints(api: Api, table: MadeTable, records: Records, pg: Connection) -> None:
    await create_records(api, table, [{"Name": "a", "Mail": "x@x.org"}, {"Name": "b", "Mail": "x@x.org"}])
    active = await make_unique(api, table, "Name", errorMessage="Taken.")
    pending = await make_unique(api, table, "Mail", caseSensitive=False)
    disabled = await disable(api, table, (await make_unique(api, table, "Price"))["id"])

    id, found = await copy_of(api, table, includeRecords=True)

    without_ids = [{**each, "id": None} for each in (active, pending, disabled)]
    assert [{**each, "id": None, "offendingRecords": []} for each in found] == [
        {**each, "offendingRecords": []} for each in without_ids
    ]
    offending = found[1]["offendingRecords"][0]
    assert (offending["value"], offending["recordCount"]) == ("x@x.org", 2)
    assert not {*offending["recordIds"]} & {*pending["offendingRecords"][0]["recordIds"]}
    given = {"tableId": id, "fields": {"Name": "a"}}
    result = await mutate(api, "createRecord", "record { id }", given, as_=table.owner)
    assert (result.codes, result.errors[0]["message"]) == (["DUPLICATE_VALUE"], "Taken.")
    assert await indexes(pg) == 2


async def test_a_copy_without_records_has_nothing_in_the_way(api: Api, table: MadeTable) -> None:
    await create_records(api, table, [{"Name": "a"}, {"Name": "a"}])
    assert (await make_unique(api, table, "Name"))["status"] == "PENDING"

    _, (found,) = await copy_of(api, table)

    assert (found["status"], found["problem"], found["offendingRecords"]) == ("ACTIVE", None, [])


async def test_it_goes_with_its_table_and_its_base(api: Api, table: MadeTable, pg: Connection) -> None:
    await make_unique(api, table, "Name")
    await copy_of(api, table)

    await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)
    assert await pg.fetchval("SELECT count(*) FROM unique_constraints") == 1
    base = await pg.fetchval("SELECT id FROM bases WHERE id <> $1", UUID(str(table.base_id)))
    await mutate(api, "deleteBase", "deletedId", {"id": base}, as_=table.owner)

    assert await pg.fetchval("SELECT count(*) FROM unique_constraints") == 0
