"""`recordEvents` and `recordChanges`: the changes of a table's records, as the log tells them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.access.profile import Profile
from domain.bases.catalog import TableMeta
from domain.changes.cursor import EventCursor, Place
from domain.changes.derived import linked_fields
from domain.changes.log import EventsShape, compile_events
from domain.changes.predicates import compile_operand_hash, required_equality
from domain.changes.selection import EventMembers, RecordEventType
from domain.records.compile import Statement
from domain.records.filters import Filter, named_in
from domain.records.rendered import SharedRendered
from domain.views.meta import ViewMeta, both, narrowed
from resolvers.context import RequestContext
from resolvers.records.tables import Stale, no_table
from resolvers.statements import StatementCache
from resolvers.streams.cursors import require_reachable
from resolvers.streams.group import Interest
from resolvers.streams.log_stream import Batch, LogSelection
from resolvers.streams.metadata import for_profile, with_current_table, with_current_table_on
from resolvers.streams.rights import require_readable
from resolvers.streams.table_feed import TableFeed
from resolvers.views.reading import current_view, find_view

if TYPE_CHECKING:
    from resolvers.services import Limits, Services

_SEQ, _PIECES = 7, 9
"""The columns of the statement where a change begins, and the pieces of its event."""


@dataclass(frozen=True, slots=True)
class Event(SharedRendered):
    """An event as finished JSON, the cursor behind it, and the metadata of the table that it was made with.

    `place` is where it stands in the log; it is the same for whoever reads it.
    """

    cursor: EventCursor
    table: TableMeta
    place: Place

    @property
    def size(self) -> int:
        """Characters."""
        return len(self.json)


@dataclass(frozen=True)
class RecordEventSelection(LogSelection[Event]):
    """The events of a table's records: of those that a filter or a view chooses or of all, and what of each."""

    table_id: UUID
    members: EventMembers
    filter: Filter | None
    types: frozenset[RecordEventType]
    view_id: UUID | None = None
    for_whom: Profile | None = None

    feed = TableFeed

    @property
    def topic(self) -> UUID:
        """The table."""
        return self.table_id

    @cached_property
    def key(self) -> Hashable:
        """Equal for equal selections, whatever the values of the filter are."""
        return self.members, self.filter and self.filter.key, self.types, self.view_id, self.for_whom

    @property
    def profile(self) -> Profile | None:
        """Whom its events are made for."""
        return self.for_whom

    async def for_caller(self, context: RequestContext) -> "RecordEventSelection":
        """The selection for the caller's profile; raises what a read of the table would."""

        def check(table: TableMeta, view: ViewMeta | None) -> None:
            filter = _seen(table, narrowed(view, self.filter))
            statement = self._statement(table, filter, context.services.statements, is_bounded=True)
            statement.parameters.bind(self._inputs(EventCursor("1:1:"), filter, context.services.limits))

        return replace(self, for_whom=await require_readable(context, self.table_id, self.view_id, check))

    async def prepare(self, services: "Services", unit: Unit, table: TableMeta) -> Interest | None:
        """Check that the filter still fits, and find out which value it requires."""
        table = for_profile(table, self.for_whom)
        filter = await self._filter(services, unit, table)
        self._statement(table, filter, services.statements, is_bounded=True)
        equality = required_equality(filter, table)
        if equality is None:
            return None
        leaf, key = equality.leaf, ("operand hash", equality.leaf)
        statement = services.statements.get(table, key, lambda: compile_operand_hash(leaf, table))
        hash = await unit.connection.fetchval(statement.sql, *statement.parameters.bind([equality.value]))
        return Interest(equality.field, hash)

    async def paths(self, services: "Services", unit: Unit, table: TableMeta) -> list[str]:
        """Those of the filter."""
        table = for_profile(table, self.for_whom)
        filter = await self._filter(services, unit, table)
        return [field.path for field in linked_fields(named_in(filter.shape if filter else None), table)]

    async def read(self, services: "Services", cursor: EventCursor) -> Batch[Event]:
        """The next events, by metadata that is current."""
        async with services.streams.turns:
            read = partial(self._read, services, cursor)
            return await with_current_table(services, self.table_id, read, self.for_whom)

    async def read_on(self, unit: Unit, services: "Services", cursor: EventCursor) -> Batch[Event]:
        """As `read`, in a transaction that is open; it is of no use any more where the table is changing meanwhile."""
        return await with_current_table_on(
            unit, services, self.table_id, partial(self._read, services, cursor), self.for_whom
        )

    async def page(
        self, context: RequestContext, unit: Unit, table: TableMeta, cursor: EventCursor, size: int
    ) -> Batch[Event]:
        """The next events of at most `size` changes, for a caller of whose rights and metadata this is the table."""
        await find_view(context, unit, table, self.view_id)
        return await self._read(context.services, cursor, unit, table, size)

    async def _read(
        self, services: "Services", cursor: EventCursor, unit: Unit, table: TableMeta, size: int | None = None
    ) -> Batch[Event]:
        filter = await self._filter(services, unit, table)
        statement = self._statement(table, filter, services.statements, is_bounded=cursor.until is not None)
        services.figures.evaluations += 1
        inputs = self._inputs(cursor, filter, services.limits, size)
        rows = await unit.connection.fetch(statement.sql, *statement.parameters.bind(inputs))
        if not rows:
            raise no_table(table.id)
        version, is_known, is_lost = rows[0][:3]
        if version != table.schema_version:
            raise Stale
        require_reachable(services, is_known=is_known, is_lost=is_lost)
        return _batch(rows, table, cursor)

    async def _filter(self, services: "Services", unit: Unit, table: TableMeta) -> Filter | None:
        view = await current_view(services.statements, unit, table, self.view_id)
        return _seen(table, narrowed(view, self.filter))

    def _statement(
        self, table: TableMeta, filter: Filter | None, statements: StatementCache, *, is_bounded: bool
    ) -> Statement:
        shape = EventsShape(self.members, filter.shape if filter else None, is_bounded)
        return statements.get(table, shape, lambda: compile_events(shape, table))

    def _inputs(
        self, cursor: EventCursor, filter: Filter | None, limits: "Limits", size: int | None = None
    ) -> list[object]:
        types = [type.value for type in self.types]
        values = filter.values if filter else ()
        bytes = limits.max_queued_bytes  # more could not wait for a subscriber
        count, records = (size, size) if size else (limits.events_per_read, limits.derived_events_per_read)
        return [cursor.since, types, count, cursor.until, cursor.seq, bytes, cursor.derived, records, *values]


def _seen(table: TableMeta, filter: Filter | None) -> Filter | None:
    """The filter, of records that policies let the subscriber see: one that comes into sight is new to them."""
    return filter if table.rule is None else both(table.rule.filter(table.viewer), filter)


def _batch(rows: Sequence[asyncpg.Record], table: TableMeta, cursor: EventCursor) -> Batch[Event]:
    *_, snapshot, cut_at, found, is_full = rows[0][:_SEQ]
    changes = [row for row in rows if row[_SEQ] is not None]
    places: list[Place] = [(row[_SEQ], row[_SEQ + 1]) for row in changes]
    if changes and (is_full or len(changes) < found):  # the others are too many, or too large to be read with these
        end: Place | None = places[-1]
    else:
        end = None if cut_at is None else (cut_at, None)
    cursors, behind = cursor.over(places, snapshot, end)
    events = [
        Event(at.encode().join(row[_PIECES:]), at, table, place)
        for at, row, place in zip(cursors, changes, places, strict=True)
        if row[_PIECES] is not None
    ]
    return Batch(events, behind, is_last=behind.until is None and cursor.until is None)
