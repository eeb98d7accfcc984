"""createRecordPolicy, updateRecordPolicy, deleteRecordPolicy and Table.recordPolicies."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.database import Connection
from resolvers.services import Services
from tests.graph.data_permissions.board import MINE, POLICY, Board
from tests.support.catalog import add_field, update_field
from tests.support.statements import StatementLog

LISTED = "table(id: $id) { recordPolicies { name roles applies filter error } }"


async def listed(board: Board) -> list[dict[str, Any]]:
    """The policies of the table."""
    return (await board.ask(LISTED, as_=board.owner, id=board.table.id)).ok["table"]["recordPolicies"]


def kept(board: Board, field: str, type: str, **more: Any) -> dict[str, Any]:
    """A condition as it is kept."""
    return {"field": board.table.fields.get(field, field), "type": type, **more}


async def test_a_policy_is_made_changed_and_deleted(board: Board) -> None:
    mine = kept(board, "Owner", "user", operator="EQ", value={"me": True})
    made = (await board.policy(MINE, name=" Mine ", roles=["VIEWER", "EDITOR"])).ok["createRecordPolicy"]
    policy = made["recordPolicy"]
    expected = {
        "tableId": str(board.table.id),
        "name": "Mine",
        "roles": ["EDITOR", "VIEWER"],
        "applies": "BOTH",
        "filter": mine,
        "error": None,
    }
    assert {name: value for name, value in policy.items() if name != "id"} == expected

    changed = await board.change(
        "updateRecordPolicy", POLICY, as_=board.owner, id=policy["id"], roles=["VIEWER"], applies="READ"
    )
    expected |= {"roles": ["VIEWER"], "applies": "READ"}
    assert changed.ok["updateRecordPolicy"]["recordPolicy"] == {"id": policy["id"], **expected}
    assert await listed(board) == [{name: expected[name] for name in ("name", "roles", "applies", "filter", "error")}]

    deleted = await board.change("deleteRecordPolicy", "deletedId", as_=board.owner, id=policy["id"])
    assert deleted.ok["deleteRecordPolicy"] == {"deletedId": policy["id"]}
    assert await listed(board) == []
    again = await board.change("deleteRecordPolicy", "deletedId", as_=board.owner, id=policy["id"])
    assert again.codes == ["NOT_FOUND"]


async def test_a_change_of_a_policy_counts_at_once(board: Board) -> None:
    policy = await board.limit()
    assert await board.names() == ["a1", "a2"]

    filter = {"field": "Name", "operator": "EQ", "value": "b1"}
    (await board.change("updateRecordPolicy", as_=board.owner, id=policy, filter=filter)).ok  # noqa: B018
    assert await board.names() == ["b1"]

    (await board.change("deleteRecordPolicy", as_=board.owner, id=policy)).ok  # noqa: B018
    assert await board.names() == ["a1", "b1", "a2", "n1"]


@pytest.mark.parametrize(
    "filter",
    [
        {"field": "Nothing", "operator": "EQ", "value": 1},
        {"field": "Owner", "operator": "GT", "value": "a"},
        {"field": "Points", "operator": "EQ", "value": "many"},
        {"field": "Name", "operator": "EQ", "value": {"me": True}},
        {"field": "$id", "operator": "EQ", "value": {"me": True}},
        {"field": "Twice", "operator": "EQ", "value": 2},
        {"field": "Owner", "operator": "EQ", "value": {"me": False}},
    ],
    ids=["unknown", "operator", "value", "me of a text", "me of an id", "computed", "not me"],
)
async def test_a_filter_that_does_not_fit_is_refused(filter: dict[str, Any], board: Board) -> None:
    await add_field(board.api, board.table, name="Twice", type="FORMULA", options={"formula": "{Points} * 2"})

    assert (await board.policy(filter)).codes == ["BAD_REQUEST"]
    assert await listed(board) == []


async def test_me_may_stand_in_a_list_and_for_who_made_a_record(board: Board) -> None:
    given = {"Name": "new"}
    (await board.change("createRecord", tableId=board.table.id, fields=given)).ok  # noqa: B018
    either = [
        {"field": "Owner", "operator": "IN", "value": [{"me": True}, str(board.bob.id)]},
        {"field": "$createdBy", "operator": "EQ", "value": {"me": True}},
    ]
    await board.limit({"or": either})

    assert await board.names() == ["a1", "b1", "a2", "new"]
    assert await board.names(board.bob) == ["b1"]


@pytest.mark.parametrize("roles", [[], ["ADMIN"]])
async def test_a_policy_is_about_roles_that_it_can_limit(roles: list[str], board: Board) -> None:
    assert (await board.policy(roles=roles)).codes == ["BAD_REQUEST"]


async def test_a_policy_whose_field_is_gone_lets_nobody_see_anything(board: Board) -> None:
    await board.limit()
    given = {"id": board.table.fields["Owner"]}
    (await board.change("deleteField", "deletedId", as_=board.owner, **given)).ok  # noqa: B018

    [policy] = await listed(board)
    assert "has no field" in policy["error"]
    assert await board.names() == []
    assert await board.names(board.owner) == ["a1", "b1", "a2", "n1"]


async def test_a_policy_whose_field_is_of_another_type_lets_nobody_see_anything(board: Board) -> None:
    await board.limit({"field": "Points", "operator": "NEQ", "value": 1})
    assert await board.names() == ["b1", "a2", "n1"]

    await update_field(board.api, board.table, "Points", type="TEXT")

    [policy] = await listed(board)
    assert policy["error"] == "Field 'Points' was of type NUMBER when the policy was written."
    assert await board.names() == []


async def test_what_a_policy_says_of_a_field_outlasts_its_name(board: Board) -> None:
    await board.limit()

    await update_field(board.api, board.table, "Owner", name="Assignee")

    assert await board.names() == ["a1", "a2"]


async def test_only_so_many_policies_are_taken(board: Board, services: Services) -> None:
    assert services.limits.max_record_policies_per_table == 20
    services.limits = replace(services.limits, max_record_policies_per_table=1)
    await board.limit()
    refused = await board.policy()

    assert refused.codes == ["BAD_REQUEST"]
    assert len(await listed(board)) == 1


async def test_policies_of_many_tables_are_listed_by_one_statement(board: Board, services: Services) -> None:
    await board.limit()
    query = "tables(baseId: $id) { recordPolicies { name } }"

    with StatementLog(services.database) as few:
        (await board.ask(query, as_=board.owner, id=board.table.base_id)).ok  # noqa: B018
    for name in ("Second", "Third"):
        given = {"baseId": board.table.base_id, "name": name}
        made = (await board.change("createTable", "table { id }", as_=board.owner, **given)).ok
        id = made["createTable"]["table"]["id"]
        await board.limit({"field": "$createdBy", "operator": "EQ", "value": {"me": True}}, tableId=id)
    with StatementLog(services.database) as many:
        listed = (await board.ask(query, as_=board.owner, id=board.table.base_id)).ok["tables"]

    assert listed == [{"recordPolicies": [{"name": "P"}]}] * 3

    assert many.count == few.count


async def test_who_is_limited_does_not_see_the_policies(board: Board) -> None:
    await board.limit()

    assert (await board.ask(LISTED, id=board.table.id)).codes == ["FORBIDDEN"]
    assert (await board.policy(as_=board.ann)).codes == ["FORBIDDEN"]
    assert len(await listed(board)) == 1


async def test_without_policies_statements_are_as_they_were(board: Board, services: Services, pg: Connection) -> None:
    with StatementLog(services.database) as before:
        await board.names()
    policy = await board.limit()
    (await board.change("deleteRecordPolicy", as_=board.owner, id=policy)).ok  # noqa: B018
    await board.names()
    version = "SELECT schema_version FROM bases WHERE id = $1"
    schema_version = await pg.fetchval(version, board.table.base_id)
    with StatementLog(services.database) as after:
        await board.names()

    assert [each.replace(f"'{schema_version}'::bigint", f"'{schema_version - 2}'::bigint") for each in after.texts] == (
        before.texts
    )


async def test_all_who_have_the_same_role_share_a_statement(board: Board, services: Services) -> None:
    await board.limit()
    await board.names()
    with StatementLog(services.database) as log:
        assert [await board.names(person) for person in (board.ann, board.bob)] == [["a1", "a2"], ["b1"]]

    assert log.count == 4
    assert log.texts[:2] == log.texts[2:]
    assert str(board.ann.id) not in "".join(log.texts)


async def test_whom_policies_limit_copies_no_base(board: Board) -> None:
    workspace = (
        await board.api.execute(
            'mutation { createWorkspace(input: {name: "W"}) { workspace { id } } }', {}, as_=board.ann
        )
    ).ok["createWorkspace"]["workspace"]["id"]
    copy = {"baseId": board.table.base_id, "workspaceId": workspace}
    policy = await board.limit()

    refused = await board.change("duplicateBase", "base { id }", **copy)
    (await board.change("deleteRecordPolicy", as_=board.owner, id=policy)).ok  # noqa: B018
    copied = await board.change("duplicateBase", "base { id }", **copy)

    assert (refused.codes, copied.codes) == (["FORBIDDEN"], [])


async def test_a_constraint_that_records_are_in_the_way_of_names_none_of_them(board: Board) -> None:
    await board.add({"Name": "b1", "Owner": str(board.bob.id)})
    constraint = {"fieldId": board.table.fields["Name"]}
    (await board.change("createUniqueConstraint", as_=board.owner, **constraint)).ok  # noqa: B018
    await board.limit()
    query = "uniqueConstraints(tableId: $id) { offendingRecords { value recordIds } }"

    mine, theirs = [(await board.ask(query, as_=each, id=board.table.id)).ok for each in (board.ann, board.owner)]

    assert mine["uniqueConstraints"] == [{"offendingRecords": []}]
    assert theirs["uniqueConstraints"][0]["offendingRecords"][0]["value"] == "b1"


async def test_a_copy_of_the_base_keeps_its_policies(board: Board) -> None:
    await board.limit()

    made = await board.change(
        "duplicateBase", "base { tables { id } }", as_=board.owner, baseId=board.table.base_id, includeRecords=True
    )
    [table] = made.ok["duplicateBase"]["base"]["tables"]
    query = 'records(tableId: $id) { nodes { fields(only: ["Name"]) } }'
    seen = (await board.ask(query, id=table["id"])).ok["records"]["nodes"]

    assert [node["fields"]["Name"] for node in seen] == ["a1", "a2"]
    listed = (await board.ask(LISTED, as_=board.owner, id=table["id"])).ok["table"]["recordPolicies"]
    assert [policy["error"] for policy in listed] == [None]
