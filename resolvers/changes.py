"""The events of a table as a stream: read from the change log, whose readers the bus wakes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.accounts.viewer import Viewer
from domain.bases.catalog import TableMeta
from domain.changes.cursor import EventCursor
from domain.changes.log import EventsShape, compile_events
from domain.changes.selection import EventMembers, RecordEventType
from domain.errors import BadRequest, Unauthenticated
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.records.tables import Stale, no_table, with_table

_NOTHING_SEEN = EventCursor("1:1:")


@dataclass(frozen=True, slots=True)
class Event:
    """An event as finished JSON, and the metadata of the table that it was made with."""

    json: str
    table: TableMeta


@dataclass(frozen=True, slots=True)
class _Batch:
    """Events in order, and the cursor behind them; `is_last` when there were no more."""

    events: Sequence[Event]
    cursor: EventCursor
    is_last: bool


class RecordEvents:
    """The events of one table behind a cursor, or from now on.

    One read of the log is in memory at a time and the next one waits until its events were taken: for a client that
    is slow, the log is the buffer. Each read checks in its own snapshot that the caller is signed in and may see the
    table, however long ago the stream began; the access token that began it may have expired since, its session not.
    """

    def __init__(
        self,
        context: RequestContext,
        table_id: UUID,
        members: EventMembers,
        types: Sequence[RecordEventType] | None,
        after: EventCursor | None,
    ) -> None:
        self._context = context
        self._table_id = table_id
        self._members = members
        self._types = [type.value for type in (RecordEventType if types is None else types)]
        self._cursor = after

    async def start(self) -> None:
        """Check that the stream may begin, and hold on to where; raises what a read of the table would."""
        now = await self._read(self._cursor or _NOTHING_SEEN, 0)
        self._cursor = self._cursor or now.cursor

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events, without end; raises when the caller may not see them any longer."""
        services = self._context.services
        cursor = self._cursor
        if cursor is None:
            raise RuntimeError("a stream is started before it is read")
        with services.bus.listening(self._table_id) as woken:
            while True:
                woken.clear()
                batch = await self._read(cursor, services.limits.events_per_read)
                for event in batch.events:
                    yield event
                cursor = batch.cursor
                if batch.is_last:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(services.limits.event_poll_interval.total_seconds()):
                            await woken.wait()

    async def _read(self, cursor: EventCursor, limit: int) -> _Batch:
        context, viewer = self._context, self._context.viewer
        async with context.unit() as unit:

            async def work(table: TableMeta) -> _Batch:
                return await self._read_table(unit, viewer, table, cursor, limit)

            return await with_table(context, unit, self._table_id, work, Action.READ)

    async def _read_table(
        self, unit: Unit, viewer: Viewer, table: TableMeta, cursor: EventCursor, limit: int
    ) -> _Batch:
        shape = EventsShape(self._members, is_rest=cursor.until is not None)
        statement = self._context.statements_of(table).get(table, shape, lambda: compile_events(shape, table))
        inputs = [
            viewer.user_id,
            viewer.session_id,
            viewer.api_key_id,
            cursor.since,
            self._types,
            limit,
            cursor.until,
            cursor.seq,
        ]
        rows = await unit.connection.fetch(statement.sql, *statement.parameters.bind(inputs))
        if not rows:
            raise no_table(table.id)
        _check(rows[0], table)
        return _batch(rows, table, cursor, limit)


def _check(row: asyncpg.Record, table: TableMeta) -> None:
    version, role, is_signed_in, is_known = row[:4]
    if not is_signed_in:
        raise Unauthenticated("You were signed out; sign in again.")
    require(WorkspaceRole(role), Action.READ)
    if version != table.schema_version:
        raise Stale
    if not is_known:
        raise BadRequest("'after' is not an event cursor of this database.", argument="after")


def _batch(rows: Sequence[asyncpg.Record], table: TableMeta, cursor: EventCursor, limit: int) -> _Batch:
    """The events of the rows, each with the cursor behind it: the last one of a whole batch stands behind all of it."""
    until: str = cursor.until or rows[0][4]
    found = [row for row in rows if row[5] is not None]
    is_full = 0 < limit == len(found)
    cursors = [EventCursor(cursor.since, until, row[5]) for row in found]
    behind = cursors[-1] if is_full else EventCursor(until)
    cursors[-1:] = [behind] if cursors else []
    events = [Event(at.encode().join(row[6:]), table) for at, row in zip(cursors, found, strict=True)]
    return _Batch(events, behind, is_last=not is_full and cursor.until is None)
