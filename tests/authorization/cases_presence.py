"""Who may use the root fields about presence."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from domain.ids import Kind, new_id
from models import PresenceConnection, PresenceMember, PresenceProcess
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import table
from tests.authorization.outcomes import members, signed_in
from tests.authorization.world import World

CHANNELS = ("workspace", "base", "table", "record")
PRESENCE = "query ($channel: String!) { presence(channel: $channel) { connectionId } }"
FOLLOW = "subscription ($channel: String!) { presence(channel: $channel) { type } }"


async def record(world: World) -> None:
    """The record `world.ids["record"]` of the table `world.ids["table"]`."""
    await table(world)
    create = "mutation ($table: ID!) { createRecord(input: { tableId: $table, fields: {} }) { record { id } } }"
    made = await world.owner(create, {"table": world.ids["table"]})
    world.ids["record"] = made["createRecord"]["record"]["id"]


async def connections(world: World) -> None:
    """A connection of each caller, `world.ids["connection of NAME"]`; those of members are in the table."""
    await table(world)
    process = new_id(Kind.CONNECTION)
    await world.add(PresenceProcess(id=process))
    for caller, user in world.users.items():
        id = new_id(Kind.CONNECTION)
        world.ids[f"connection of {caller.value}"] = str(id)
        await world.add(PresenceConnection(id=id, process_id=process, user_id=user))
        outside = caller in (Caller.STRANGER, Caller.SUPERUSER, Caller.FOREIGN_KEY)
        place = f"user:{user}" if outside else f"table:{world.ids['table']}"
        await world.add(PresenceMember(connection_id=id, channel=place))


def channel(place: str) -> Any:
    """The channel of a thing of the world."""
    return lambda world, _: {"channel": f"{place}:{world.ids[place]}"}


def own(world: World, caller: Caller) -> dict[str, Any]:
    """The caller's connection; the anonymous one names the viewer's."""
    name = Caller.VIEWER.value if caller is Caller.ANONYMOUS else caller.value
    return {"connectionId": world.ids[f"connection of {name}"]}


def focus(world: World, caller: Caller) -> Mapping[str, Any]:
    """The table, in focus of the caller's connection."""
    return {"input": {"tableId": world.ids["table"], **own(world, caller)}}


def blur(world: World, caller: Caller) -> Mapping[str, Any]:
    """Nothing, in focus of the caller's connection."""
    return {"input": own(world, caller)}


def foreign(world: World, _: Caller) -> Mapping[str, Any]:
    """Nothing, in focus of the editor's connection."""
    return {"input": own(world, Caller.EDITOR)}


def move(world: World, caller: Caller) -> Mapping[str, Any]:
    """The caller's cursor in the table's channel."""
    return {"input": {"channel": f"table:{world.ids['table']}", "cursor": 1, **own(world, caller)}}


VIEWER = WorkspaceRole.VIEWER
ONLY_EDITOR = {
    **dict.fromkeys(Caller, "NOT_FOUND"),
    **{Caller.ANONYMOUS: "UNAUTHENTICATED", Caller.READ_KEY: "FORBIDDEN", Caller.EDITOR: None},
}

CASES = [
    *(
        Case(f"{kind}.presence", document, members(kind, VIEWER), channel(place), record, about=f"in a {place}")
        for kind, document in (("Query", PRESENCE), ("Subscription", FOLLOW))
        for place in CHANNELS
    ),
    Case("Mutation.focusCell", mutation("focusCell", "connectionId"), members("Mutation", VIEWER), focus, connections),
    Case("Mutation.blurCell", mutation("blurCell", "connectionId"), signed_in("Mutation"), blur, connections),
    Case(
        "Mutation.blurCell",
        mutation("blurCell", "connectionId"),
        ONLY_EDITOR,
        foreign,
        connections,
        about="of somebody else",
    ),
    Case("Mutation.moveCursor", mutation("moveCursor", "connectionId"), members("Mutation", VIEWER), move, connections),
]
