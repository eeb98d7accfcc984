"""Superusers, and rights that are given over the API, for tests of what may be done with them."""

from typing import Any

import asyncpg

from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate

Pg = asyncpg.Connection


async def make_superuser(api: Api) -> Person:
    """A new superuser, signed in."""
    person = await api.register()
    async with api.services.database.unit() as unit:
        await unit.connection.execute("UPDATE users SET is_superuser = true WHERE id = $1", person.id)
    return person


async def grant(api: Api, by: Person, permission: str, **holder: Any) -> Result:
    """Run grantPermission; the keywords are `userId` or `groupId`."""
    return await mutate(api, "grantPermission", "isChanged", {"permission": permission, **holder}, as_=by)


async def revoke(api: Api, by: Person, permission: str, **holder: Any) -> Result:
    """Run revokePermission, as `grant`."""
    return await mutate(api, "revokePermission", "isChanged", {"permission": permission, **holder}, as_=by)


async def make_holder(api: Api, superuser: Person, *permissions: str) -> Person:
    """A new user who was given permissions, signed in."""
    person = await api.register()
    for permission in permissions:
        assert (await grant(api, superuser, permission, userId=person.id)).ok["grantPermission"] == {"isChanged": True}
    return person


async def make_role(api: Api, by: Person, name: str, *permissions: str) -> str:
    """Id of a new role."""
    given = {"name": name, "permissions": permissions}
    return (await mutate(api, "createRole", "role { id }", given, as_=by)).ok["createRole"]["role"]["id"]


async def make_group(api: Api, by: Person, name: str) -> str:
    """Id of a new group."""
    return (await mutate(api, "createGroup", "group { id }", {"name": name}, as_=by)).ok["createGroup"]["group"]["id"]


async def join(api: Api, by: Person, group: str, person: Person) -> Result:
    """Run addGroupMember."""
    return await mutate(api, "addGroupMember", "isChanged", {"groupId": group, "userId": person.id}, as_=by)


async def permissions_of(api: Api, person: Person) -> list[str]:
    """What somebody finds that they hold."""
    return (await api.execute("{ myPermissions }", as_=person)).ok["myPermissions"]
