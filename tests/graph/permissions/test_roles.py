"""roles, role, createRole, updateRole, deleteRole, grantRole, revokeRole"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.rights import make_role, permissions_of
from tests.support.statements import StatementLog

ROLE = "role { id name description permissions }"
LIST = "{ roles { name permissions } }"


async def test_a_role_is_made_changed_and_deleted(api: Api, root: Person) -> None:
    given = {"name": " Auditor ", "description": "Looks", "permissions": ["users:read", "audit:read", "users:read"]}
    made = (await mutate(api, "createRole", ROLE, given, as_=root)).ok["createRole"]["role"]
    assert made == {**made, "name": "Auditor", "description": "Looks", "permissions": ["audit:read", "users:read"]}

    change = {"id": made["id"], "name": "Reader", "description": None, "permissions": ["users:read", "roles:read"]}
    changed = (await mutate(api, "updateRole", ROLE, change, as_=root)).ok["updateRole"]["role"]
    assert changed == {**change, "permissions": ["roles:read", "users:read"]}
    kept = (await mutate(api, "updateRole", ROLE, {"id": made["id"]}, as_=root)).ok["updateRole"]["role"]
    assert kept == changed

    gone = await mutate(api, "deleteRole", "deletedId", {"id": made["id"]}, as_=root)
    assert gone.ok["deleteRole"] == {"deletedId": made["id"]}
    assert (await api.execute(LIST, as_=root)).ok["roles"] == []


async def test_a_change_of_a_role_counts_for_who_has_it(api: Api, root: Person) -> None:
    person = await api.register()
    role = await make_role(api, root, "Role", "audit:read")
    grant = {"roleId": role, "userId": person.id}
    assert (await mutate(api, "grantRole", "isChanged", grant, as_=root)).ok["grantRole"] == {"isChanged": True}
    assert (await mutate(api, "grantRole", "isChanged", grant, as_=root)).ok["grantRole"] == {"isChanged": False}
    assert await permissions_of(api, person) == ["audit:read"]

    await mutate(api, "updateRole", ROLE, {"id": role, "permissions": ["users:read"]}, as_=root)
    assert await permissions_of(api, person) == ["users:read"]

    assert (await mutate(api, "revokeRole", "isChanged", grant, as_=root)).ok["revokeRole"] == {"isChanged": True}
    assert (await mutate(api, "revokeRole", "isChanged", grant, as_=root)).ok["revokeRole"] == {"isChanged": False}
    assert await permissions_of(api, person) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "VALIDATION_ERROR"),
        ({"name": "x" * 256}, "VALIDATION_ERROR"),
        ({"name": "ROLE"}, "DUPLICATE_VALUE"),
        ({"name": "A", "permissions": ["users:fly"]}, "BAD_REQUEST"),
        ({"name": "A", "permissions": ["\x00"]}, "BAD_REQUEST"),
        ({"name": "A", "permissions": [f"a:b{number}" for number in range(19_000)]}, "BAD_REQUEST"),
    ],
)
async def test_a_bad_role_is_refused(
    api: Api, root: Person, given: dict[str, Any], code: str, services: Services
) -> None:
    await make_role(api, root, "Role")
    before = await snapshot(services.database)

    result = await mutate(api, "createRole", ROLE, given, as_=root)

    assert (result.data, result.codes) == (None, [code])
    assert await snapshot(services.database) == before


@pytest.mark.parametrize("given", [{}, {"userId": 1, "groupId": 1}, {"userId": 0}, {"groupId": 0}])
async def test_a_role_goes_to_one_who_is_there(api: Api, root: Person, given: dict[str, int]) -> None:
    ids = ["01a2025c-256f-8000-8000-04de2ba1a8a3", str(root.id)]
    whole = {"roleId": await make_role(api, root, "Role"), **{key: ids[which] for key, which in given.items()}}

    result = await mutate(api, "grantRole", "isChanged", whole, as_=root)

    assert result.codes == (["NOT_FOUND"] if len(given) == 1 else ["BAD_REQUEST"])


async def test_a_role_that_is_not_there_is_not_found(api: Api, root: Person) -> None:
    id = "01a2025c-256f-8000-8000-04de2ba1a8a3"
    for name, selection in (("updateRole", ROLE), ("deleteRole", "deletedId")):
        assert (await mutate(api, name, selection, {"id": id}, as_=root)).codes == ["NOT_FOUND"]
    result = await api.execute("query ($id: ID!) { role(id: $id) { id } node(id: $id) { id } }", {"id": id}, as_=root)
    assert result.codes == ["NOT_FOUND", "NOT_FOUND"]


async def test_there_are_so_many_roles_and_no_more(api: Api, root: Person, services: Services) -> None:
    services.limits = replace(services.limits, max_roles=2)
    for name in ("A", "B"):
        await make_role(api, root, name)

    assert (await mutate(api, "createRole", ROLE, {"name": "C"}, as_=root)).codes == ["BAD_REQUEST"]
    assert (await mutate(api, "createGroup", "group { id }", {"name": "A"}, as_=root)).codes == []


@pytest.mark.parametrize("count", [1, 30])
async def test_the_list_is_a_fixed_number_of_statements(
    api: Api, root: Person, statements: Callable[[], StatementLog], count: int
) -> None:
    for number in range(count):
        await make_role(api, root, f"Role {number:02}", "audit:read")

    with statements() as seen:
        found = (await api.execute(LIST, as_=root)).ok["roles"]

    assert found == [{"name": f"Role {number:02}", "permissions": ["audit:read"]} for number in range(count)]
    assert seen.count == 3  # what the caller holds, the roles, their permissions
