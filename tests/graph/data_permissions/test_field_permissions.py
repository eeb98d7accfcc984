"""setFieldPermission and fieldPermissions: which roles read and write a field, and what has no limits."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.database import Connection
from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import add_member, mutate
from tests.support.refusals import refusal
from tests.support.tables import make_workspace

LISTED = "read write field { name }"


async def listed(office: Office, place: str = "baseId") -> list[dict[str, Any]]:
    """All permissions of the base, or of the companies' table."""
    query = f"query ($id: ID!) {{ fieldPermissions({place}: $id) {{ {LISTED} }} }}"
    id = office.base if place == "baseId" else office.companies
    return (await office.api.execute(query, {"id": id}, as_=office.owner)).ok["fieldPermissions"]


async def seen_by(office: Office, role: str) -> list[str]:
    """The names of the fields of companies that a new member with this role sees."""
    person = await office.api.register()
    await add_member(office.api, office.owner, office.world.people.table.workspace_id, person, role)
    query = "query ($id: ID!) { fields(tableId: $id) { name } }"
    found = await office.api.execute(query, {"id": office.companies}, as_=person)
    return [field["name"] for field in found.ok["fields"]]


async def test_a_permission_is_answered_listed_changed_and_taken_away(office: Office) -> None:
    fields = office.world.companies.table.fields
    city, size = str(fields["City"]), str(fields["Size"])
    expected = {
        "fieldId": city,
        "tableId": str(office.companies),
        "read": "EDITOR",
        "write": "ADMIN",
        "field": {"name": "City"},
    }

    made = await office.limit(city, read="EDITOR", write="ADMIN")
    assert made.ok["setFieldPermission"] == {"fieldPermission": expected}
    (await office.limit(size, write="ADMIN")).ok  # noqa: B018
    both = [
        {"read": "EDITOR", "write": "ADMIN", "field": {"name": "City"}},
        {"read": None, "write": "ADMIN", "field": {"name": "Size"}},
    ]
    assert await listed(office) == both
    assert await listed(office, "tableId") == both

    assert (await office.limit(city)).ok["setFieldPermission"] == {"fieldPermission": None}
    assert (await office.limit(size, write="EDITOR")).ok["setFieldPermission"] == {"fieldPermission": None}
    assert await listed(office) == []


async def test_from_the_least_role_on_a_field_is_read(office: Office) -> None:
    city = str(office.world.companies.table.fields["City"])
    every, less = ["Name", "City", "Size", "People"], ["Name", "Size", "People"]
    assert (await seen_by(office, "VIEWER"))[:3] == every[:3]
    every, less = [*every[:3], *(await seen_by(office, "VIEWER"))[3:]], ["Name", "Size"]

    for read, expected in (("COMMENTER", 3), ("EDITOR", 2), ("ADMIN", 1)):
        (await office.limit(city, read=read)).ok  # noqa: B018
        seen = [await seen_by(office, role) for role in ("ADMIN", "EDITOR", "COMMENTER", "VIEWER")]
        assert ["City" in names for names in seen] == [n < expected for n in range(4)]
        assert all(set(less) <= set(names) <= set(every) for names in seen)


async def test_the_role_in_the_table_counts(office: Office) -> None:
    (await office.limit(str(office.world.companies.table.fields["City"]), read="EDITOR")).ok  # noqa: B018
    names = "fields(tableId: $id) { name }"
    assert "City" in str((await office.ask(names, id=office.companies)).ok)

    (await office.override("VIEWER")).ok  # noqa: B018
    assert "City" not in str((await office.ask(names, id=office.companies)).ok)

    (await office.override("ADMIN", baseId=office.base)).ok  # noqa: B018
    assert "City" in str((await office.ask(names, id=office.companies)).ok)


async def test_who_gets_another_role_in_the_workspace_sees_more_or_less(office: Office) -> None:
    await office.city()
    record = "record(id: $id) { fields }"
    assert "City" not in (await office.ask(record, id=office.acme)).ok["record"]["fields"]

    for role, is_seen in (("ADMIN", True), ("VIEWER", False)):
        given = {"id": office.membership, "role": role}
        (await mutate(office.api, "updateWorkspaceMember", "workspaceMember { id }", given, as_=office.owner)).ok  # noqa: B018
        fields = (await office.ask(record, id=office.acme)).ok["record"]["fields"]
        assert ("City" in fields) is is_seen


async def test_what_names_records_is_read_by_all(office: Office) -> None:
    world = office.world
    name = str(world.companies.table.fields["Name"])

    refused = refusal(await office.limit(name, read="EDITOR"), "BAD_REQUEST")

    assert refused["message"] == (
        "'Name' names the records of 'Companies': everybody who may see these has to be able to read it."
    )
    assert await listed(office) == []
    assert (await office.limit(name, write="ADMIN")).codes == []


async def test_no_hidden_field_comes_to_name_records(office: Office) -> None:
    world, city = office.world, await office.city()
    change = {"id": office.companies, "primaryFieldId": city}

    refused = await mutate(office.api, "updateTable", "table { id }", change, as_=office.owner)

    assert refusal(refused, "BAD_REQUEST")["field"] == "City"
    titled = (await world.fields(world.companies))["Name"]["id"]
    query = "query ($id: ID!) { table(id: $id) { primaryField { id } } }"
    found = await office.api.execute(query, {"id": office.companies}, as_=office.owner)
    assert found.ok["table"]["primaryField"]["id"] == titled


async def test_what_makes_no_sense_is_refused(office: Office) -> None:
    city = str(office.world.companies.table.fields["City"])
    query = "query ($id: ID!) { fieldPermissions(baseId: $id, tableId: $id) { read } }"

    assert refusal(await office.limit(city, write="COMMENTER"), "BAD_REQUEST")["argument"] == "write"
    both = await office.api.execute(query, {"id": office.base}, as_=office.owner)
    assert refusal(both, "BAD_REQUEST")["message"] == "Give one of baseId and tableId."
    assert await listed(office) == []


async def test_only_who_manages_the_workspace_limits_fields(office: Office) -> None:
    size = str(office.world.companies.table.fields["Size"])
    (await office.override("ADMIN", baseId=office.base)).ok  # noqa: B018

    assert (await office.limit(size, read="ADMIN", as_=office.editor)).codes == ["FORBIDDEN"]
    assert (await office.ask("fieldPermissions(tableId: $id) { read }", id=office.companies)).codes == ["FORBIDDEN"]
    assert await listed(office) == []


async def test_to_whom_a_field_is_hidden_it_is_not_found(office: Office) -> None:
    city = await office.city()

    assert (await office.limit(city, as_=office.editor)).codes == ["NOT_FOUND"]
    for mutation, given in (("deleteField", {"id": city}), ("updateField", {"id": city, "name": "X"})):
        selection = "deletedId" if mutation == "deleteField" else "field { id }"
        assert (await office.change(mutation, selection, **given)).codes == ["NOT_FOUND"]
    made = await office.change("createUniqueConstraint", "uniqueConstraint { id }", fieldId=city)
    assert made.codes == ["NOT_FOUND"]
    assert [each["read"] for each in await listed(office)] == ["ADMIN"]


async def test_a_base_takes_so_many_permissions(office: Office) -> None:
    services, fields = office.api.services, office.world.companies.table.fields
    assert services.limits.max_field_permissions_per_base == 1_000
    services.limits = replace(services.limits, max_field_permissions_per_base=1)
    await office.city()

    refused = refusal(await office.limit(str(fields["Size"]), read="ADMIN"), "BAD_REQUEST")

    assert refused["message"] == "A base may have at most 1 permissions of fields."
    assert (await office.limit(str(fields["City"]), read="EDITOR")).codes == []


async def test_the_audit_log_tells_of_it(office: Office, pg: Connection) -> None:
    await office.city()
    await office.city()

    rows = await pg.fetch("SELECT subject_id::text, details::text FROM audit_entries WHERE action = 'field.limited'")

    assert [row[0] for row in rows] == [str(office.world.companies.table.fields["City"])]
    assert '"after": {"read": "ADMIN", "write": null}' in rows[0][1]


async def test_a_copy_of_the_base_keeps_its_fields_from_the_same_roles(office: Office) -> None:
    await office.city()
    await office.age()
    given = {"baseId": office.base, "includeRecords": True}

    made = await mutate(office.api, "duplicateBase", "base { id }", given, as_=office.owner)

    copy = made.ok["duplicateBase"]["base"]["id"]
    query = f"query ($id: ID!) {{ fieldPermissions(baseId: $id) {{ {LISTED} }} }}"
    kept = (await office.api.execute(query, {"id": copy}, as_=office.owner)).ok["fieldPermissions"]
    assert sorted(kept, key=str) == sorted(await listed(office), key=str)
    names = (await office.ask("base(id: $id) { tables { fields { name } } }", id=copy)).ok["base"]["tables"]
    assert "City" not in str(names)
    assert "Place" not in str(names)


@pytest.mark.parametrize(("read", "codes"), [("ADMIN", ["FORBIDDEN"]), (None, [])])
async def test_from_whom_a_field_is_hidden_copies_nothing(read: str | None, codes: list[str], office: Office) -> None:
    (await office.limit(str(office.world.companies.table.fields["City"]), read=read, write="ADMIN")).ok  # noqa: B018
    own = await make_workspace(office.api, office.editor)

    made = await office.change("duplicateBase", "base { id }", baseId=office.base, workspaceId=own)

    assert made.codes == codes
    assert len((await office.ask("bases(workspaceId: $id) { id }", id=own)).ok["bases"]) == (0 if codes else 1)


async def test_a_permission_goes_with_its_field(office: Office, pg: Connection) -> None:
    city = await office.city()

    (await mutate(office.api, "deleteField", "deletedId", {"id": city}, as_=office.owner)).ok  # noqa: B018

    assert await listed(office) == []
    assert await pg.fetchval("SELECT count(*) FROM field_permissions") == 1
    names = (await office.ask("fields(tableId: $id) { name }", id=office.companies)).ok["fields"]
    assert "City" not in str(names)
