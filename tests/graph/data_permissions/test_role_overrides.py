"""setRoleOverride and roleOverrides: the nearest role counts, and who is never lowered."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.database import Connection
from tests.graph.data_permissions.conftest import Office
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.refusals import refusal


async def rename(office: Office, id: str, name: str) -> list[str]:
    """The codes of errors that the editor gets for changing a record's name."""
    given = {"id": id, "fields": {"Name": name}}
    return (await mutate(office.api, "updateRecord", "record { id }", given, as_=office.editor)).codes


async def listed(office: Office) -> list[dict[str, Any]]:
    """All overrides of the base."""
    query = "query ($id: ID!) { roleOverrides(baseId: $id) { user { id } baseId tableId viewId role } }"
    return (await office.api.execute(query, {"id": office.base}, as_=office.owner)).ok["roleOverrides"]


async def test_an_override_is_answered_listed_changed_and_taken_away(office: Office) -> None:
    expected = {
        "user": {"id": str(office.editor.id)},
        "baseId": str(office.base),
        "tableId": str(office.companies),
        "viewId": None,
        "role": "VIEWER",
    }

    assert (await office.override("VIEWER")).ok["setRoleOverride"] == {"roleOverride": expected}
    assert await listed(office) == [expected]
    assert (await office.override("NONE")).ok["setRoleOverride"]["roleOverride"]["role"] == "NONE"
    assert len(await listed(office)) == 1
    assert (await office.override(None)).ok["setRoleOverride"] == {"roleOverride": None}
    assert await listed(office) == []
    assert (await office.override(None)).ok["setRoleOverride"] == {"roleOverride": None}


async def test_an_override_lowers_and_the_nearest_counts(office: Office) -> None:
    assert await rename(office, office.acme, "A") == []

    (await office.override("VIEWER", baseId=office.base)).ok  # noqa: B018
    assert await rename(office, office.acme, "B") == ["FORBIDDEN"]
    assert await rename(office, office.ann, "B") == ["FORBIDDEN"]

    (await office.override("EDITOR")).ok  # noqa: B018
    assert await rename(office, office.acme, "C") == []
    assert await rename(office, office.ann, "C") == ["FORBIDDEN"]

    (await office.override("NONE")).ok  # noqa: B018
    assert await rename(office, office.acme, "D") == ["NOT_FOUND"]


async def test_an_override_raises(office: Office, pg: Connection) -> None:
    await pg.execute("UPDATE workspace_members SET role = 'VIEWER' WHERE id = $1::uuid", office.membership)
    assert await rename(office, office.acme, "A") == ["FORBIDDEN"]

    (await office.override("EDITOR")).ok  # noqa: B018

    assert await rename(office, office.acme, "B") == []
    assert await rename(office, office.ann, "B") == ["FORBIDDEN"]


async def test_an_admin_of_a_base_changes_its_tables_and_nobodys_roles(office: Office) -> None:
    await office.hide()
    (await office.override("ADMIN", baseId=office.base)).ok  # noqa: B018

    given = {"baseId": office.base, "name": "New"}
    assert (await mutate(office.api, "createTable", "table { id }", given, as_=office.editor)).codes == []
    assert (await office.ask("table(id: $id) { name }", id=office.companies)).ok["table"] == {"name": "Companies"}
    assert (await office.override("EDITOR", as_=office.editor)).codes == ["FORBIDDEN"]
    assert (await office.ask("roleOverrides(baseId: $id) { role }", id=office.base)).codes == ["FORBIDDEN"]
    assert [each["role"] for each in await listed(office)] == ["NONE", "ADMIN"]


@pytest.mark.parametrize("role", ["OWNER", "ADMIN"])
async def test_owners_and_admins_are_never_lowered(role: str, office: Office, pg: Connection) -> None:
    await office.hide()
    await pg.execute("UPDATE workspace_members SET role = $2 WHERE id = $1::uuid", office.membership, role)

    assert (await office.ask("table(id: $id) { name }", id=office.companies)).ok["table"] == {"name": "Companies"}
    assert await rename(office, office.acme, "A") == []
    assert (await office.ask("record(id: $id) { fields }", id=office.ann)).ok["record"]["fields"]["City"] == "Rome"
    refused = refusal(await office.override("VIEWER"), "BAD_REQUEST")
    assert refused["argument"] == "userId"
    assert [each["role"] for each in await listed(office)] == ["NONE"]


async def test_who_is_lowered_in_the_workspace_loses_what_the_override_takes(office: Office, pg: Connection) -> None:
    await office.hide()
    await pg.execute("UPDATE workspace_members SET role = 'ADMIN' WHERE id = $1::uuid", office.membership)
    assert (await office.ask("record(id: $id) { fields }", id=office.ann)).ok["record"]["fields"]["City"] == "Rome"

    await pg.execute("UPDATE workspace_members SET role = 'EDITOR' WHERE id = $1::uuid", office.membership)

    fields = (await office.ask("record(id: $id) { fields }", id=office.ann)).ok["record"]["fields"]
    assert fields == {"Name": "Ann", "Age": None}


async def test_overrides_end_with_the_membership(office: Office) -> None:
    await office.hide()
    given = {"id": office.membership}
    (await mutate(office.api, "deleteWorkspaceMember", "deletedId", given, as_=office.owner)).ok  # noqa: B018
    assert await listed(office) == []

    workspace = office.world.people.table.workspace_id
    await add_member(office.api, office.owner, workspace, office.editor, "EDITOR")

    assert (await office.ask("table(id: $id) { name }", id=office.companies)).ok["table"] == {"name": "Companies"}


async def test_what_makes_no_sense_is_refused(office: Office, api: Api) -> None:
    stranger = await api.register()
    both = await office.override("NONE", baseId=office.base, tableId=office.companies)
    admin = await office.override("ADMIN")
    given = {"userId": stranger.id, "role": "NONE", "baseId": office.base}
    nobody = await mutate(api, "setRoleOverride", "roleOverride { role }", given, as_=office.owner)

    assert refusal(both, "BAD_REQUEST")["message"] == "Give one of baseId, tableId and viewId."
    assert refusal(admin, "BAD_REQUEST")["argument"] == "role"
    assert nobody.codes == ["NOT_FOUND"]
    assert await listed(office) == []


async def test_a_base_takes_so_many_overrides(office: Office) -> None:
    services = office.api.services
    assert services.limits.max_role_overrides_per_base == 10_000
    services.limits = replace(services.limits, max_role_overrides_per_base=1)
    await office.hide()

    refused = refusal(await office.override("NONE", tableId=office.people), "BAD_REQUEST")

    assert refused["message"] == "A base may have at most 1 overrides of roles."
    assert (await office.override("VIEWER")).codes == []


async def test_the_audit_log_tells_of_it(office: Office, pg: Connection) -> None:
    await office.hide()
    (await office.override("NONE")).ok  # noqa: B018

    rows = await pg.fetch("SELECT details::text FROM audit_entries WHERE action = 'member.role_overridden'")

    assert len(rows) == 1
    assert '"after": "NONE"' in rows[0][0]
