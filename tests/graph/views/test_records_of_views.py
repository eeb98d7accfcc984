"""`View.records` and `records(viewId:)`: the view's filter and order, together with those of the call."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.support.api import Api
from tests.support.catalog import add_member, mutate, update_field
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.views import change_view, make_view

READ = """
    query ($table: ID!, $view: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!], $first: Int, $after: String) {
      records(tableId: $table, viewId: $view, filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        nodes { value(field: "Name") } totalCount pageInfo { hasNextPage endCursor }
      }
    }
"""
OF_VIEW = """
    query ($view: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!], $first: Int, $after: String) {
      view(id: $view) {
        records(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
          nodes { value(field: "Name") } totalCount pageInfo { hasNextPage endCursor }
        }
      }
    }
"""
CHEAP = {"field": "Price", "operator": "LT", "value": 4}


@pytest.fixture
async def table(table: MadeTable, api: Api) -> MadeTable:
    """The table with four records."""
    parts = [
        {"Name": name, "Price": price, "Stage": stage}
        for name, price, stage in (("a", 1, "Open"), ("b", 3, "Done"), ("c", 2, "Open"), ("d", 5, "Open"))
    ]
    await create_records(api, table, parts)
    return table


@pytest.fixture
async def view(table: MadeTable, api: Api) -> str:
    """Id of a view of what is open, the dearest first."""
    is_open = {"field": "Stage", "operator": "EQ", "value": "Open"}
    made = await make_view(api, table, filter=is_open, orderBy=[{"field": "Price", "direction": "DESC"}])
    return made["id"]


async def read(api: Api, table: MadeTable, view: str, **more: Any) -> tuple[list[str], Any]:
    """Names of the records and the rest of the page, which is the same by both ways."""
    document = {"table": table.id, "view": view, **more}
    page = (await api.execute(READ, document, as_=table.owner)).ok["records"]
    of_view = {key: value for key, value in document.items() if key != "table"}
    assert (await api.execute(OF_VIEW, of_view, as_=table.owner)).ok["view"]["records"] == page
    return [node["value"] for node in page.pop("nodes")], page


async def test_records_have_the_views_filter_and_order(api: Api, table: MadeTable, view: str) -> None:
    names, page = await read(api, table, view)

    assert (names, page["totalCount"]) == (["d", "c", "a"], 3)


async def test_the_calls_filter_narrows_and_its_order_replaces(api: Api, table: MadeTable, view: str) -> None:
    assert (await read(api, table, view, filter=CHEAP))[0] == ["c", "a"]
    assert (await read(api, table, view, orderBy=[{"field": "Name"}]))[0] == ["a", "c", "d"]
    assert (await read(api, table, view, filter=CHEAP, orderBy=[{"field": "Name"}]))[0] == ["a", "c"]
    nothing = {"or": [CHEAP, {"field": "Stage", "operator": "EQ", "value": "Done"}]}
    assert (await read(api, table, view, filter=nothing))[0] == ["c", "a"]


async def test_pages_follow_the_views_order(api: Api, table: MadeTable, view: str) -> None:
    first, page = await read(api, table, view, first=2)
    rest, last = await read(api, table, view, first=2, after=page["pageInfo"]["endCursor"])

    assert (first, rest, last["pageInfo"]["hasNextPage"]) == (["d", "c"], ["a"], False)


async def test_a_view_without_filter_and_order_has_all_records(api: Api, table: MadeTable) -> None:
    bare = await make_view(api, table, "Bare")

    assert (await read(api, table, bare["id"]))[0] == ["a", "b", "c", "d"]
    assert (await read(api, table, bare["id"], filter=CHEAP))[0] == ["a", "b", "c"]


async def test_a_change_of_the_view_shows_at_once(api: Api, table: MadeTable, view: str) -> None:
    await read(api, table, view)

    await change_view(api, table, view, filter=CHEAP)
    cheap = await read(api, table, view)
    await update_field(api, table, "Price", name="Cost")
    renamed = await read(api, table, view)
    await mutate(api, "deleteField", "deletedId", {"id": table.fields["Price"]}, as_=table.owner)
    unsorted = await read(api, table, view)

    assert cheap[0] == renamed[0] == ["b", "c", "a"]
    assert unsorted[0] == ["a", "b", "c", "d"]


async def test_records_of_a_view_are_read_in_the_mutation_that_changes_it(api: Api, table: MadeTable) -> None:
    given = {"tableId": table.id, "name": "New", "type": "GRID", "filter": CHEAP}
    selection = 'view { records { nodes { value(field: "Name") } } }'

    made = await mutate(api, "createView", selection, given, as_=table.owner)

    nodes = made.ok["createView"]["view"]["records"]["nodes"]
    assert [node["value"] for node in nodes] == ["a", "b", "c"]


async def test_what_a_rolled_back_change_said_is_forgotten(api: Api, table: MadeTable, view: str) -> None:
    document = """
        mutation ($view: ID!, $table: ID!) {
          updateView(input: { id: $view, filter: null }) { view { records { totalCount } } }
          createView(input: { tableId: $table, name: " ", type: GRID }) { view { id } }
        }
    """
    refused = await api.execute(document, {"view": view, "table": table.id}, as_=table.owner)

    assert refused.codes == ["VALIDATION_ERROR"]
    await make_view(api, table, "Another")  # the base gets the schema version that was rolled back
    assert (await read(api, table, view))[0] == ["d", "c", "a"]


async def test_a_view_of_nobody_of_somebody_else_or_of_another_table_is_not_found(
    api: Api, table: MadeTable, view: str
) -> None:
    editor = await api.register()
    await add_member(api, table.owner, table.workspace_id, editor, "EDITOR")
    foreign = await make_view(api, table, as_=editor, isPersonal=True)
    other = await make_table(api, owner=table.owner)
    gone = str(uuid4())

    for table_id, view_id in ((table.id, gone), (table.id, foreign["id"]), (other.id, view)):
        result = await api.execute(READ, {"table": table_id, "view": view_id}, as_=table.owner)
        assert (result.codes, result.errors[0]["message"]) == (["NOT_FOUND"], f"There is no view with id {view_id}.")
    mine = await api.execute(READ, {"table": table.id, "view": foreign["id"]}, as_=editor)
    assert mine.ok["records"]["totalCount"] == 4


async def test_an_outsider_does_not_learn_whether_a_view_is_there(api: Api, table: MadeTable, view: str) -> None:
    outsider = await api.register()

    messages = set()
    for view_id in (view, str(uuid4())):
        result = await api.execute(READ, {"table": table.id, "view": view_id}, as_=outsider)
        messages |= {(result.codes[0], result.errors[0]["message"])}

    assert messages == {("NOT_FOUND", f"There is no table with id {table.id}.")}


async def test_records_of_a_view_are_one_statement_once_it_is_known(
    api: Api, table: MadeTable, view: str, statements: Callable[[], StatementLog]
) -> None:
    counts = []
    for _ in range(2):
        with statements() as seen:
            assert (await api.execute(READ, {"table": table.id, "view": view}, as_=table.owner)).errors == []
        counts.append(seen.count)

    assert counts[1] == 1
    assert counts[0] <= 3  # the metadata, the view, the records
