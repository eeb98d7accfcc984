"""Every reader of records shows those that policies leave to the caller, and no others."""

import pytest

from tests.graph.data_permissions.board import MINE, Board


async def test_a_page_has_the_records_that_a_policy_lets_the_caller_see(board: Board) -> None:
    await board.limit()

    assert await board.names() == ["a1", "a2"]
    assert await board.names(board.bob) == ["b1"]
    assert await board.names(board.eve) == ["a1", "b1", "a2", "n1"]  # of another role
    assert await board.names(board.owner) == ["a1", "b1", "a2", "n1"]


async def test_a_count_and_the_page_info_are_of_those_records(board: Board) -> None:
    await board.limit()

    query = "records(tableId: $id, first: 2) { totalCount pageInfo { hasNextPage } }"
    found = (await board.ask(query, id=board.table.id)).ok["records"]

    assert found == {"totalCount": 2, "pageInfo": {"hasNextPage": False}}


@pytest.mark.parametrize("selection", ["eventCursor", "__typename"])
async def test_a_page_of_which_no_records_are_selected_is_answered(selection: str, board: Board) -> None:
    await board.limit()

    assert (await board.ask(f"records(tableId: $id) {{ {selection} }}", id=board.table.id)).ok["records"][selection]


@pytest.mark.parametrize("field", ["record", "node"])
async def test_a_record_that_is_not_seen_is_not_found(field: str, board: Board) -> None:
    await board.limit()

    assert (await board.ask(f"{field}(id: $id) {{ id }}", id=board.tasks["b1"])).codes == ["NOT_FOUND"]
    assert (await board.ask(f"{field}(id: $id) {{ id }}", id=board.tasks["a1"])).ok[field] == {"id": board.tasks["a1"]}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (', filter: {field: "Points", operator: GTE, value: 2}', ["a2"]),
        (', filter: {not: {field: "Name", operator: EQ, value: "a1"}}', ["a2"]),
        (', filter: {field: "$id", operator: IS_NOT_EMPTY}', ["a1", "a2"]),
        (', search: "1"', ["a1"]),
        (', orderBy: [{field: "Points", direction: DESC}]', ["a2", "a1"]),
        (", last: 1", ["a2"]),
    ],
    ids=["filter", "not", "all", "search", "order", "last"],
)
async def test_filters_orders_and_searches_find_no_others(arguments: str, found: list[str], board: Board) -> None:
    await board.limit()

    assert await board.names(arguments=arguments) == found


async def test_cursors_lead_through_those_records(board: Board) -> None:
    await board.limit()
    query = "records(tableId: $id, first: 1, after: %s) { nodes { fields } pageInfo { endCursor hasNextPage } }"

    first = (await board.ask(query % "null", id=board.table.id)).ok["records"]
    second = (await board.ask(query % f'"{first["pageInfo"]["endCursor"]}"', id=board.table.id)).ok["records"]

    assert [each["nodes"][0]["fields"]["Name"] for each in (first, second)] == ["a1", "a2"]
    assert [each["pageInfo"]["hasNextPage"] for each in (first, second)] == [True, False]


async def test_aggregates_and_their_groups_are_of_those_records(board: Board) -> None:
    await board.limit()
    query = """aggregate(tableId: $id, groupBy: [{field: "Done"}],
                         metrics: [{function: COUNT}, {function: SUM, field: "Points"}])
               { totalCount nodes { count metrics } }"""

    found = (await board.ask(query, id=board.table.id)).ok["aggregate"]

    assert found["totalCount"] == 2
    assert sorted(each["count"] for each in found["nodes"]) == [1, 1]
    assert sorted(each["metrics"]["sum_Points"] for each in found["nodes"]) == [1, 2]


async def test_any_of_the_policies_of_a_role_lets_a_record_be_seen(board: Board) -> None:
    await board.limit()
    await board.limit({"field": "Points", "operator": "GT", "value": 50})

    assert await board.names() == ["a1", "a2", "n1"]


async def test_a_policy_that_holds_of_nothing_locks_the_table(board: Board) -> None:
    await board.limit({"field": "$id", "operator": "IS_EMPTY"})

    assert await board.names() == []
    assert (await board.ask("record(id: $id) { id }", id=board.tasks["a1"])).codes == ["NOT_FOUND"]


async def test_a_policy_of_writing_hides_nothing(board: Board) -> None:
    await board.limit(MINE, applies="WRITE")

    assert await board.names() == ["a1", "b1", "a2", "n1"]


async def test_the_role_in_the_table_counts(board: Board) -> None:
    await board.limit(roles=["VIEWER"])
    assert await board.names() == ["a1", "b1", "a2", "n1"]

    override = {"userId": board.ann.id, "tableId": board.table.id, "role": "VIEWER"}
    (await board.change("setRoleOverride", as_=board.owner, **override)).ok  # noqa: B018

    assert await board.names() == ["a1", "a2"]


async def test_a_change_of_the_role_counts_at_once(board: Board) -> None:
    await board.limit()
    assert await board.names() == ["a1", "a2"]

    given = {"id": board.memberships[board.ann.id], "role": "ADMIN"}
    (await board.change("updateWorkspaceMember", as_=board.owner, **given)).ok  # noqa: B018
    assert await board.names() == ["a1", "b1", "a2", "n1"]

    (await board.change("updateWorkspaceMember", as_=board.owner, **{**given, "role": "EDITOR"})).ok  # noqa: B018
    assert await board.names() == ["a1", "a2"]


async def test_an_admin_of_the_base_is_not_limited(board: Board) -> None:
    await board.limit()

    override = {"userId": board.ann.id, "baseId": board.table.base_id, "role": "ADMIN"}
    (await board.change("setRoleOverride", as_=board.owner, **override)).ok  # noqa: B018

    assert await board.names() == ["a1", "b1", "a2", "n1"]


async def test_an_export_counts_the_records_that_the_caller_sees(board: Board) -> None:
    for name, owner in (("a3", board.ann), ("b2", board.bob)):
        fields = {"Name": name, "Owner": owner.id}
        (await board.change("createRecord", tableId=board.table.id, fields=fields)).ok  # noqa: B018
    assert await created(board) == 2

    await board.limit()

    assert await created(board) == 1


async def created(board: Board) -> int:
    """How many records of the table ann is told that she has made."""
    [table] = (await board.ask("exportMe")).ok["exportMe"]["records"]
    assert table["tableId"] == str(board.table.id)
    return int(table["created"])
