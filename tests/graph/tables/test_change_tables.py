"""updateTable, deleteTable, reorderTables, and the lists of tables."""

from uuid import uuid4

import asyncpg

from tests.support.api import Api
from tests.support.catalog import add_field, add_table, mutate
from tests.support.tables import create_records, make_table

LIST = "query ($base: ID!) { tables(baseId: $base) { id name } }"


async def test_name_description_and_primary_field_change(api: Api) -> None:
    table = await make_table(api)
    code = await add_field(api, table, name="Code", type="NUMBER")
    changes = {"id": table.id, "name": "Stock", "description": "All of it.", "primaryFieldId": code}
    selection = "table { name description primaryField { id } fields { name isPrimary } }"

    result = await mutate(api, "updateTable", selection, changes, as_=table.owner)

    assert result.ok["updateTable"]["table"] == {
        "name": "Stock",
        "description": "All of it.",
        "primaryField": {"id": code},
        "fields": [{"name": "Name", "isPrimary": False}, {"name": "Code", "isPrimary": True}],
    }


async def test_what_is_left_out_stays_and_null_removes_a_description(api: Api) -> None:
    table = await make_table(api)
    await mutate(api, "updateTable", "table { id }", {"id": table.id, "description": "x"}, as_=table.owner)

    kept = await mutate(api, "updateTable", "table { description }", {"id": table.id}, as_=table.owner)
    changes = {"id": table.id, "name": None, "description": None}
    removed = await mutate(api, "updateTable", "table { name description }", changes, as_=table.owner)

    assert kept.ok["updateTable"]["table"]["description"] == "x"
    assert removed.ok["updateTable"]["table"] == {"name": "Parts", "description": None}


async def test_a_primary_field_must_be_a_fitting_one_of_the_table(api: Api) -> None:
    table = await make_table(api)
    tags = await add_field(api, table, name="Tags", type="MULTI_SELECT")
    other = await make_table(api)

    for field in (tags, other.fields["Name"], str(uuid4())):
        changes = {"id": table.id, "primaryFieldId": field}
        result = await mutate(api, "updateTable", "table { id }", changes, as_=table.owner)
        assert result.codes == ["BAD_REQUEST"]


async def test_a_table_cannot_take_the_name_of_another(api: Api) -> None:
    table = await make_table(api)
    await add_table(api, table.owner, table.base_id, "Other")

    result = await mutate(api, "updateTable", "table { id }", {"id": table.id, "name": "OTHER"}, as_=table.owner)

    assert result.codes == ["DUPLICATE_VALUE"]


async def test_a_deleted_table_is_gone_with_its_columns(api: Api, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}])

    result = await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)

    assert result.ok["deleteTable"] == {"deletedId": str(table.id)}
    assert await pg.fetchval("SELECT count(*) FROM tables") == 0
    assert await pg.fetchval("SELECT count(*) FROM fields") == 0
    assert await pg.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname LIKE 'base%'") == 0
    document = "query ($id: ID!) { records(tableId: $id) { totalCount } }"
    assert (await api.execute(document, {"id": table.id}, as_=table.owner)).codes == ["NOT_FOUND"]


async def test_tables_are_listed_in_the_order_that_was_given(api: Api) -> None:
    table = await make_table(api)
    second = await add_table(api, table.owner, table.base_id, "Second")
    third = await add_table(api, table.owner, table.base_id, "Third")
    order = [third, str(table.id), second]

    given = {"baseId": table.base_id, "tableIds": order}
    result = await mutate(api, "reorderTables", "tables { id }", given, as_=table.owner)

    assert [each["id"] for each in result.ok["reorderTables"]["tables"]] == order
    listed = await api.execute(LIST, {"base": table.base_id}, as_=table.owner)
    assert [each["id"] for each in listed.ok["tables"]] == order


async def test_an_order_must_name_every_table_once(api: Api) -> None:
    table = await make_table(api)
    second = await add_table(api, table.owner, table.base_id, "Second")
    orders = [[], [second], [second, second, str(table.id)], [second, str(table.id), str(uuid4())]]

    for order in orders:
        given = {"baseId": table.base_id, "tableIds": order}
        result = await mutate(api, "reorderTables", "tables { id }", given, as_=table.owner)
        assert result.codes == ["BAD_REQUEST"]
    listed = await api.execute(LIST, {"base": table.base_id}, as_=table.owner)
    assert [each["id"] for each in listed.ok["tables"]] == [str(table.id), second]
