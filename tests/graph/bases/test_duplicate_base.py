"""duplicateBase: the same tables, fields and, if wanted, records, under ids of their own."""

import asyncio
from typing import Any

import pytest

from domain.ids import parse_id, table_number_of
from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api, Person
from tests.support.catalog import add_field, add_member, add_table, mutate
from tests.support.field_types import standalone_types
from tests.support.tables import MadeTable, create_records, make_table, make_workspace

STRUCTURE = """
    name workspace { id }
    tables {
      id name description primaryField { id name }
      fields { id name type options isRequired isIndexed isPrimary defaultValue description }
    }
"""
RECORDS = """
    query ($id: ID!) { records(tableId: $id, first: 1000) { nodes { id fields revision createdAt createdBy { id } } } }
"""
FIELDS = [
    {"name": "Name", "type": "TEXT", "isIndexed": True, "description": "What it is."},
    {"name": "No", "type": "AUTONUMBER", "options": {"prefix": "A-"}},
    {"name": "Stage", "type": "SINGLE_SELECT", "options": {"choices": ["x", "y"]}, "defaultValue": "y"},
    {"name": "Price", "type": "NUMBER", "isRequired": True, "defaultValue": 1},
]


async def duplicate(api: Api, person: Person, **given: Any) -> dict[str, Any]:
    """The copy of a base."""
    result = await mutate(api, "duplicateBase", f"base {{ id {STRUCTURE} }}", given, as_=person)
    return result.ok["duplicateBase"]["base"]


async def read(api: Api, person: Person, table: Any) -> list[dict[str, Any]]:
    """The records of a table."""
    return (await api.execute(RECORDS, {"id": table}, as_=person)).ok["records"]["nodes"]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with three records, the second of them changed, in a base with another table."""
    table = await make_table(api, FIELDS)
    ids = await create_records(api, table, [{"Name": "a"}, {"Name": "b", "Stage": "x"}, {"Name": "c"}])
    change = {"id": ids[1], "fields": {"Price": 5}}
    await mutate(api, "updateRecord", "record { id }", change, as_=table.owner)
    await add_table(api, table.owner, table.base_id, "Empty")
    return table


async def test_structure_is_copied_under_new_ids(api: Api, table: MadeTable) -> None:
    document = f"query ($id: ID!) {{ base(id: $id) {{ {STRUCTURE} }} }}"
    source = (await api.execute(document, {"id": table.base_id}, as_=table.owner)).ok["base"]

    copy = await duplicate(api, table.owner, baseId=table.base_id)

    assert copy["name"] == "Base (copy)"
    assert copy["workspace"] == source["workspace"]
    assert _ids(copy) & _ids(source) == set()
    assert _without_ids(copy["tables"]) == _without_ids(source["tables"])
    assert await read(api, table.owner, copy["tables"][0]["id"]) == []


async def test_records_are_copied_in_order_with_ids_of_the_new_table(api: Api, table: MadeTable) -> None:
    source = await read(api, table.owner, table.id)

    copy = await duplicate(api, table.owner, baseId=table.base_id, name="Twin", includeRecords=True)

    copied = await read(api, table.owner, copy["tables"][0]["id"])
    assert copy["name"] == "Twin"
    assert [{**record, "id": None} for record in copied] == [{**record, "id": None} for record in source]
    numbers = {table_number_of(parse_id(record["id"])) for record in copied}
    assert len(numbers) == 1
    assert numbers.isdisjoint(table_number_of(parse_id(record["id"])) for record in source)


async def test_autonumbers_go_on_in_the_copy(api: Api, table: MadeTable) -> None:
    kept = await duplicate(api, table.owner, baseId=table.base_id, includeRecords=True)
    fresh = await duplicate(api, table.owner, baseId=table.base_id)
    numbers = []
    for copy in (kept, fresh):
        given = {"tableId": copy["tables"][0]["id"], "fields": {"Name": "new"}}
        result = await mutate(api, "createRecord", 'record { value(field: "No") }', given, as_=table.owner)
        numbers.append(result.ok["createRecord"]["record"]["value"])

    assert numbers == ["A-4", "A-1"]


async def test_a_copy_and_its_source_are_apart(api: Api, table: MadeTable) -> None:
    copy = await duplicate(api, table.owner, baseId=table.base_id, includeRecords=True)

    await mutate(api, "deleteBase", "deletedId", {"id": table.base_id}, as_=table.owner)

    assert len(await read(api, table.owner, copy["tables"][0]["id"])) == 3


async def test_a_viewer_copies_into_a_workspace_of_their_own_only(
    api: Api, table: MadeTable, services: Services
) -> None:
    viewer = await api.register()
    await add_member(api, table.owner, table.workspace_id, viewer, "VIEWER")
    own = await make_workspace(api, viewer)
    before = await snapshot(services.database)

    refused = await mutate(api, "duplicateBase", "base { id }", {"baseId": table.base_id}, as_=viewer)
    after = await snapshot(services.database)
    copy = await duplicate(api, viewer, baseId=table.base_id, workspaceId=own, includeRecords=True)

    assert refused.codes == ["FORBIDDEN"]
    assert after == before
    assert copy["workspace"] == {"id": str(own)}
    assert len(await read(api, viewer, copy["tables"][0]["id"])) == 3


async def test_a_default_user_who_is_a_stranger_elsewhere_is_dropped(api: Api, table: MadeTable) -> None:
    other = await api.register()
    await add_member(api, table.owner, table.workspace_id, other, "EDITOR")
    await add_field(api, table, name="Who", type="USER", defaultValue=str(other.id))
    elsewhere = await make_workspace(api, table.owner)

    here = await duplicate(api, table.owner, baseId=table.base_id)
    there = await duplicate(api, table.owner, baseId=table.base_id, workspaceId=elsewhere)

    defaults = [copy["tables"][0]["fields"][-1]["defaultValue"] for copy in (here, there)]
    assert defaults == [str(other.id), None]


async def test_a_table_with_every_type_of_field_is_copied(api: Api) -> None:
    types = list(standalone_types().values())
    examples = {type.key: type.examples[0] for type in types}
    fields = [
        {"name": type.key, "type": type.key.upper(), "options": dict(examples[type.key].options)} for type in types
    ]
    table = await make_table(api, fields)
    values = {type.key: examples[type.key].value for type in types if type.is_writable and type.references is None}
    await create_records(api, table, [values, {}])

    copy = await duplicate(api, table.owner, baseId=table.base_id, includeRecords=True)

    source, copied = [await read(api, table.owner, id) for id in (table.id, copy["tables"][0]["id"])]
    assert [record["fields"] for record in copied] == [record["fields"] for record in source]


async def test_all_tables_are_copied_as_they_were_at_one_moment(api: Api) -> None:
    table = await make_table(api, name="A")
    other = await add_table(api, table.owner, table.base_id, "B")
    document = """
        mutation ($a: CreateRecordInput!, $b: CreateRecordInput!) {
          a: createRecord(input: $a) { record { id } }
          b: createRecord(input: $b) { record { id } }
        }
    """
    variables = {
        "a": {"tableId": table.id, "fields": {"Name": "x"}},
        "b": {"tableId": other, "fields": {"Name": "x"}},
    }

    async def write() -> None:
        for _ in range(15):
            assert (await api.execute(document, variables, as_=table.owner)).errors == []

    writing = asyncio.gather(write(), write())
    copies = [await duplicate(api, table.owner, baseId=table.base_id, includeRecords=True) for _ in range(5)]
    await writing

    for copy in copies:
        counts = [len(await read(api, table.owner, each["id"])) for each in copy["tables"]]
        assert counts[0] == counts[1]


def _ids(base: dict[str, Any]) -> set[str]:
    return {table["id"] for table in base["tables"]} | {f["id"] for table in base["tables"] for f in table["fields"]}


def _without_ids(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **table,
            "id": None,
            "primaryField": table["primaryField"]["name"],
            "fields": [{**field, "id": None} for field in table["fields"]],
        }
        for table in tables
    ]
