"""Who may use the root fields about views."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import NODE, given, ids, many, one, order, table
from tests.authorization.cases_changes import event
from tests.authorization.outcomes import ANSWERED, Outcomes, everybody, members, nobody_but_its_user
from tests.authorization.world import World


async def view(world: World) -> None:
    """A view that all members see, under `world.ids["view"]`."""
    await _make(world, is_personal=False)


async def personal_view(world: World) -> None:
    """A personal view of the owner's, under `world.ids["view"]`."""
    await _make(world, is_personal=True)


async def _make(world: World, *, is_personal: bool) -> None:
    await table(world)
    await _add_view(world, is_personal=is_personal)


async def _add_view(world: World, *, is_personal: bool) -> None:
    given = {"tableId": world.ids["table"], "name": "View", "type": "GRID", "isPersonal": is_personal}
    made = await world.owner(mutation("createView", "view { id }"), {"input": given})
    world.ids["view"] = made["createView"]["view"]["id"]


READ: Outcomes = members("Query", WorkspaceRole.VIEWER)
CHANGE: Outcomes = members("Mutation", WorkspaceRole.EDITOR)
LOCK: Outcomes = members("Mutation", WorkspaceRole.ADMIN)


async def record_of_view(world: World) -> None:
    """A record that was created behind the cursor `world.ids["cursor"]`, which the owner's personal view has."""
    await event(world)
    await _add_view(world, is_personal=True)


def through_view(world: World, _: Caller) -> Mapping[str, Any]:
    """The table, and the view of it."""
    return {"table": world.ids["table"], "view": world.ids["view"]}


def events_of_view(world: World, _: Caller) -> Mapping[str, Any]:
    """The view's events, from before its record was created."""
    return {"table": world.ids["table"], "view": world.ids["view"], "after": world.ids["cursor"]}


RECORDS = "query ($table: ID!, $view: ID!) { records(tableId: $table, viewId: $view) { totalCount } }"
LIVE_RECORDS = "subscription ($table: ID!, $view: ID!) { liveRecords(tableId: $table, viewId: $view) { totalCount } }"
RECORD_EVENTS = """
    subscription ($table: ID!, $view: ID!, $after: String!) {
      recordEvents(tableId: $table, viewId: $view, after: $after) { recordId }
    }
"""


def of_owner(operation: str) -> Outcomes:
    """Of a personal view of the owner's; members who may change no view hear that of any."""
    keys = {Caller.READ_KEY: "FORBIDDEN", Caller.WRITE_KEY: ANSWERED}
    if operation != "Mutation":
        keys = {Caller.READ_KEY: ANSWERED, Caller.WRITE_KEY: "FORBIDDEN"}
    return {**nobody_but_its_user(Caller.OWNER), **keys, Caller.FOREIGN_KEY: "NOT_FOUND"}


VIEW = "view { id }"
NEW = {"name": "New", "type": "GRID"}
PERSONAL = "of a personal view"
CASES = [
    Case("Query.viewTypes", "{ viewTypes { type } }", everybody("Query")),
    Case("Query.views", many("views", "tableId"), READ, ids(id="table"), view),
    Case("Query.view", one("view"), READ, ids(id="view"), view),
    Case("Query.view", one("view"), of_owner("Query"), ids(id="view"), personal_view, about=PERSONAL),
    Case("Query.node", NODE, READ, ids(id="view"), view, about="of a view"),
    Case("Query.node", NODE, of_owner("Query"), ids(id="view"), personal_view, about=PERSONAL),
    Case("Query.records", RECORDS, READ, through_view, view, about="of a view"),
    Case("Query.records", RECORDS, of_owner("Query"), through_view, personal_view, about=PERSONAL),
    Case("Subscription.liveRecords", LIVE_RECORDS, READ, through_view, view, about="of a view"),
    Case("Subscription.liveRecords", LIVE_RECORDS, of_owner("Query"), through_view, personal_view, about=PERSONAL),
    Case(
        "Subscription.recordEvents",
        RECORD_EVENTS,
        of_owner("Query"),
        events_of_view,
        record_of_view,
        about=PERSONAL,
    ),
    Case("Mutation.createView", mutation("createView", VIEW), CHANGE, given(NEW, tableId="table"), table),
    Case("Mutation.updateView", mutation("updateView", VIEW), CHANGE, given({"name": "New"}, id="view"), view),
    Case(
        "Mutation.updateView",
        mutation("updateView", VIEW),
        of_owner("Mutation"),
        given({"name": "New"}, id="view"),
        personal_view,
        about=PERSONAL,
    ),
    Case(
        "Mutation.updateView",
        mutation("updateView", VIEW),
        LOCK,
        given({"isLocked": True}, id="view"),
        view,
        about="to lock it",
    ),
    Case(
        "Mutation.updateView",
        mutation("updateView", VIEW),
        LOCK,
        given({"isIndexed": True}, id="view"),
        view,
        about="to index it",
    ),
    Case(
        "Mutation.createView",
        mutation("createView", VIEW),
        LOCK,
        given({**NEW, "isIndexed": True}, tableId="table"),
        table,
        about="with an index",
    ),
    Case("Mutation.deleteView", mutation("deleteView", "deletedId"), CHANGE, given(id="view"), view),
    Case(
        "Mutation.deleteView",
        mutation("deleteView", "deletedId"),
        of_owner("Mutation"),
        given(id="view"),
        personal_view,
        about=PERSONAL,
    ),
    Case("Mutation.duplicateView", mutation("duplicateView", VIEW), CHANGE, given(id="view"), view),
    Case(
        "Mutation.duplicateView",
        mutation("duplicateView", VIEW),
        of_owner("Mutation"),
        given(id="view"),
        personal_view,
        about=PERSONAL,
    ),
    Case(
        "Mutation.reorderViews",
        mutation("reorderViews", "views { id }"),
        CHANGE,
        order("tableId", "viewIds", "view"),
        view,
    ),
]
