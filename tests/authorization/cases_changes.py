"""Who may use the root fields about changes."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case
from tests.authorization.cases_catalog import table
from tests.authorization.outcomes import members
from tests.authorization.world import World

RECORD_EVENTS = """
    subscription ($table: ID!, $after: String!) { recordEvents(tableId: $table, after: $after) { recordId } }
"""


async def event(world: World) -> None:
    """A record that was created behind the cursor `world.ids["cursor"]`, in the table `world.ids["table"]`."""
    await table(world)
    read = "query ($table: ID!) { records(tableId: $table) { eventCursor } }"
    found = await world.owner(read, {"table": world.ids["table"]})
    world.ids["cursor"] = found["records"]["eventCursor"]
    create = "mutation ($table: ID!) { createRecord(input: { tableId: $table, fields: {} }) { eventCursor } }"
    await world.owner(create, {"table": world.ids["table"]})


def stream(world: World, _: Caller) -> Mapping[str, Any]:
    """The table's events, from before its record was created."""
    return {"table": world.ids["table"], "after": world.ids["cursor"]}


CASES = [
    Case(
        "Subscription.recordEvents",
        RECORD_EVENTS,
        members("Subscription", WorkspaceRole.VIEWER),
        stream,
        event,
    ),
]
