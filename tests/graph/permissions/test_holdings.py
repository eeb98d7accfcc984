"""hasPermission, myPermissions, permissionsOf: who holds what and why, as it is at that moment."""

from collections.abc import Callable

import asyncpg
import pytest

from domain.access.permissions import PERMISSIONS
from resolvers.services import Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api, Person, client_of
from tests.support.catalog import mutate
from tests.support.rights import grant, join, make_group, make_holder, make_role, permissions_of, revoke
from tests.support.statements import StatementLog

ALL = sorted(PERMISSIONS)
HAS = "query ($permission: String!, $user: ID) { hasPermission(permission: $permission, userId: $user) }"
OF = """
    query ($user: ID!) { permissionsOf(userId: $user) { permission source role { name } group { name } } }
"""


async def test_a_superuser_holds_everything_and_anybody_else_nothing(api: Api, root: Person) -> None:
    nobody = await api.register()

    assert await permissions_of(api, root) == ALL
    assert await permissions_of(api, nobody) == []


async def test_staff_holds_what_it_needs(api: Api, root: Person) -> None:
    person = await api.register()
    await mutate(api, "updateUser", "user { isStaff }", {"id": person.id, "isStaff": True}, as_=root)

    found = await api.execute(OF, {"user": person.id}, as_=person)

    assert found.ok["permissionsOf"] == [
        {"permission": permission, "source": "STAFF", "role": None, "group": None}
        for permission in ("jobs:read", "roles:read", "users:read")
    ]


async def test_each_way_to_a_permission_is_told(api: Api, root: Person) -> None:
    person = await make_holder(api, root, "audit:read")
    group = await make_group(api, root, "Office")
    await join(api, root, group, person)
    await grant(api, root, "audit:read", groupId=group)
    role = await make_role(api, root, "Auditor", "audit:read", "users:read")
    for holder in ({"userId": person.id}, {"groupId": group}):
        given = {"roleId": role, **holder}
        assert (await mutate(api, "grantRole", "isChanged", given, as_=root)).ok["grantRole"] == {"isChanged": True}

    found = await api.execute(OF, {"user": person.id}, as_=root)

    office, auditor = {"name": "Office"}, {"name": "Auditor"}
    assert found.ok["permissionsOf"] == [
        {"permission": "audit:read", "source": "DIRECT", "role": None, "group": None},
        {"permission": "audit:read", "source": "GROUP", "role": None, "group": office},
        {"permission": "audit:read", "source": "ROLE", "role": auditor, "group": None},
        {"permission": "audit:read", "source": "GROUP_ROLE", "role": auditor, "group": office},
        {"permission": "users:read", "source": "ROLE", "role": auditor, "group": None},
        {"permission": "users:read", "source": "GROUP_ROLE", "role": auditor, "group": office},
    ]
    assert await permissions_of(api, person) == ["audit:read", "users:read"]


async def test_a_permission_ends_with_the_last_way_to_it(api: Api, root: Person) -> None:
    person = await make_holder(api, root, "audit:read")
    role = await make_role(api, root, "Auditor", "audit:read")
    await mutate(api, "grantRole", "isChanged", {"roleId": role, "userId": person.id}, as_=root)

    await revoke(api, root, "audit:read", userId=person.id)
    assert await permissions_of(api, person) == ["audit:read"]
    await mutate(api, "deleteRole", "deletedId", {"id": role}, as_=root)
    assert await permissions_of(api, person) == []


async def test_others_are_asked_about_with_a_permission_for_it(api: Api, root: Person) -> None:
    reader, person = await make_holder(api, root, "roles:read"), await make_holder(api, root, "audit:read")

    async def has(by: Person, permission: str, user: Person | None = None) -> object:
        result = await api.execute(HAS, {"permission": permission, "user": user and user.id}, as_=by)
        return result.codes or result.ok["hasPermission"]

    assert await has(person, "audit:read") is True
    assert await has(person, "users:read") is False
    assert await has(reader, "audit:read", person) is True
    assert await has(reader, "users:read", person) is False
    assert await has(person, "audit:read", reader) == ["FORBIDDEN"]
    assert await has(root, "no:such") == ["BAD_REQUEST"]
    assert await has(root, "x" * 200_000) == ["BAD_REQUEST"]


async def test_nobody_knows_a_user_who_is_not_there(api: Api, root: Person) -> None:
    result = await api.execute(OF, {"user": "01a2025c-256f-8000-8000-04de2ba1a8a3"}, as_=root)

    assert result.codes == ["NOT_FOUND"]


async def test_an_inactive_user_holds_nothing(api: Api, root: Person, pg: asyncpg.Connection) -> None:
    person = await make_holder(api, root, "audit:read")
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", person.id)

    found = await api.execute(HAS, {"permission": "audit:read", "user": person.id}, as_=root)

    assert found.ok["hasPermission"] is False


async def test_another_process_knows_at_once(api: Api, root: Person, settings: Settings, services: Services) -> None:
    other = make_services(settings, services.database)
    other.passwords = services.passwords
    async with client_of(create_app(settings, other)) as http:
        elsewhere = Api(http, other)
        person = await api.register()
        assert await permissions_of(elsewhere, person) == []

        await grant(api, root, "audit:read", userId=person.id)
        assert await permissions_of(elsewhere, person) == ["audit:read"]
        assert (await elsewhere.execute("{ auditLog { nodes { id } } }", as_=person)).codes == []

        await revoke(api, root, "audit:read", userId=person.id)
        assert (await elsewhere.execute("{ auditLog { nodes { id } } }", as_=person)).codes == ["FORBIDDEN"]


@pytest.mark.parametrize("count", [1, 20])
async def test_ways_are_read_by_a_fixed_number_of_statements(
    api: Api, root: Person, statements: Callable[[], StatementLog], count: int
) -> None:
    person = await api.register()
    for number in range(count):
        group = await make_group(api, root, f"Group {number}")
        await join(api, root, group, person)
        role = await make_role(api, root, f"Role {number}", "audit:read")
        await mutate(api, "grantRole", "isChanged", {"roleId": role, "groupId": group}, as_=root)
    await permissions_of(api, person)

    with statements() as seen:
        found = (await api.execute(OF, {"user": person.id}, as_=person)).ok["permissionsOf"]

    assert len(found) == count
    assert seen.count == 4  # whether the user is there, what they hold, the roles, the groups
