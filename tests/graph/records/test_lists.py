"""Filters, orders and pages of random records: the API answers what plain Python answers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.records import listing
from tests.graph.records.listing import random_cases, refill
from tests.support.records import Records
from tests.support.tables import MadeTable

PAGE = """
    nodes { id } edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
"""
tables = st.lists(listing.records, max_size=9)


@given(rows=tables, data=st.data())
@random_cases
async def test_a_filter_answers_what_the_oracle_answers(
    all_kinds: Records, rows: list[listing.Values], data: st.DataObject
) -> None:
    ids = await refill(all_kinds, rows)
    for _ in range(4):
        condition = data.draw(listing.filters(rows), "filter")
        page = (await all_kinds.page(filter=condition, selection="nodes { id } totalCount")).ok["records"]
        expected = [id for id, row in zip(ids, rows, strict=True) if listing.passes(condition, row)]
        assert [node["id"] for node in page["nodes"]] == expected
        assert page["totalCount"] == len(expected)


@given(rows=tables, data=st.data())
@random_cases
async def test_the_pages_of_any_list_are_the_list(
    all_kinds: Records, rows: list[listing.Values], data: st.DataObject
) -> None:
    ids = await refill(all_kinds, rows)
    order = data.draw(listing.sorts, "order")
    condition = data.draw(st.none() | listing.filters(rows), "filter")
    size = data.draw(st.integers(1, 4), "size")
    expected = [ids[i] for i in listing.ordered(rows, order) if condition is None or listing.passes(condition, rows[i])]
    arguments = {"orderBy": [sort.given for sort in order], "filter": condition}
    forward = [page async for page in walk(all_kinds, size, forward=True, **arguments)]
    backward = [page async for page in walk(all_kinds, size, forward=False, **arguments)]
    assert [id for page in forward for id in page] == expected
    assert [id for page in reversed(backward) for id in page] == expected
    assert all(len(page) == size for page in (*forward[:-1], *backward[:-1]))


async def walk(records: Records, size: int, *, forward: bool, **arguments: Any) -> AsyncIterator[list[str]]:
    """The ids of each page, from one end to the other; what a page says of itself is checked on the way."""
    cursor: str | None = None
    while True:
        given = {"first": size, "after": cursor} if forward else {"last": size, "before": cursor}
        page = (await records.page(selection=PAGE, **given, **arguments)).ok["records"]
        ids = [node["id"] for node in page["nodes"]]
        yield ids
        info, cursors = page["pageInfo"], [edge["cursor"] for edge in page["edges"]]
        assert [edge["node"]["id"] for edge in page["edges"]] == ids
        assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
        assert info["hasPreviousPage" if forward else "hasNextPage"] is (cursor is not None)
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            return
        cursor = info["endCursor" if forward else "startCursor"]


@given(rows=tables.filter(bool), data=st.data())
@random_cases
async def test_a_cursor_divides_any_list(all_kinds: Records, rows: list[listing.Values], data: st.DataObject) -> None:
    await refill(all_kinds, rows)
    order = [sort.given for sort in data.draw(listing.sorts, "order")]
    edges = (await all_kinds.page(orderBy=order, selection="edges { cursor node { id } }")).ok["records"]["edges"]
    ids = [edge["node"]["id"] for edge in edges]
    place = data.draw(st.integers(0, len(edges) - 1), "place")
    cursor = edges[place]["cursor"]
    for arguments, expected in (
        ({"after": cursor}, ids[place + 1 :]),
        ({"before": cursor}, ids[:place]),
        ({"after": cursor, "first": 1}, ids[place + 1 : place + 2]),
        ({"before": cursor, "last": 1}, ids[max(place - 1, 0) : place]),
        ({"after": cursor, "first": 0}, []),
    ):
        nodes = (await all_kinds.page(orderBy=order, selection="nodes { id }", **arguments)).ok["records"]["nodes"]
        assert [node["id"] for node in nodes] == expected


SYSTEM = ["$id", "$createdAt", "$updatedAt", "$revision", "$createdBy", "$updatedBy"]


@pytest.mark.parametrize("field", SYSTEM)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_system_columns_sort_and_page(records: Records, parts: list[str], field: str, direction: str) -> None:
    for i in (3, 1):
        await records.update(parts[i], {"Price": 50 + i})
    changed = {"$updatedAt": [0, 2, 4, 3, 1], "$revision": [0, 2, 4, 1, 3]}.get(field, [0, 1, 2, 3, 4])
    expected = [parts[i] for i in (changed if direction == "ASC" else changed[::-1])]
    order = [{"field": field, "direction": direction}]
    for forward in (True, False):
        pages = [page async for page in walk(records, 2, forward=forward, orderBy=order)]
        assert [id for page in (pages if forward else reversed(pages)) for id in page] == expected


async def test_system_columns_filter(records: Records, table: MadeTable, parts: list[str]) -> None:
    await records.update(parts[3], {"Price": 5})
    created = (await records.get(parts[0], selection="createdAt")).ok["record"]["createdAt"]
    for condition, expected in (
        ({"field": "$id", "operator": "EQ", "value": parts[2]}, [2]),
        ({"field": "$id", "operator": "IN", "value": [parts[4], parts[0], str(table.id)]}, [0, 4]),
        ({"field": "$id", "operator": "NOT_IN", "value": parts[1:]}, [0]),
        ({"field": "$revision", "operator": "GTE", "value": 2}, [3]),
        ({"field": "$revision", "operator": "EQ", "value": 1}, [0, 1, 2, 4]),
        ({"field": "$createdAt", "operator": "EQ", "value": created}, [0, 1, 2, 3, 4]),
        ({"field": "$updatedAt", "operator": "GT", "value": created}, [3]),
        ({"field": "$createdBy", "operator": "EQ", "value": str(table.owner.id)}, [0, 1, 2, 3, 4]),
        ({"field": "$updatedBy", "operator": "NEQ", "value": str(table.owner.id)}, []),
        ({"field": "$createdBy", "operator": "IS_EMPTY"}, []),
    ):
        nodes = (await records.page(filter=condition, selection="nodes { id }")).ok["records"]["nodes"]
        assert [node["id"] for node in nodes] == [parts[i] for i in expected], condition


DEARER_THAN_1 = {"field": "Price", "operator": "GT", "value": 1}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"and": []}, [0, 1, 2, 3, 4]),
        ({"or": []}, []),
        ({"not": {}}, []),
        ({"not": {"or": []}}, [0, 1, 2, 3, 4]),
        ({"field": "Name", "operator": "EQ", "value": None}, [3]),
        ({"field": "Name", "operator": "EQ", "value": ""}, [3]),
        ({"field": "Name", "operator": "EQ"}, [3]),
        ({"field": "Name", "operator": "NEQ", "value": ""}, [0, 1, 2, 4]),
        ({"field": "Name", "operator": "IS_EMPTY", "value": "whatever"}, [3]),
        ({"not": DEARER_THAN_1}, [1, 2, 3]),
        ({**DEARER_THAN_1, "not": {"field": "Name", "operator": "EQ", "value": "Bolt"}}, [4]),
        ({"and": [DEARER_THAN_1], "or": [{"field": "Name", "operator": "CONTAINS", "value": "B"}]}, [0]),
        ({"and": {"field": "Name", "operator": "EQ", "value": "nut"}}, [1]),
    ],
)  # fmt: skip
async def test_what_a_filter_means(
    records: Records, parts: list[str], condition: dict[str, Any], expected: list[int]
) -> None:
    nodes = (await records.page(filter=condition, selection="nodes { id }")).ok["records"]["nodes"]
    assert [node["id"] for node in nodes] == [parts[i] for i in expected]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("bolt", [0]), ("BO", [0]), ("ut", [1]), ("open", [0, 4]), ("2026-01-0", [0, 1, 2]), ("2.5", [0]), ("\\", [4]),
        ("%", []), ("_", []), ("🔩", [4]), ('" and', [4]), ("  nut ", [1]), ("", [0, 1, 2, 3, 4]),
        ("  ", [0, 1, 2, 3, 4]),
        ("true", []), ("Bolt2.5", []), ("Bolt\n2.5", [0]), ("$1", []), ("null", []),
    ],
)  # fmt: skip
async def test_search_finds_what_a_person_would_read(
    records: Records, parts: list[str], search: str, expected: list[int]
) -> None:
    page = (await records.page(search=search, selection="nodes { id } totalCount")).ok["records"]
    assert [node["id"] for node in page["nodes"]] == [parts[i] for i in expected]
    assert page["totalCount"] == len(expected)


async def test_search_filter_order_and_page_go_together(records: Records, parts: list[str]) -> None:
    condition = {"field": "Price", "operator": "LT", "value": 7}
    given = {"search": "2026", "filter": condition, "orderBy": [{"field": "Price"}]}
    pages = [page async for page in walk(records, 1, forward=True, **given)]
    assert pages == [[parts[2]], [parts[1]], [parts[0]]]


async def test_the_records_of_a_table_take_the_same_arguments(
    records: Records, table: MadeTable, parts: list[str]
) -> None:
    document = f"""
        query ($tableId: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!], $search: String, $first: Int,
               $after: String, $last: Int, $before: String) {{
          table(id: $tableId) {{
            records(filter: $filter, orderBy: $orderBy, search: $search, first: $first, after: $after, last: $last,
                    before: $before) {{ {PAGE} }}
          }}
        }}
    """
    given = {"filter": DEARER_THAN_1, "orderBy": [{"field": "Price", "direction": "DESC"}], "search": "o"}
    whole = (await records.page(selection=PAGE, **given)).ok["records"]
    assert [node["id"] for node in whole["nodes"]] == [parts[4], parts[0]]
    cursor = whole["pageInfo"]["startCursor"]
    for arguments in ({}, {"first": 1}, {"first": 1, "after": cursor}, {"last": 1}, {"last": 1, "before": cursor}):
        variables = {"tableId": table.id, **given, **arguments}
        page = (await records.page(selection=PAGE, **given, **arguments)).ok["records"]
        assert (await records.run(document, variables)).ok["table"]["records"] == page
