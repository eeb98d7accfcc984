"""groups, group, createGroup, updateGroup, deleteGroup, addGroupMember, removeGroupMember"""

from collections.abc import Callable

import pytest

from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.rights import grant, join, make_group, make_role, permissions_of
from tests.support.statements import StatementLog

GROUP = "group { id name description permissions roles { name } memberCount }"
LIST = "{ groups { name permissions roles { name permissions } memberCount } }"


async def test_a_group_is_made_changed_and_deleted(api: Api, root: Person) -> None:
    given = {"name": "Office", "description": "All of it"}
    made = (await mutate(api, "createGroup", GROUP, given, as_=root)).ok["createGroup"]["group"]
    empty = {"permissions": [], "roles": [], "memberCount": 0}
    assert made == {"id": made["id"], **given, **empty}

    change = {"id": made["id"], "name": "Bureau", "description": None}
    assert (await mutate(api, "updateGroup", GROUP, change, as_=root)).ok["updateGroup"]["group"] == {**change, **empty}

    gone = await mutate(api, "deleteGroup", "deletedId", {"id": made["id"]}, as_=root)
    assert gone.ok["deleteGroup"] == {"deletedId": made["id"]}
    assert (await api.execute(LIST, as_=root)).ok["groups"] == []


async def test_who_is_in_a_group_holds_what_it_does(api: Api, root: Person) -> None:
    group, person = await make_group(api, root, "Office"), await api.register()
    await grant(api, root, "audit:read", groupId=group)

    assert (await join(api, root, group, person)).ok["addGroupMember"] == {"isChanged": True}
    assert (await join(api, root, group, person)).ok["addGroupMember"] == {"isChanged": False}
    assert await permissions_of(api, person) == ["audit:read"]

    given = {"groupId": group, "userId": person.id}
    for is_changed in (True, False):
        left = await mutate(api, "removeGroupMember", "isChanged", given, as_=root)
        assert left.ok["removeGroupMember"] == {"isChanged": is_changed}
    assert await permissions_of(api, person) == []


async def test_what_a_group_gave_ends_with_it(api: Api, root: Person) -> None:
    group, person = await make_group(api, root, "Office"), await api.register()
    await grant(api, root, "audit:read", groupId=group)
    await join(api, root, group, person)

    await mutate(api, "deleteGroup", "deletedId", {"id": group}, as_=root)

    assert await permissions_of(api, person) == []


async def test_names_are_unique_whatever_their_case(api: Api, root: Person) -> None:
    await make_group(api, root, "Office")
    other = await make_group(api, root, "Other")

    assert (await mutate(api, "createGroup", GROUP, {"name": "OFFICE"}, as_=root)).codes == ["DUPLICATE_VALUE"]
    change = {"id": other, "name": "office"}
    assert (await mutate(api, "updateGroup", GROUP, change, as_=root)).codes == ["DUPLICATE_VALUE"]


async def test_users_of_a_group_are_listed(api: Api, root: Person) -> None:
    group, person, _ = await make_group(api, root, "Office"), await api.register(), await api.register()
    await join(api, root, group, person)
    document = "query ($group: ID!) { users(filter: {groupId: $group}) { totalCount nodes { id } } }"

    found = await api.execute(document, {"group": group}, as_=root)

    assert found.ok["users"] == {"totalCount": 1, "nodes": [{"id": str(person.id)}]}


@pytest.mark.parametrize("count", [1, 20])
async def test_the_list_is_a_fixed_number_of_statements(
    api: Api, root: Person, statements: Callable[[], StatementLog], count: int
) -> None:
    role = await make_role(api, root, "Role", "audit:read")
    for number in range(count):
        group = await make_group(api, root, f"Group {number}")
        await grant(api, root, "users:read", groupId=group)
        await mutate(api, "grantRole", "isChanged", {"roleId": role, "groupId": group}, as_=root)
        await join(api, root, group, root)

    with statements() as seen:
        found = (await api.execute(LIST, as_=root)).ok["groups"]

    roles = [{"name": "Role", "permissions": ["audit:read"]}]
    assert len(found) == count
    assert found[0] == {"name": "Group 0", "permissions": ["users:read"], "roles": roles, "memberCount": 1}
    assert seen.count == 6  # what the caller holds, groups, permissions, roles, their permissions, counts
