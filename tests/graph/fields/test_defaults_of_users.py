"""Default values that name members of the workspace, when those leave it."""

from typing import Any

import pytest

from tests.support.api import Api, Person
from tests.support.catalog import add_member, mutate, update_field
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a field for one user, and one for several."""
    fields = [
        {"name": "Name", "type": "TEXT"},
        {"name": "Who", "type": "USER"},
        {"name": "All", "type": "USER", "options": {"allow_multiple": True}},
    ]
    return await make_table(api, fields)


async def member(api: Api, table: MadeTable) -> tuple[Person, str]:
    """A new editor, and the id of the membership."""
    person = await api.register()
    return person, await add_member(api, table.owner, table.workspace_id, person, "EDITOR")


async def defaults(api: Api, table: MadeTable) -> dict[str, Any]:
    document = "query ($id: ID!) { fields(tableId: $id) { name defaultValue } }"
    found = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["fields"]
    return {field["name"]: field["defaultValue"] for field in found}


async def test_the_default_of_a_member_who_is_removed_is_dropped(api: Api, table: MadeTable) -> None:
    records = Records(api, table)
    gone, membership = await member(api, table)
    stays, _ = await member(api, table)
    await update_field(api, table, "Who", defaultValue=str(gone.id))
    await update_field(api, table, "All", defaultValue=[str(stays.id)])
    assert (await records.create({"Name": "before"})).errors == []

    await mutate(api, "deleteWorkspaceMember", "deletedId", {"id": membership}, as_=table.owner)

    assert await defaults(api, table) == {"Name": None, "Who": None, "All": [str(stays.id)]}
    made = (await records.create({"Name": "after"})).ok["createRecord"]["record"]["fields"]
    assert (made["Who"], made["All"]) == (None, [str(stays.id)])


async def test_the_default_of_a_member_who_leaves_is_dropped(api: Api, table: MadeTable) -> None:
    records = Records(api, table)
    gone, _ = await member(api, table)
    await update_field(api, table, "All", defaultValue=[str(table.owner.id), str(gone.id)])
    assert (await records.create({})).errors == []

    await mutate(api, "leaveWorkspace", "deletedId", {"workspaceId": table.workspace_id}, as_=gone)

    assert (await defaults(api, table))["All"] is None
    assert (await records.create({})).errors == []


async def test_a_required_field_asks_for_a_value_then(api: Api, table: MadeTable) -> None:
    gone, membership = await member(api, table)
    await update_field(api, table, "Who", isRequired=True, defaultValue=str(gone.id))

    await mutate(api, "deleteWorkspaceMember", "deletedId", {"id": membership}, as_=table.owner)

    result = await Records(api, table).create({"Name": "x"})
    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["REQUIRED_FIELD"], "Who")
