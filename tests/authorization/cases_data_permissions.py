"""Who may use the root fields about permissions on data."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import base, extra_member, given, ids, table
from tests.authorization.outcomes import members
from tests.authorization.world import World

LIST = "query ($id: ID!) { roleOverrides(baseId: $id) { role } }"
SET = mutation("setRoleOverride", "roleOverride { role }")


async def table_and_member(world: World) -> None:
    """A table and a viewer of its workspace."""
    await table(world)
    await extra_member(world)


CASES = [
    Case("Query.roleOverrides", LIST, members("Query", WorkspaceRole.ADMIN), ids(id="base"), base),
    Case(
        "Mutation.setRoleOverride",
        SET,
        members("Mutation", WorkspaceRole.ADMIN),
        given({"role": "NONE"}, tableId="table", userId="user"),
        table_and_member,
    ),
]
