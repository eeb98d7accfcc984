"""Who may use the root fields about unique constraints."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import NODE, given, ids, many, one, table
from tests.authorization.outcomes import Outcomes, members
from tests.authorization.world import World


async def constraint(world: World) -> None:
    """A constraint of a field, under `world.ids["constraint"]`."""
    await table(world)
    document = mutation("createUniqueConstraint", "uniqueConstraint { id }")
    made = await world.owner(document, {"input": {"fieldId": world.ids["field"]}})
    world.ids["constraint"] = made["createUniqueConstraint"]["uniqueConstraint"]["id"]


async def disabled_constraint(world: World) -> None:
    """The same, disabled."""
    await constraint(world)
    document = mutation("disableUniqueConstraint", "uniqueConstraint { id }")
    await world.owner(document, {"input": {"id": world.ids["constraint"]}})


READ: Outcomes = members("Query", WorkspaceRole.VIEWER)
CHANGE: Outcomes = members("Mutation", WorkspaceRole.ADMIN)
SELECTION = "uniqueConstraint { id status }"
CASES = [
    Case("Query.uniqueConstraints", many("uniqueConstraints", "tableId"), READ, ids(id="table"), constraint),
    Case("Query.uniqueConstraint", one("uniqueConstraint"), READ, ids(id="constraint"), constraint),
    Case("Query.node", NODE, READ, ids(id="constraint"), constraint, about="of a unique constraint"),
    Case(
        "Mutation.createUniqueConstraint",
        mutation("createUniqueConstraint", SELECTION),
        CHANGE,
        given(fieldId="field"),
        table,
    ),
    Case(
        "Mutation.enableUniqueConstraint",
        mutation("enableUniqueConstraint", SELECTION),
        CHANGE,
        given(id="constraint"),
        disabled_constraint,
    ),
    Case(
        "Mutation.disableUniqueConstraint",
        mutation("disableUniqueConstraint", SELECTION),
        CHANGE,
        given(id="constraint"),
        constraint,
    ),
    Case(
        "Mutation.deleteUniqueConstraint",
        mutation("deleteUniqueConstraint", "deletedId"),
        CHANGE,
        given(id="constraint"),
        constraint,
    ),
]
