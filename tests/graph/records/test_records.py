"""The `records` query: what it returns, in which order, in how many statements."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

NEWEST_FIRST = ['Quote " and \\ and 🔩', None, "Washer", "nut", "Bolt"]
ALL = """
query ($table: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!], $search: String, $first: Int, $after: String,
       $last: Int, $before: String) {
  records(tableId: $table, filter: $filter, orderBy: $orderBy, search: $search, first: $first, after: $after,
          last: $last, before: $before) {
    nodes { id fields(only: ["Name", "Price"]) }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""


async def names(api: Api, table: MadeTable, **variables: Any) -> list[Any]:
    result = await api.execute(ALL, {"table": table.id, **variables}, as_=table.owner)
    return [node["fields"]["Name"] for node in result.ok["records"]["nodes"]]


async def test_records_come_in_the_order_of_creation(api: Api, table: MadeTable, parts: list[str]) -> None:
    result = await api.execute(ALL, {"table": table.id}, as_=table.owner)
    page = result.ok["records"]
    assert [node["id"] for node in page["nodes"]] == parts
    assert [edge["node"]["id"] for edge in page["edges"]] == parts
    assert page["totalCount"] == 5
    assert page["nodes"][4]["fields"] == {"Name": 'Quote " and \\ and 🔩', "Price": 7}
    assert page["pageInfo"]["hasNextPage"] is False
    assert page["pageInfo"]["hasPreviousPage"] is False
    assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
    assert page["pageInfo"]["endCursor"] == page["edges"][4]["cursor"]


async def test_every_property_of_a_record(api: Api, table: MadeTable, parts: list[str]) -> None:
    document = """
      query ($id: ID!) {
        record(id: $id) {
          __typename id revision createdAt updatedAt
          mine: fields byId: fields(only: ["Price"], keyBy: ID) value(field: "Name")
          table { __typename id label: name description }
          createdBy { id email name isVerified isActive isSuperuser isStaff createdAt }
          updatedBy { id }
        }
      }
    """
    record = (await api.execute(document, {"id": parts[0]}, as_=table.owner)).ok["record"]
    assert record["__typename"] == "Record"
    assert record["revision"] == 1
    assert record["createdAt"] == record["updatedAt"]
    assert record["mine"] == {
        "Name": "Bolt", "Price": 2.5, "Ready": True, "Day": "2026-01-02", "At": None, "Status": "Open",
    }  # fmt: skip
    assert record["byId"] == {table.fields["Price"]: 2.5}
    assert record["value"] == "Bolt"
    assert record["table"] == {"__typename": "Table", "id": str(table.id), "label": "Parts", "description": None}
    assert record["createdBy"]["email"] == table.owner.email
    assert record["updatedBy"] == {"id": str(table.owner.id)}


async def test_a_selection_that_the_compiler_does_not_cover_is_answered_by_resolvers(
    api: Api, table: MadeTable, parts: list[str]
) -> None:
    document = """
      query ($table: ID!) {
        records(tableId: $table, first: 2) {
          totalCount
          nodes { id revision createdAt fields value(field: "Price") table { name base { name } } createdBy { email } }
          pageInfo { hasNextPage endCursor }
        }
      }
    """
    covered = document.replace("table { name base { name } }", "table { name }")
    slow = (await api.execute(document, {"table": table.id}, as_=table.owner)).ok["records"]
    fast = (await api.execute(covered, {"table": table.id}, as_=table.owner)).ok["records"]
    for node in slow["nodes"]:
        assert node["table"].pop("base") == {"name": "Base"}
    assert slow == fast


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        ([{"field": "Price"}], [None, "Washer", "nut", "Bolt", 'Quote " and \\ and 🔩']),
        ([{"field": "Price", "direction": "DESC"}], ['Quote " and \\ and 🔩', "Bolt", "nut", "Washer", None]),
        ([{"field": "Name"}], [None, "Bolt", "nut", 'Quote " and \\ and 🔩', "Washer"]),
        ([{"field": "Status"}, {"field": "Price"}], [None, "Washer", "Bolt", 'Quote " and \\ and 🔩', "nut"]),
        ([{"field": "$revision"}, {"field": "$id", "direction": "DESC"}], NEWEST_FIRST),
    ],
)  # fmt: skip
async def test_every_order_pages_exactly_both_ways(
    api: Api, table: MadeTable, parts: list[str], sorts: list[dict[str, str]], expected: list[Any]
) -> None:
    assert await names(api, table, orderBy=sorts) == expected
    for size in (1, 2, 3):
        assert await walk(api, table, sorts, size, forward=True) == expected
        assert await walk(api, table, sorts, size, forward=False) == expected


async def walk(api: Api, table: MadeTable, sorts: list[dict[str, str]], size: int, *, forward: bool) -> list[Any]:
    """All names, page by page; page info is checked on the way."""
    found: list[Any] = []
    cursor = None
    while True:
        page_arguments = {"first": size, "after": cursor} if forward else {"last": size, "before": cursor}
        result = await api.execute(ALL, {"table": table.id, "orderBy": sorts, **page_arguments}, as_=table.owner)
        page = result.ok["records"]
        here = [node["fields"]["Name"] for node in page["nodes"]]
        found = found + here if forward else here + found
        info = page["pageInfo"]
        assert info["hasPreviousPage" if forward else "hasNextPage"] is (cursor is not None)
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            return found
        cursor = info["endCursor" if forward else "startCursor"]


async def test_records_is_one_statement_whatever_is_selected(
    api: Api, table: MadeTable, parts: list[str], statements: Callable[[], StatementLog]
) -> None:
    variables = {"table": table.id, "filter": {"field": "Price", "operator": "GT", "value": 0}, "search": "o"}
    await api.execute(ALL, variables, as_=table.owner)
    with statements() as seen:
        result = await api.execute(ALL, variables, as_=table.owner)
    assert result.ok["records"]["totalCount"] == 3
    assert seen.count == 1
    assert seen.transactions == []
