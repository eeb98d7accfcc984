"""Who may see what was, and bring it back."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_records import its_id, its_table, record
from tests.authorization.outcomes import its_user, members
from tests.authorization.world import World

VIEWER, EDITOR = WorkspaceRole.VIEWER, WorkspaceRole.EDITOR
CHANGES = "history { nodes { type values actor { email } } }"
RESOLVED = "table { base { name } }"
HISTORY = "query ($id: ID!) { record(id: $id) { %s } }"
TRASH = "query ($table: ID!) { deletedRecords(tableId: $table) { totalCount nodes { record { fields %s } } } }"


async def deleted(world: World) -> None:
    """A record that was deleted, under `world.ids["record"]`, and the mutation's id, `world.ids["mutation"]`."""
    await record(world)
    given = {"input": {"tableId": world.ids["table"], "ids": [world.ids["record"]]}}
    done = await world.owner(mutation("deleteRecords", "mutationId"), given)
    world.ids["mutation"] = done["deleteRecords"]["mutationId"]


def restoration(world: World, _: Caller) -> Mapping[str, Any]:
    """The input that restores the record."""
    return {"input": {"tableId": world.ids["table"], "ids": [world.ids["record"]]}}


def undoing(world: World, _: Caller) -> Mapping[str, Any]:
    """The input that undoes the deletion."""
    return {"input": {"mutationId": world.ids["mutation"]}}


CASES = [
    Case("Query.record", HISTORY % CHANGES, members("Query", VIEWER), its_id, record, about="with its history"),
    Case(
        "Query.record",
        HISTORY % f"{CHANGES} {RESOLVED}",
        members("Query", VIEWER),
        its_id,
        record,
        about="with its history by resolvers",
    ),
    Case("Query.deletedRecords", TRASH % "", members("Query", VIEWER), its_table, deleted),
    Case("Query.deletedRecords", TRASH % RESOLVED, members("Query", VIEWER), its_table, deleted, about="by resolvers"),
    Case(
        "Mutation.restoreRecords",
        mutation("restoreRecords", "records { id fields }"),
        members("Mutation", EDITOR),
        restoration,
        deleted,
    ),
    Case("Mutation.undo", mutation("undo", "restoredIds"), its_user("Mutation", Caller.OWNER), undoing, deleted),
]
