"""Nobody becomes more powerful than they were: not by giving, not by roles or groups, not by what they send."""

import asyncio
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import PASSWORD, Api, Person
from tests.support.catalog import mutate
from tests.support.rights import grant, join, make_group, make_holder, make_role, permissions_of, revoke


@pytest.fixture
async def manager(api: Api, root: Person) -> Person:
    """Somebody who manages roles and holds `audit:read`, and nothing else."""
    return await make_holder(api, root, "roles:manage", "audit:read")


async def test_a_manager_gives_what_they_hold(api: Api, manager: Person) -> None:
    person = await api.register()

    assert (await grant(api, manager, "audit:read", userId=person.id)).ok["grantPermission"] == {"isChanged": True}
    assert (await grant(api, manager, "audit:read", userId=person.id)).ok["grantPermission"] == {"isChanged": False}
    assert await permissions_of(api, person) == ["audit:read"]


@pytest.mark.parametrize("whom", ["themselves", "somebody"])
async def test_nobody_gives_what_they_do_not_hold(
    api: Api, root: Person, manager: Person, whom: str, services: Services
) -> None:
    person = manager if whom == "themselves" else await api.register()
    mighty = await make_role(api, root, "Mighty", "users:manage")
    group = await make_group(api, root, "Group")
    await grant(api, root, "users:manage", groupId=group)
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("grantPermission", "isChanged", {"permission": "users:manage", "userId": person.id}),
        ("grantRole", "isChanged", {"roleId": mighty, "userId": person.id}),
        ("addGroupMember", "isChanged", {"groupId": group, "userId": person.id}),
        ("createRole", "role { id }", {"name": "Mine", "permissions": ["audit:read", "users:manage"]}),
        ("updateRole", "role { id }", {"id": mighty, "permissions": ["audit:read"]}),
        ("updateRole", "role { id }", {"id": mighty, "name": "Mine"}),
        ("deleteRole", "deletedId", {"id": mighty}),
        ("deleteGroup", "deletedId", {"id": group}),
        ("revokePermission", "isChanged", {"permission": "users:manage", "groupId": group}),
    ]
    before = await snapshot(services.database)

    for name, selection, given in tries:
        result = await mutate(api, name, selection, given, as_=manager)
        assert (name, result.codes) == (name, ["FORBIDDEN"])
        assert await snapshot(services.database) == before


async def test_a_role_of_a_group_counts_for_who_joins_it(api: Api, root: Person, manager: Person) -> None:
    group, mighty = await make_group(api, root, "Group"), await make_role(api, root, "Mighty", "users:manage")
    await mutate(api, "grantRole", "isChanged", {"roleId": mighty, "groupId": group}, as_=root)

    assert (await join(api, manager, group, manager)).codes == ["FORBIDDEN"]


async def test_a_role_cannot_grow_beyond_its_maker(api: Api, manager: Person) -> None:
    role = await make_role(api, manager, "Auditor", "audit:read")
    given = {"id": role, "permissions": ["audit:read", "users:manage"]}

    assert (await mutate(api, "updateRole", "role { id }", given, as_=manager)).codes == ["FORBIDDEN"]


async def test_a_permission_that_was_added_is_granted_by_superusers_first(
    api: Api, root: Person, manager: Person
) -> None:
    made = await mutate(api, "createPermission", "permission { isCustom }", {"code": "bills:pay"}, as_=manager)

    assert made.ok["createPermission"] == {"permission": {"isCustom": True}}
    assert (await grant(api, manager, "bills:pay", userId=manager.id)).codes == ["FORBIDDEN"]
    assert (await grant(api, root, "bills:pay", userId=manager.id)).codes == []
    assert await permissions_of(api, manager) == ["audit:read", "bills:pay", "roles:manage"]


@pytest.mark.parametrize("_round", range(5))
async def test_who_loses_a_permission_cannot_pass_it_on_meanwhile(
    api: Api, root: Person, manager: Person, _round: int
) -> None:
    person = await api.register()

    given, taken = await asyncio.gather(
        grant(api, manager, "audit:read", userId=person.id), revoke(api, root, "audit:read", userId=manager.id)
    )

    assert taken.codes == []
    came_first = given.codes == []
    assert await permissions_of(api, person) == (["audit:read"] if came_first else [])


MASS = [
    ("register", "RegisterInput", {"email": "a@example.com", "password": PASSWORD}),
    ("updateMe", "UpdateMeInput", {"name": "A"}),
    ("createApiKey", "CreateApiKeyInput", {"name": "A"}),
    ("createWorkspace", "CreateWorkspaceInput", {"name": "A"}),
]
EXTRA = {
    "isSuperuser": True,
    "isStaff": True,
    "isActive": True,
    "isVerified": True,
    "role": "OWNER",
    "roles": ["Mighty"],
    "permissions": ["users:manage"],
    "id": "01a2025c-256f-8000-8000-04de2ba1a8a3",
    "userId": "01a2025c-256f-8000-8000-04de2ba1a8a3",
}


@pytest.mark.parametrize(("field", "type", "given"), MASS)
@pytest.mark.parametrize("extra", EXTRA)
async def test_what_an_input_does_not_have_is_refused(
    api: Api, field: str, type: str, given: dict[str, Any], extra: str, services: Services
) -> None:
    person = await api.register()
    before = await snapshot(services.database)
    document = f"mutation ($input: {type}!) {{ {field}(input: $input) {{ __typename }} }}"

    result = await api.execute(document, {"input": {**given, extra: EXTRA[extra]}}, as_=person)

    assert result.codes == ["BAD_REQUEST"]
    assert await snapshot(services.database) == before


async def test_a_key_administers_nothing_whosever_it_is(api: Api, root: Person, pg: asyncpg.Connection) -> None:
    made = await mutate(api, "createApiKey", "secret", {"name": "key"}, as_=root)
    headers = {"X-API-Key": made.ok["createApiKey"]["secret"]}

    for document in (
        "{ users { nodes { id } } }",
        "{ auditLog { nodes { id } } }",
        "{ roles { id } }",
        'mutation { createRole(input: {name: "A"}) { role { id } } }',
    ):
        assert (await api.execute(document, headers=headers)).codes == ["FORBIDDEN"]
    assert (await api.execute("{ myPermissions }", headers=headers)).codes == []
    assert await pg.fetchval("SELECT count(*) FROM roles") == 0
