"""The deferred stream of a table's events: it waits for its selection, and is read as just that."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.changes.cursor import EventCursor
from domain.changes.selection import WHOLE_EVENT, EventMembers, RecordEventType
from domain.records.filters import Filter
from domain.records.stored import decode
from graph.changes.selection import event_members
from graph.changes.types import RecordEvent
from graph.execution.deferred_stream import DeferredStream
from graph.execution.operation import Operation
from resolvers.context import RequestContext
from resolvers.streams.log_stream import LogStream
from resolvers.streams.record_events import Event, RecordEventSelection


@dataclass(frozen=True, slots=True)
class RecordEventStream(DeferredStream[EventMembers]):
    """The events of a table's records, of those that a filter chooses or of all, behind a cursor or from now on."""

    table_id: UUID
    filter: Filter | None
    types: Sequence[RecordEventType] | None
    after: EventCursor | None
    view_id: UUID | None = None

    def plan(self, operation: Operation, details: FieldDetailsList) -> EventMembers:
        """What is selected of each event."""
        return event_members(operation, details)

    async def open(self, context: RequestContext, plan: EventMembers) -> AsyncGenerator[Event, None]:
        """The events' JSON."""
        return await self._start(context, plan)

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events with everything that there is of them."""
        return _objects(await self._start(context, WHOLE_EVENT))

    async def _start(self, context: RequestContext, members: EventMembers) -> AsyncGenerator[Event, None]:
        types = frozenset(RecordEventType if self.types is None else self.types)
        selection = RecordEventSelection(self.table_id, members, self.filter, types, self.view_id)
        events = LogStream(context, selection, self.after)
        await events.start()
        return events.events()


async def _objects(events: AsyncGenerator[Event, None]) -> AsyncGenerator[object, None]:
    async with aclosing(events):
        async for event in events:
            yield RecordEvent.from_event(decode(event.json, orjson.Fragment), event.table)
