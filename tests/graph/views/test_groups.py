"""`View.groups`: the columns of a board with their counts and first records, by one statement."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records
from tests.support.views import change_view, make_view

READ = """
    query ($view: ID!, $first: Int, $skip: Int, $records: Int, $filter: RecordFilter) {
      view(id: $view) {
        groups(first: $first, skip: $skip, filter: $filter) {
          value count
          records(first: $records) { nodes { value(field: "Name") } totalCount pageInfo { hasNextPage endCursor } }
        }
      }
    }
"""
MORE = """
    query ($table: ID!, $view: ID!, $filter: RecordFilter, $after: String) {
      records(tableId: $table, viewId: $view, filter: $filter, after: $after) { nodes { value(field: "Name") } }
    }
"""
BY_PRICE = [{"field": "Price", "direction": "DESC"}]


@pytest.fixture
async def table(table: MadeTable, api: Api) -> MadeTable:
    """The table with five records: three are open, none is done, two have no stage; two are the owner's."""
    me = str(table.owner.id)
    parts = [
        {"Name": "a", "Price": 1, "Stage": "Open", "Who": me},
        {"Name": "b", "Price": 2},
        {"Name": "c", "Price": 3, "Stage": "Open"},
        {"Name": "d", "Price": 4, "Stage": "Open", "Who": me},
        {"Name": "e", "Price": 5},
    ]
    await create_records(api, table, parts)
    return table


async def board(api: Api, table: MadeTable, field: str = "Stage", **more: Any) -> str:
    """Id of a board with a column for each value of a field, the dearest records first."""
    config = {"group_field_id": table.fields[field]}
    made = await make_view(api, table, field, "KANBAN", config=config, orderBy=BY_PRICE, **more)
    return made["id"]


async def read(api: Api, table: MadeTable, view: str, **more: Any) -> list[tuple[Any, int, list[str]]]:
    """Value, count and records of each group."""
    result = await api.execute(READ, {"view": view, **more}, as_=table.owner)
    groups = result.ok["view"]["groups"]
    assert [group["records"]["totalCount"] for group in groups] == [group["count"] for group in groups]
    return [(group["value"], group["count"], [node["value"] for node in group["records"]["nodes"]]) for group in groups]


async def test_there_is_a_group_for_no_value_and_for_each_choice(api: Api, table: MadeTable) -> None:
    groups = await read(api, table, await board(api, table))

    assert groups == [(None, 2, ["e", "b"]), ("Open", 3, ["d", "c", "a"]), ("Done", 0, [])]


async def test_members_are_groups_too(api: Api, table: MadeTable) -> None:
    groups = await read(api, table, await board(api, table, "Who"))

    assert groups == [(None, 3, ["e", "c", "b"]), (str(table.owner.id), 2, ["d", "a"])]


async def test_the_views_filter_and_that_of_the_call_hold(api: Api, table: MadeTable) -> None:
    view = await board(api, table, filter={"field": "Price", "operator": "GT", "value": 1})

    assert await read(api, table, view) == [(None, 2, ["e", "b"]), ("Open", 2, ["d", "c"]), ("Done", 0, [])]
    cheap = {"or": [{"field": "Price", "operator": "LT", "value": 4}, {"field": "Name", "operator": "EQ", "value": ""}]}
    assert await read(api, table, view, filter=cheap) == [(None, 1, ["b"]), ("Open", 1, ["c"]), ("Done", 0, [])]
    assert await read(api, table, view, filter=cheap, first=1, skip=1) == [("Open", 1, ["c"])]


async def test_groups_and_their_records_come_in_pages(api: Api, table: MadeTable) -> None:
    view = await board(api, table)

    result = await api.execute(READ, {"view": view, "first": 1, "skip": 1, "records": 2}, as_=table.owner)
    [group] = result.ok["view"]["groups"]
    is_open = {"field": "Stage", "operator": "EQ", "value": group["value"]}
    variables = {"table": table.id, "view": view, "filter": is_open, "after": group["records"]["pageInfo"]["endCursor"]}
    rest = await api.execute(MORE, variables, as_=table.owner)

    assert [node["value"] for node in group["records"]["nodes"]] == ["d", "c"]
    assert group["records"]["pageInfo"]["hasNextPage"]
    assert [node["value"] for node in rest.ok["records"]["nodes"]] == ["a"]


async def test_what_is_not_planned_is_answered_all_the_same(api: Api, table: MadeTable) -> None:
    view = await board(api, table)
    document = """
        query ($view: ID!) { view(id: $view) { groups { value count records(first: 1) {
          totalCount nodes { value(field: "Name") table { base { name } } }
        } } } }
    """

    groups = (await api.execute(document, {"view": view}, as_=table.owner)).ok["view"]["groups"]

    first = {"value": "e", "table": {"base": {"name": "Base"}}}
    assert groups[0] == {"value": None, "count": 2, "records": {"totalCount": 2, "nodes": [first]}}
    assert [(group["value"], group["count"]) for group in groups] == [(None, 2), ("Open", 3), ("Done", 0)]


@pytest.mark.parametrize("name", ["first", "skip", "records"])
async def test_numbers_out_of_range_are_refused(api: Api, table: MadeTable, name: str) -> None:
    view = await board(api, table)

    assert (await api.execute(READ, {"view": view, name: -1}, as_=table.owner)).codes == ["BAD_REQUEST"]


async def test_all_groups_show_the_same_number_of_records(api: Api, table: MadeTable) -> None:
    view = await board(api, table)
    document = """
        query ($view: ID!) { view(id: $view) { groups {
          a: records(first: 1) { totalCount } b: records(first: 2) { totalCount }
        } } }
    """

    assert (await api.execute(document, {"view": view}, as_=table.owner)).codes == ["BAD_REQUEST"]


async def test_a_view_that_names_no_field_has_no_groups(api: Api, table: MadeTable) -> None:
    grid = await make_view(api, table)
    view = await board(api, table)
    await mutate(api, "deleteField", "deletedId", {"id": table.fields["Stage"]}, as_=table.owner)

    for id in (grid["id"], view):
        assert (await api.execute(READ, {"view": id}, as_=table.owner)).codes == ["BAD_REQUEST"]
    await change_view(api, table, view, config={"group_field_id": table.fields["Who"]})
    assert len(await read(api, table, view)) == 2


async def test_groups_are_one_statement_however_many_they_are(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    views = [await board(api, table, field) for field in ("Stage", "Who")]
    counts = []
    for view in views:
        await read(api, table, view)
        with statements() as seen:
            await read(api, table, view)
        counts.append(seen.count)

    assert counts == [2, 2]  # the view, and its groups
