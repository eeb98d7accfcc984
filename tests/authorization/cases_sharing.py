"""Who may use the root fields about shared views."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import given, ids, table
from tests.authorization.outcomes import Outcomes, everybody, members
from tests.authorization.world import World

SHARED = """
    query ($token: String!) {
      sharedView(token: $token) { name fields { name } records { totalCount nodes { fields } } }
    }
"""


async def view(world: World) -> None:
    """A view of the table, under `world.ids["view"]`."""
    await table(world)
    given = {"tableId": world.ids["table"], "name": "View", "type": "GRID"}
    made = await world.owner(mutation("createView", "view { id }"), {"input": given})
    world.ids["view"] = made["createView"]["view"]["id"]


async def shared(world: World) -> None:
    """As `view`, with a link; `world.ids["link"]` and `["token"]`."""
    await view(world)
    made = await world.owner(mutation("createShareLink", "token shareLink { id }"), {"input": _of_view(world)})
    world.ids |= {"link": made["createShareLink"]["shareLink"]["id"], "token": made["createShareLink"]["token"]}


async def revoked(world: World) -> None:
    """As `shared`, and revoked."""
    await shared(world)
    await world.owner(mutation("revokeShareLink", "revokedId"), {"input": {"id": world.ids["link"]}})


def _of_view(world: World) -> Mapping[str, Any]:
    return {"viewId": world.ids["view"]}


def token(world: World, _: Caller) -> Mapping[str, Any]:
    """The token of the link."""
    return {"token": world.ids["token"]}


NOBODY: Outcomes = {caller: code or "NOT_FOUND" for caller, code in everybody("Query").items()}
LIST = "query ($id: ID!) { shareLinks(viewId: $id) { id hasPassword } }"
ADMIN: Outcomes = members("Mutation", WorkspaceRole.ADMIN)
CASES = [
    Case("Query.sharedView", SHARED, everybody("Query"), token, shared),
    Case("Query.sharedView", SHARED, NOBODY, token, revoked, about="that was revoked"),
    Case("Query.shareLinks", LIST, members("Query", WorkspaceRole.ADMIN), ids(id="view"), shared),
    Case("Mutation.createShareLink", mutation("createShareLink", "token"), ADMIN, given(viewId="view"), view),
    Case("Mutation.revokeShareLink", mutation("revokeShareLink", "revokedId"), ADMIN, given(id="link"), shared),
]
