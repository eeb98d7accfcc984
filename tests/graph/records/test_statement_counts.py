"""How many statements reading records costs: one, whatever is selected; a constant number where resolvers answer."""

from collections.abc import Callable

import pytest

from tests.support.api import Api
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table

Statements = Callable[[], StatementLog]
RECORD = """
    __typename id revision createdAt updatedAt fields byId: fields(keyBy: ID) some: fields(only: ["Name", "Price"])
    value(field: "Name") other: value(field: "Price") table { __typename id name description }
    createdBy { __typename id email name isVerified isActive isSuperuser isStaff createdAt } updatedBy { id }
"""
PAGE = "pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }"
FALLBACK = "table { base { name workspace { name myRole } } primaryField { name } } createdBy { email }"
CONNECTIONS = {
    "nodes": "nodes { id }",
    "count": "totalCount",
    "cursor": "eventCursor",
    "page": PAGE,
    "edges": "edges { cursor }",
    "all": f"__typename nodes {{ {RECORD} }} edges {{ __typename cursor node {{ {RECORD} }} }}"
    f" {PAGE} totalCount eventCursor",
    "aliases": f"a: nodes {{ {RECORD} }} b: nodes {{ x: id y: id }} c: totalCount {PAGE} d: {PAGE}",
}
ARGUMENTS = {
    "plain": {},
    "filtered": {
        "filter": {
            "or": [{"field": "Price", "operator": "GT", "value": 1}, {"not": {"field": "Ready", "operator": "EQ"}}]
        },
        "orderBy": [{"field": "Status"}, {"field": "Price", "direction": "DESC"}, {"field": "$createdBy"}],
        "search": "o",
        "last": 2,
    },
}  # fmt: skip


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("selection", CONNECTIONS.values(), ids=CONNECTIONS)
async def test_a_page_is_one_statement(
    records: Records, parts: list[str], statements: Statements, selection: str, arguments: dict[str, object]
) -> None:
    await records.page(selection=selection, **arguments)
    with statements() as seen:
        assert (await records.page(selection=selection, **arguments)).ok
    assert (seen.count, seen.transactions) == (1, [])


async def test_the_next_page_is_one_statement(records: Records, parts: list[str], statements: Statements) -> None:
    order = [{"field": "Price"}]
    selection = f"nodes {{ id }} {PAGE}"
    first = (await records.page(selection=selection, orderBy=order, first=1)).ok["records"]["pageInfo"]
    second = await records.page(selection=selection, orderBy=order, first=1, after=first["endCursor"])
    with statements() as seen:
        after = second.ok["records"]["pageInfo"]["endCursor"]
        third = await records.page(selection=selection, orderBy=order, first=1, after=after)
    assert third.ok["records"]["pageInfo"]["hasNextPage"] is True
    assert seen.count == 1


async def test_a_record_is_one_statement(records: Records, parts: list[str], statements: Statements) -> None:
    await records.get(parts[0], selection=RECORD)
    with statements() as seen:
        assert (await records.get(parts[1], selection=RECORD)).ok
    assert seen.count == 1


async def test_other_values_of_the_same_shape_are_one_statement(
    records: Records, parts: list[str], statements: Statements
) -> None:
    for value in (1, 2):
        with statements() as seen:
            condition = {"field": "Price", "operator": "GT", "value": value}
            assert (await records.page(filter=condition, first=value)).ok
    assert seen.count == 1


async def test_the_records_of_a_table_are_one_more_statement(
    records: Records, table: MadeTable, parts: list[str], statements: Statements
) -> None:
    document = f"query ($table: ID!) {{ table(id: $table) {{ name records {{ nodes {{ {RECORD} }} totalCount }} }} }}"
    await records.run(document, {"table": table.id})
    with statements() as seen:
        assert (await records.run(document, {"table": table.id})).ok["table"]["records"]["totalCount"] == 5
    assert seen.count == 2


async def test_several_root_fields_are_one_statement_each(
    records: Records, table: MadeTable, parts: list[str], statements: Statements
) -> None:
    document = """
        query ($table: ID!, $id: ID!) {
          a: records(tableId: $table) { totalCount } b: records(tableId: $table, first: 1) { nodes { id } }
          record(id: $id) { id }
        }
    """
    await records.run(document, {"table": table.id, "id": parts[0]})
    with statements() as seen:
        assert (await records.run(document, {"table": table.id, "id": parts[0]})).ok
    assert seen.count == 3


@pytest.mark.parametrize("count", [1, 40])
async def test_what_resolvers_answer_costs_a_constant_number(api: Api, statements: Statements, count: int) -> None:
    table = await make_table(api)
    records = Records(api, table)
    ids = await create_records(api, table, [{"Name": str(i)} for i in range(count)])
    selection = f"nodes {{ {FALLBACK} }} edges {{ node {{ {FALLBACK} }} }} totalCount {PAGE}"
    await records.page(selection=selection)
    with statements() as seen:
        assert (await records.page(selection=selection)).ok["records"]["totalCount"] == count
    assert seen.count == 6, seen.texts  # the page, tables, bases, workspaces, fields, users
    with statements() as seen:
        assert (await records.get(ids[0], selection=FALLBACK)).ok
    assert seen.count == 6, seen.texts


async def test_a_cold_process_reads_the_metadata_of_the_base_once(
    api: Api, records: Records, parts: list[str], statements: Statements
) -> None:
    api.services.metadata.forget(records.table.base_id)
    with statements() as seen:
        assert (await records.page()).ok
        assert (await records.get(parts[0])).ok
        assert (await records.create({})).ok
    assert seen.count == 4
