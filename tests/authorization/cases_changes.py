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

FILTERED_EVENTS = RECORD_EVENTS.replace("after: $after", 'after: $after, filter: { field: "%s", operator: IS_EMPTY }')
CHANGES = """
    query ($table: ID!, $after: String!) {
      recordChanges(tableId: $table, after: $after) { events { recordId record { fields %s } } cursor hasMore }
    }
"""
FILTERED_CHANGES = CHANGES.replace("after: $after)", 'after: $after, filter: { field: "%s", operator: IS_EMPTY })')
LIVE_RECORDS = 'subscription ($table: ID!) { liveRecords(tableId: $table, orderBy: { field: "%s" }) { totalCount } }'
SCHEMA_EVENTS = """
    subscription ($base: ID!, $after: String!) { schemaEvents(baseId: $base, after: $after) { object type } }
"""


async def event(world: World) -> None:
    """A record that was created behind the cursor `world.ids["cursor"]`, in the table `world.ids["table"]`."""
    await table(world)
    read = "query ($table: ID!) { records(tableId: $table) { eventCursor } }"
    found = await world.owner(read, {"table": world.ids["table"]})
    world.ids["cursor"] = found["records"]["eventCursor"]
    create = "mutation ($table: ID!) { createRecord(input: { tableId: $table, fields: {} }) { eventCursor } }"
    await world.owner(create, {"table": world.ids["table"]})


async def schema_event(world: World) -> None:
    """A base that was renamed behind the cursor `world.ids["cursor"]`."""
    await event(world)
    rename = 'mutation ($base: ID!) { updateBase(input: { id: $base, name: "New" }) { base { id } } }'
    await world.owner(rename, {"base": world.ids["base"]})


def stream(world: World, _: Caller) -> Mapping[str, Any]:
    """The table's events, from before its record was created."""
    return {"table": world.ids["table"], "after": world.ids["cursor"]}


def its_table(world: World, _: Caller) -> Mapping[str, Any]:
    """The table."""
    return {"table": world.ids["table"]}


def its_base(world: World, _: Caller) -> Mapping[str, Any]:
    """The base's events, from before it was renamed."""
    return {"base": world.ids["base"], "after": world.ids["cursor"]}


FOLLOWS = members("Subscription", WorkspaceRole.VIEWER)
READS = members("Query", WorkspaceRole.VIEWER)
UNKNOWN_FIELD = {caller: code or "BAD_REQUEST" for caller, code in FOLLOWS.items()}
UNKNOWN_TO_READERS = {caller: code or "BAD_REQUEST" for caller, code in READS.items()}
"""Only those who may see the table learn what fields it has."""


CASES = [
    Case("Subscription.recordEvents", RECORD_EVENTS, FOLLOWS, stream, event),
    Case("Subscription.recordEvents", FILTERED_EVENTS % "Name", FOLLOWS, stream, event, about="with a filter"),
    Case("Subscription.recordEvents", FILTERED_EVENTS % "No", UNKNOWN_FIELD, stream, event, about="of no such field"),
    Case("Query.recordChanges", CHANGES % "", READS, stream, event),
    Case("Query.recordChanges", CHANGES % "table { name }", READS, stream, event, about="by resolvers"),
    Case("Query.recordChanges", FILTERED_CHANGES % ("No", ""), UNKNOWN_TO_READERS, stream, event, about="of no field"),
    Case("Subscription.liveRecords", LIVE_RECORDS % "Name", FOLLOWS, its_table, event),
    Case("Subscription.liveRecords", LIVE_RECORDS % "No", UNKNOWN_FIELD, its_table, event, about="by no such field"),
    Case("Subscription.schemaEvents", SCHEMA_EVENTS, FOLLOWS, its_base, schema_event),
]
