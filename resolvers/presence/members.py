"""Who is present, for those who may know it; and what members do: focus a cell, leave it, move a cursor."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, NotFound, PayloadTooLarge
from domain.ids import Kind, new_id
from domain.presence.channels import Channel, topic_of
from domain.presence.events import Member
from domain.presence.statements import FOCUS, IS_MEMBER, OF_RECORDS
from resolvers.access import missing
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.presence.rooms import Event
from resolvers.presence.state import read_visible_state
from resolvers.records.sight import sees
from resolvers.records.tables import no_record, no_table, require_current, with_table


@dataclass(frozen=True, slots=True)
class Focus:
    """What a user has in focus: a table, and where in it."""

    table_id: UUID
    view_id: UUID | None = None
    record_id: UUID | None = None
    field_id: UUID | None = None


class RecordPresenceLoader(Loader[UUID, Sequence[Member]]):
    """The members in the channels of records, and those who have one in focus; for records that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Sequence[Member]]:
        """See `Loader.fetch`."""
        most = self.context.services.limits.max_presence_members
        rows = await unit.connection.fetch(OF_RECORDS, keys, most)
        return {row["record_id"]: orjson.loads(row["members"]) for row in rows}


async def members_of(context: RequestContext, channel: Channel) -> Sequence[Member]:
    """Who is in a channel now; raises `NotFound` where the caller may not see it."""
    viewer, most = context.viewer, context.services.limits.max_presence_members
    async with context.database.unit() as unit:
        return await read_visible_state(unit, channel, viewer, most)


async def follow(context: RequestContext, channel: Channel) -> AsyncGenerator[Event, None]:
    """Be a member of a channel for as long as the generator is open; raises before it what forbids that.

    A request that came over no socket is a connection of its own.
    """
    await members_of(context, channel)
    connection_id = context.connection_id or new_id(Kind.CONNECTION)
    return context.services.presence.follow(channel, context.viewer, connection_id)


async def focus_cell(context: RequestContext, focus: Focus, connection_id: UUID | None) -> UUID:
    """Tell the others what the caller has in focus; the connection. Needs the right to read the table.

    Raises `NotFound` for what is not there or is of another table, and for a connection of somebody else.
    """
    async with context.unit() as unit:

        async def work(table: TableMeta) -> None:
            await _require_cell(context, unit, table, focus)

        await with_table(context, unit, focus.table_id, work, Action.READ)
        return await _set_focus(context, unit, connection_id, focus)


async def blur_cell(context: RequestContext, connection_id: UUID | None) -> UUID:
    """Tell the others that the caller has nothing in focus any more; the connection."""
    _ = context.viewer
    async with context.unit() as unit:
        return await _set_focus(context, unit, connection_id, None)


async def move_cursor(context: RequestContext, channel: Channel, cursor: object, connection_id: UUID | None) -> UUID:
    """Tell the others of a channel where the caller's cursor is; the connection, which must be in that channel.

    It is written soon, with the others that move meanwhile: not in the operation's transaction, nor undone with it.
    """
    user_id, presence = context.user_id, context.services.presence
    text = _cursor_text(cursor, context.services.limits.max_cursor_bytes)
    connection = _connection(context, connection_id)
    if not presence.holds(connection, user_id, channel):
        async with context.unit() as unit:
            if not await unit.connection.fetch(IS_MEMBER, connection, user_id, str(channel)):
                raise _no_connection(connection, channel)
    presence.cursors.move(connection, str(channel), text)
    return connection


def _cursor_text(cursor: object, most: int) -> str:
    try:
        text = orjson.dumps(cursor)
    except orjson.JSONEncodeError as error:
        raise BadRequest(f"The cursor cannot be written as JSON: {error}.", argument="cursor") from error
    if len(text) > most:
        raise PayloadTooLarge(f"The cursor has {len(text)} bytes as JSON; at most {most} are taken.", argument="cursor")
    return text.decode()


async def _require_cell(context: RequestContext, unit: Unit, table: TableMeta, focus: Focus) -> None:
    await require_current(context, unit, table, Action.READ, lambda: no_table(focus.table_id))
    if focus.field_id is not None and focus.field_id not in {field.id for field in table.fields}:
        raise missing("field", focus.field_id)
    if focus.record_id is not None and not await sees(unit, table, focus.record_id):
        raise no_record(focus.record_id)


async def _set_focus(context: RequestContext, unit: Unit, connection_id: UUID | None, focus: Focus | None) -> UUID:
    connection = _connection(context, connection_id)
    cell = (None,) * 4 if focus is None else (focus.table_id, focus.view_id, focus.record_id, focus.field_id)
    rows = await unit.connection.fetch(FOCUS, connection, context.user_id, *cell)
    if not rows:
        raise _no_connection(connection)
    topics = [topic_of(row["channel"]) for row in rows]
    unit.after_commit(lambda: _publish(context, topics))
    return connection


def _publish(context: RequestContext, topics: Sequence[UUID]) -> None:
    for topic in topics:
        context.services.bus.publish(topic)


def _connection(context: RequestContext, given: UUID | None) -> UUID:
    """The connection that is meant: the one given, or else the socket that the operation came over."""
    found = given or context.connection_id
    if found is None:
        raise BadRequest(
            "Over HTTP the connection must be named: the `connectionId` that the subscription to presence has shown.",
            argument="connectionId",
        )
    return found


def _no_connection(id: UUID, channel: Channel | None = None) -> NotFound:
    where = "a presence channel" if channel is None else str(channel)
    return NotFound(f"You have no connection with id {id} in {where}; subscribe to presence first.", connectionId=id)
