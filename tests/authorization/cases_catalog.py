"""Who may use the root fields about workspaces, members, bases, tables and fields."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from domain.ids import Kind, new_id
from models import User, WorkspaceMember
from tests.authorization.callers import Caller
from tests.authorization.case import Case, Variables, mutation
from tests.authorization.outcomes import Outcomes, everybody, members, signed_in
from tests.authorization.world import World

VIEWER, ADMIN, OWNER = WorkspaceRole.VIEWER, WorkspaceRole.ADMIN, WorkspaceRole.OWNER
LONE_OWNER = {Caller.OWNER: "CONFLICT", Caller.WRITE_KEY: "CONFLICT"}
"""The workspace's only owner cannot leave it."""


async def base(world: World) -> None:
    """A base, under `world.ids["base"]`."""
    given = {"input": {"workspaceId": world.ids["workspace"], "name": "Base"}}
    made = await world.owner(mutation("createBase", "base { id }"), given)
    world.ids["base"] = made["createBase"]["base"]["id"]


async def table(world: World) -> None:
    """A table with a second field, under `world.ids["table"]`, `["primary"]` and `["field"]`."""
    await base(world)
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}]
    given = {"input": {"baseId": world.ids["base"], "name": "Table", "fields": fields}}
    made = await world.owner(mutation("createTable", "table { id fields { id } }"), given)
    found = made["createTable"]["table"]
    world.ids["table"] = found["id"]
    world.ids["primary"], world.ids["field"] = (field["id"] for field in found["fields"])


async def somebody(world: World) -> None:
    """A user who is no member, under `world.ids["user"]`."""
    user = User(id=new_id(Kind.USER), email="somebody@example.com")
    await world.add(user)
    world.ids["user"] = str(user.id)


async def extra_member(world: World) -> None:
    """One more viewer of the workspace, under `world.ids["member"]`."""
    await somebody(world)
    member = WorkspaceMember(
        id=new_id(Kind.WORKSPACE_MEMBER),
        workspace_id=world.ids["workspace"],
        user_id=world.ids["user"],
        role="VIEWER",
    )
    await world.add(member)
    world.ids["member"] = str(member.id)


def ids(**names: str) -> Variables:
    """Variables that are ids of the world, by their names there."""

    def variables(world: World, _: Caller) -> Mapping[str, Any]:
        return {key: world.ids[name] for key, name in names.items()}

    return variables


def given(rest: Mapping[str, Any] | None = None, /, **names: str) -> Variables:
    """An input of ids of the world, by their names there, and of what else is given."""

    def variables(world: World, _: Caller) -> Mapping[str, Any]:
        return {"input": {**{key: world.ids[name] for key, name in names.items()}, **(rest or {})}}

    return variables


def order(key: str, argument: str, *names: str) -> Variables:
    """An input that names one thing, and a list of ids of the world."""

    def variables(world: World, _: Caller) -> Mapping[str, Any]:
        return {"input": {key: world.ids[key.removesuffix("Id")], argument: [world.ids[name] for name in names]}}

    return variables


def own_membership(world: World, caller: Caller) -> Mapping[str, Any]:
    """The input of deleteWorkspaceMember for the caller's own membership; an outsider names the viewer's."""
    owner = (Caller.READ_KEY, Caller.WRITE_KEY)
    member = world.members.get(Caller.OWNER if caller in owner else caller, world.members[Caller.VIEWER])
    return {"input": {"id": str(member)}}


def one(field: str, selection: str = "id") -> str:
    """The document of a query of one thing by its id."""
    return f"query ($id: ID!) {{ {field}(id: $id) {{ {selection} }} }}"


def many(field: str, argument: str) -> str:
    """The document of a list of what belongs to one thing."""
    return f"query ($id: ID!) {{ {field}({argument}: $id) {{ id }} }}"


READ: Outcomes = members("Query", VIEWER)
CHANGE: Outcomes = members("Mutation", ADMIN)
NODE = "query ($id: ID!) { node(id: $id) { id __typename } }"
PREVIEW = "query ($id: ID!) { previewFieldConversion(fieldId: $id, type: TEXT) { total } }"

QUERIES = [
    Case("Query.workspaces", "{ workspaces { id } }", signed_in("Query")),
    Case("Query.workspace", one("workspace"), READ, ids(id="workspace")),
    Case("Query.workspaceMembers", many("workspaceMembers", "workspaceId"), READ, ids(id="workspace")),
    Case("Query.workspaceMember", one("workspaceMember"), READ, ids(id="member"), extra_member),
    Case("Query.bases", many("bases", "workspaceId"), READ, ids(id="workspace")),
    Case("Query.base", one("base"), READ, ids(id="base"), base),
    Case("Query.tables", many("tables", "baseId"), READ, ids(id="base"), base),
    Case("Query.table", one("table"), READ, ids(id="table"), table),
    Case("Query.fields", many("fields", "tableId"), READ, ids(id="table"), table),
    Case("Query.field", one("field"), READ, ids(id="field"), table),
    Case("Query.fieldTypes", "{ fieldTypes { type } }", everybody("Query")),
    Case("Query.previewFieldConversion", PREVIEW, members("Query", ADMIN), ids(id="field"), table),
    Case("Query.node", NODE, READ, ids(id="workspace"), about="of a workspace"),
    Case("Query.node", NODE, READ, ids(id="member"), extra_member, about="of a member"),
    Case("Query.node", NODE, READ, ids(id="base"), base, about="of a base"),
    Case("Query.node", NODE, READ, ids(id="table"), table, about="of a table"),
    Case("Query.node", NODE, READ, ids(id="field"), table, about="of a field"),
]


def _change(
    field: str,
    selection: str,
    variables: Variables,
    prepare: Any = None,
    outcomes: Outcomes = CHANGE,
    about: str = "",
) -> Case:
    """A mutation that admins may use, unless `outcomes` say otherwise."""
    more = {} if prepare is None else {"prepare": prepare}
    return Case(f"Mutation.{field}", mutation(field, selection), outcomes, variables, about=about, **more)


MEMBER = "workspaceMember { id }"
WORKSPACE_MUTATIONS = [
    _change(
        "createWorkspace", "workspace { id }", lambda _, __: {"input": {"name": "New"}}, outcomes=signed_in("Mutation")
    ),
    _change("updateWorkspace", "workspace { id }", given({"name": "New"}, id="workspace")),
    _change("deleteWorkspace", "deletedId", given(id="workspace"), base, members("Mutation", OWNER)),
    _change(
        "createWorkspaceMember", MEMBER, given({"role": "ADMIN"}, workspaceId="workspace", userId="user"), somebody
    ),
    _change(
        "createWorkspaceMember",
        MEMBER,
        given({"role": "OWNER"}, workspaceId="workspace", userId="user"),
        somebody,
        members("Mutation", OWNER),
        "as an owner",
    ),
    _change("updateWorkspaceMember", MEMBER, given({"role": "ADMIN"}, id="member"), extra_member),
    _change(
        "updateWorkspaceMember",
        MEMBER,
        given({"role": "OWNER"}, id="member"),
        extra_member,
        members("Mutation", OWNER),
        "to be an owner",
    ),
    _change("deleteWorkspaceMember", "deletedId", given(id="member"), extra_member),
    _change(
        "deleteWorkspaceMember",
        "deletedId",
        own_membership,
        outcomes={**members("Mutation", VIEWER), **LONE_OWNER},
        about="of oneself",
    ),
    _change(
        "leaveWorkspace",
        "deletedId",
        given(workspaceId="workspace"),
        outcomes={**members("Mutation", VIEWER), **LONE_OWNER},
    ),
]
FIELD = {"field": {"name": "New", "type": "TEXT"}}
CATALOG_MUTATIONS = [
    _change("createBase", "base { id }", given({"name": "New"}, workspaceId="workspace")),
    _change("updateBase", "base { id }", given({"name": "New"}, id="base"), base),
    _change("duplicateBase", "base { id }", given({"includeRecords": True}, baseId="base"), table),
    _change("deleteBase", "deletedId", given(id="base"), table),
    _change("createTable", "table { id }", given({"name": "New"}, baseId="base"), base),
    _change("updateTable", "table { id }", given({"name": "New"}, id="table"), table),
    _change("deleteTable", "deletedId", given(id="table"), table),
    _change("reorderTables", "tables { id }", order("baseId", "tableIds", "table"), table),
    _change("createField", "field { id }", given(FIELD, tableId="table"), table),
    _change("updateField", "field { id }", given({"type": "TEXT"}, id="field"), table),
    _change("deleteField", "deletedId", given(id="field"), table),
    _change("reorderFields", "fields { id }", order("tableId", "fieldIds", "field", "primary"), table),
]
CASES = [*QUERIES, *WORKSPACE_MUTATIONS, *CATALOG_MUTATIONS]
