"""Who may use the root fields about permissions, roles, groups, other people's accounts and the audit log."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from domain.ids import Kind, new_id
from models import CustomPermission, Group, GroupMember, PermissionGrant, Role, RoleGrant
from tests.authorization.callers import Caller
from tests.authorization.case import Case, Variables, mutation
from tests.authorization.cases_catalog import NODE, given, ids, somebody
from tests.authorization.outcomes import Outcomes, members, signed_in
from tests.authorization.world import World

SUPERUSERS: Outcomes = {
    **dict.fromkeys(Caller, "FORBIDDEN"),
    Caller.ANONYMOUS: "UNAUTHENTICATED",
    Caller.SUPERUSER: None,
}
"""Those who hold the permission, here superusers alone; a key never, whosever it is."""
PERMISSION = "users:read"


async def role(world: World) -> None:
    """A role, under `world.ids["role"]`, and somebody without it, under `world.ids["user"]`."""
    await somebody(world)
    id = new_id(Kind.ROLE)
    await world.add(Role(id=id, name="Auditors"))
    await world.add(PermissionGrant(id=new_id(Kind.ACCESS_GRANT), permission="audit:read", role_id=id))
    world.ids["role"] = str(id)


async def group(world: World) -> None:
    """A group, under `world.ids["group"]`, and somebody who is not in it, under `world.ids["user"]`."""
    await somebody(world)
    id = new_id(Kind.GROUP)
    await world.add(Group(id=id, name="Office"))
    world.ids["group"] = str(id)


async def given_role(world: World) -> None:
    """As `role`, which somebody has."""
    await role(world)
    await world.add(RoleGrant(id=new_id(Kind.ACCESS_GRANT), role_id=world.ids["role"], user_id=world.ids["user"]))


async def given_permission(world: World) -> None:
    """Somebody with a permission."""
    await somebody(world)
    grant = PermissionGrant(id=new_id(Kind.ACCESS_GRANT), permission=PERMISSION, user_id=world.ids["user"])
    await world.add(grant)


async def group_of_one(world: World) -> None:
    """As `group`, with somebody in it."""
    await group(world)
    await world.add(GroupMember(group_id=world.ids["group"], user_id=world.ids["user"]))


async def custom_permission(world: World) -> None:
    """A permission that a client added."""
    await world.add(CustomPermission(code="invoices:approve"))


def owner(world: World, _: Caller) -> Mapping[str, Any]:
    """The id of the workspace's owner."""
    return {"id": str(world.users[Caller.OWNER])}


def owner_renamed(world: World, _: Caller) -> Mapping[str, Any]:
    """The input of updateUser for the workspace's owner."""
    return {"input": {"id": str(world.users[Caller.OWNER]), "name": "New"}}


def _of_oneself(world: World, caller: Caller) -> Mapping[str, Any]:
    return {"id": str(world.users.get(caller, world.users[Caller.OWNER]))}


def _query(field: str, document: str, variables: Variables | None = None, prepare: Any = None, about: str = "") -> Case:
    """A query for those who hold the permission for it."""
    more = {} if prepare is None else {"prepare": prepare}
    more |= {} if variables is None else {"variables": variables}
    return Case(f"Query.{field}", document, SUPERUSERS, about=about, **more)


def _change(field: str, selection: str, variables: Variables, prepare: Any = None) -> Case:
    """A mutation for those who hold the permission for it."""
    more = {} if prepare is None else {"prepare": prepare}
    return Case(f"Mutation.{field}", mutation(field, selection), SUPERUSERS, variables, **more)


SEES_USER: Outcomes = {**members("Query", WorkspaceRole.VIEWER), Caller.SUPERUSER: None}
HAS = 'query ($id: ID) { hasPermission(permission: "users:read", userId: $id) }'
OF = "query ($id: ID!) { permissionsOf(userId: $id) { permission source } }"
AUDIT = "query ($id: ID!) { workspaceAuditLog(workspaceId: $id) { nodes { id action actor { id } } } }"

QUERIES = [
    Case("Query.myPermissions", "{ myPermissions }", signed_in("Query")),
    Case("Query.hasPermission", '{ hasPermission(permission: "users:read") }', signed_in("Query")),
    _query("hasPermission", HAS, ids(id="user"), somebody, "of somebody else"),
    Case("Query.permissionsOf", OF, signed_in("Query"), _of_oneself, about="oneself"),
    _query("permissionsOf", OF, ids(id="user"), somebody, "somebody else"),
    _query("permissions", "{ permissions { code } }"),
    _query("roles", "{ roles { id permissions } }", prepare=role),
    _query("role", "query ($id: ID!) { role(id: $id) { id } }", ids(id="role"), role),
    _query("groups", "{ groups { id permissions roles { id } memberCount } }", prepare=group),
    _query("group", "query ($id: ID!) { group(id: $id) { id } }", ids(id="group"), group),
    _query("node", NODE, ids(id="role"), role, "of a role"),
    _query("node", NODE, ids(id="group"), group, "of a group"),
    _query("users", "{ users { totalCount nodes { id email } } }"),
    Case("Query.user", "query ($id: ID!) { user(id: $id) { id } }", SEES_USER, owner),
    _query("auditLog", "{ auditLog { nodes { id } } }"),
    Case("Query.workspaceAuditLog", AUDIT, members("Query", WorkspaceRole.ADMIN), ids(id="workspace")),
]
HOLDER = {"permission": PERMISSION}
MUTATIONS = [
    _change("createPermission", "permission { code }", given({"code": "invoices:approve"})),
    _change("deletePermission", "deletedCode", given({"code": "invoices:approve"}), custom_permission),
    _change("createRole", "role { id }", given({"name": "New", "permissions": ["audit:read"]})),
    _change("updateRole", "role { id }", given({"name": "New"}, id="role"), role),
    _change("deleteRole", "deletedId", given(id="role"), role),
    _change("createGroup", "group { id }", given({"name": "New"})),
    _change("updateGroup", "group { id }", given({"name": "New"}, id="group"), group),
    _change("deleteGroup", "deletedId", given(id="group"), group),
    _change("grantPermission", "isChanged", given(HOLDER, userId="user"), somebody),
    _change("revokePermission", "isChanged", given(HOLDER, userId="user"), given_permission),
    _change("grantRole", "isChanged", given(roleId="role", userId="user"), role),
    _change("revokeRole", "isChanged", given(roleId="role", userId="user"), given_role),
    _change("addGroupMember", "isChanged", given(groupId="group", userId="user"), group),
    _change("removeGroupMember", "isChanged", given(groupId="group", userId="user"), group_of_one),
    _change("updateUser", "user { name }", owner_renamed),
]
CASES = [*QUERIES, *MUTATIONS]
