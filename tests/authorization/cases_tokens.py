"""Who may use the root fields about application tokens, and end sessions but the own."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import KEYS, Caller
from tests.authorization.case import Case, mutation
from tests.authorization.outcomes import Outcomes, members, nobody_but_its_user, sessions_only
from tests.authorization.world import World

Variables = Mapping[str, Any]


async def owners_token(world: World) -> None:
    """An application token of the owner's own, under `world.ids["token"]`."""
    await _make(world, {"name": "spare"})


async def workspaces_token(world: World) -> None:
    """An application token of the workspace, under `world.ids["token"]`."""
    await _make(world, {"name": "spare", "workspaceId": world.ids["workspace"]})


async def _make(world: World, given: Variables) -> None:
    document = mutation("createApplicationToken", "applicationToken { id }")
    made = await world.owner(document, {"input": given})
    world.ids["token"] = made["createApplicationToken"]["applicationToken"]["id"]


def token(world: World, _: Caller) -> Variables:
    """An input with the id of the token."""
    return {"input": {"id": world.ids["token"]}}


def node(world: World, _: Caller) -> Variables:
    """The id of the token."""
    return {"id": world.ids["token"]}


def of_workspace(world: World, _: Caller) -> Variables:
    """The id of the workspace."""
    return {"workspace": world.ids["workspace"]}


def new_of_workspace(world: World, _: Caller) -> Variables:
    """A new token of the workspace."""
    return {"input": {"name": "New", "workspaceId": world.ids["workspace"]}}


def _admins(operation: str) -> Outcomes:
    """Open to those who manage the workspace, and never to a key."""
    return {**members(operation, WorkspaceRole.ADMIN), **dict.fromkeys(KEYS, "FORBIDDEN")}


NODE = "query ($id: ID!) { node(id: $id) { id __typename } }"
LIST = "query ($workspace: ID) { applicationTokens(workspaceId: $workspace) { id name } }"
CREATE = mutation("createApplicationToken", "secret")
REVOKE = mutation("revokeApplicationToken", "revokedId")

CASES = [
    Case("Mutation.revokeOtherSessions", "mutation { revokeOtherSessions { endedSessions } }", sessions_only()),
    Case("Query.applicationTokens", LIST, sessions_only(), about="of one's own"),
    Case("Query.applicationTokens", LIST, _admins("Query"), of_workspace, about="of a workspace"),
    Case("Query.node", NODE, nobody_but_its_user(Caller.OWNER), node, owners_token, about="of an application token"),
    Case("Query.node", NODE, _admins("Query"), node, workspaces_token, about="of a workspace's application token"),
    Case(
        "Mutation.createApplicationToken",
        CREATE,
        sessions_only(),
        lambda _, __: {"input": {"name": "New"}},
        about="of one's own",
    ),
    Case("Mutation.createApplicationToken", CREATE, _admins("Mutation"), new_of_workspace, about="of a workspace"),
    Case(
        "Mutation.revokeApplicationToken",
        REVOKE,
        nobody_but_its_user(Caller.OWNER),
        token,
        owners_token,
        about="of one's own",
    ),
    Case(
        "Mutation.revokeApplicationToken",
        REVOKE,
        _admins("Mutation"),
        token,
        workspaces_token,
        about="of a workspace",
    ),
]
