"""updateField without a new type: names, options, what is required, defaults and indexes."""

from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field, values
from tests.support.tables import MadeTable, create_records, make_table

STAGES = {"choices": [{"name": "To do"}, {"name": "Doing"}, {"name": "Done"}]}
FIELDS = [
    {"name": "Name", "type": "TEXT", "isRequired": True},
    {"name": "Stage", "type": "SINGLE_SELECT", "options": STAGES},
    {"name": "Tags", "type": "MULTI_SELECT", "options": {"choices": ["a", "b"]}},
    {"name": "Price", "type": "NUMBER"},
    {"name": "No", "type": "AUTONUMBER"},
]
RECORDS = [
    {"Name": "x", "Stage": "To do", "Tags": ["a", "b"], "Price": 12.345},
    {"Name": "y", "Stage": "Done", "Tags": ["b"]},
    {"Name": "z"},
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with three records."""
    table = await make_table(api, FIELDS)
    await create_records(api, table, RECORDS)
    return table


async def refused(api: Api, table: MadeTable, services: Services, field: str, **changes: Any) -> dict[str, Any]:
    """The one error of an update that must fail and change nothing."""
    before = await snapshot(services.database)
    result = await mutate(api, "updateField", "field { id }", {"id": table.fields[field], **changes}, as_=table.owner)
    assert result.data is None
    assert await snapshot(services.database) == before
    [error] = result.errors
    return error


async def test_a_name_and_a_description_change(api: Api, table: MadeTable) -> None:
    payload = await update_field(api, table, "Price", name=" Cost ", description="In €.")

    assert (payload["field"]["name"], payload["field"]["description"]) == ("Cost", "In €.")
    assert (payload["cleared"], payload["filled"]) == (0, 0)
    assert await values(api, table, "Price") == [12.345, None, None]


async def test_a_taken_or_reserved_name_is_refused(api: Api, table: MadeTable, services: Services) -> None:
    taken = await refused(api, table, services, "Price", name="stage")
    reserved = await refused(api, table, services, "Price", name="$id")

    assert taken["extensions"]["code"] == "DUPLICATE_VALUE"
    assert reserved["extensions"]["errors"][0]["type"] == "value_error.reserved"


async def test_new_limits_bind_later_writes_only(api: Api, table: MadeTable) -> None:
    payload = await update_field(api, table, "Price", options={"precision": 0, "max": 5})

    assert payload["field"]["options"] == {"precision": 0, "allow_negative": True, "min": None, "max": 5}
    assert payload["cleared"] == 0
    assert await values(api, table, "Price") == [12.345, None, None]
    given = {"tableId": table.id, "fields": {"Name": "n", "Price": 6}}
    late = await mutate(api, "createRecord", "record { id }", given, as_=table.owner)
    assert late.codes == ["VALIDATION_ERROR"]


async def test_a_renamed_choice_keeps_its_id_and_its_values(api: Api, table: MadeTable) -> None:
    before = (await update_field(api, table, "Stage"))["field"]["options"]["choices"]
    renamed = [{"id": before[0]["id"], "name": "Open"}, {"name": "doing"}, {"name": "Done"}, {"name": "New"}]

    payload = await update_field(api, table, "Stage", options={"choices": renamed})

    after = payload["field"]["options"]["choices"]
    assert [choice["id"] for choice in after[:3]] == [choice["id"] for choice in before]
    assert [choice["name"] for choice in after] == ["Open", "doing", "Done", "New"]
    assert payload["cleared"] == 0
    assert await values(api, table, "Stage") == ["Open", "Done", None]


async def test_values_of_removed_choices_become_empty(api: Api, table: MadeTable) -> None:
    stage = await update_field(api, table, "Stage", options={"choices": ["To do", "Doing"]})
    tags = await update_field(api, table, "Tags", options={"choices": ["a"]})

    assert (stage["cleared"], tags["cleared"]) == (1, 2)
    assert await values(api, table, "Stage") == ["To do", None, None]
    assert await values(api, table, "Tags") == [["a"], [], []]


async def test_a_default_survives_a_renamed_choice_but_not_a_removed_one(
    api: Api, table: MadeTable, services: Services
) -> None:
    choices = (await update_field(api, table, "Stage", defaultValue="Doing"))["field"]["options"]["choices"]
    choices[1]["name"] = "Busy"
    await update_field(api, table, "Stage", options={"choices": choices})
    await create_records(api, table, [{"Name": "new"}])

    error = await refused(api, table, services, "Stage", options={"choices": ["To do"]})
    await update_field(api, table, "Stage", options={"choices": ["To do"]}, defaultValue=None)

    assert error["extensions"]["errors"][0]["loc"] == ["defaultValue"]
    assert await values(api, table, "Stage") == ["To do", None, None, None]


async def test_a_required_field_may_have_no_empty_values(api: Api, table: MadeTable, services: Services) -> None:
    error = await refused(api, table, services, "Price", isRequired=True)

    assert error["extensions"]["code"] == "REQUIRED_FIELD"
    assert error["message"].startswith("The field 'Price' cannot be required: 2 records would have no value.")


async def test_a_default_fills_what_is_required(api: Api, table: MadeTable) -> None:
    payload = await update_field(api, table, "Price", isRequired=True, defaultValue=7)

    assert (payload["field"]["isRequired"], payload["field"]["defaultValue"], payload["filled"]) == (True, 7, 2)
    assert await values(api, table, "Price") == [12.345, 7, 7]


async def test_choices_of_a_required_field_cannot_go_while_records_have_them(
    api: Api, table: MadeTable, services: Services
) -> None:
    await update_field(api, table, "Stage", isRequired=True, defaultValue="Done")

    error = await refused(api, table, services, "Stage", options={"choices": ["Done"]}, defaultValue=None)
    payload = await update_field(api, table, "Stage", options={"choices": ["Done"]})

    assert error["extensions"]["code"] == "REQUIRED_FIELD"
    assert (payload["cleared"], payload["filled"]) == (1, 1)
    assert await values(api, table, "Stage") == ["Done", "Done", "Done"]


async def test_what_the_server_fills_can_be_neither_required_nor_have_a_default(
    api: Api, table: MadeTable, services: Services
) -> None:
    error = await refused(api, table, services, "No", isRequired=True, defaultValue=3)

    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert [each["loc"] for each in error["extensions"]["errors"]] == [["isRequired"], ["defaultValue"]]


async def test_bad_options_and_defaults_are_refused(api: Api, table: MadeTable, services: Services) -> None:
    unknown = await refused(api, table, services, "Price", options={"colour": "red"})
    default = await refused(api, table, services, "Price", defaultValue="five")

    assert unknown["extensions"]["errors"][0]["loc"] == ["options", "colour"]
    assert default["extensions"]["errors"][0]["loc"] == ["defaultValue"]


async def test_an_index_is_made_and_dropped(
    api: Api, table: MadeTable, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    count = "SELECT count(*) FROM pg_indexes WHERE schemaname LIKE 'base%' AND indexname LIKE 'f\\_%'"

    made = await update_field(api, table, "Name", isIndexed=True)
    indexes = await pg.fetchval(count)
    renamed = await update_field(api, table, "Name", name="Title")
    dropped = await update_field(api, table, "Name", isIndexed=False)

    assert (made["field"]["isIndexed"], renamed["field"]["isIndexed"], indexes) == (True, True, 2)
    assert dropped["field"]["isIndexed"] is False
    assert await pg.fetchval(count) == 0


async def test_a_value_that_is_too_long_for_an_index_is_refused(api: Api, table: MadeTable, services: Services) -> None:
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(5_000))
    await create_records(api, table, [{"Name": noise}])

    error = await refused(api, table, services, "Name", isIndexed=True)

    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "too long for an index" in error["message"]


async def test_fields_are_reordered_and_deleted(api: Api, table: MadeTable) -> None:
    added = await add_field(api, table, name="Extra", type="TEXT")
    order = [added, *reversed(table.fields.values())]

    given = {"tableId": table.id, "fieldIds": order}
    reordered = await mutate(api, "reorderFields", "fields { id }", given, as_=table.owner)
    deleted = await mutate(api, "deleteField", "deletedId", {"id": table.fields["Tags"]}, as_=table.owner)

    assert [field["id"] for field in reordered.ok["reorderFields"]["fields"]] == order
    assert deleted.ok["deleteField"]["deletedId"] == table.fields["Tags"]
    document = "query ($id: ID!) { fields(tableId: $id) { name } }"
    listed = await api.execute(document, {"id": table.id}, as_=table.owner)
    assert [field["name"] for field in listed.ok["fields"]] == ["Extra", "No", "Price", "Stage", "Name"]


async def test_the_primary_field_cannot_be_deleted(api: Api, table: MadeTable, services: Services) -> None:
    before = await snapshot(services.database)

    result = await mutate(api, "deleteField", "deletedId", {"id": table.fields["Name"]}, as_=table.owner)

    assert result.codes == ["CONFLICT"]
    assert await snapshot(services.database) == before


async def test_fields_must_all_be_named_in_an_order(api: Api, table: MadeTable) -> None:
    given = {"tableId": table.id, "fieldIds": list(table.fields.values())[1:]}

    result = await mutate(api, "reorderFields", "fields { id }", given, as_=table.owner)

    assert result.codes == ["BAD_REQUEST"]
