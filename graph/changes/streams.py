"""The deferred stream of a table's events: it waits for its selection, and is read as just that."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.changes.cursor import EventCursor
from domain.changes.selection import WHOLE_EVENT, EventMembers, RecordEventType
from domain.records.rendered import Rendered
from domain.records.stored import decode
from graph.changes.selection import event_members
from graph.changes.types import RecordEvent
from graph.execution.deferred_stream import DeferredStream
from graph.execution.operation import Operation
from resolvers.changes import Event, RecordEvents
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class RecordEventStream(DeferredStream[EventMembers]):
    """The events of a table, of some types or of all, behind a cursor or from now on."""

    table_id: UUID
    types: Sequence[RecordEventType] | None
    after: EventCursor | None

    def plan(self, operation: Operation, details: FieldDetailsList) -> EventMembers:
        """What is selected of each event."""
        return event_members(operation, details)

    async def open(self, context: RequestContext, plan: EventMembers) -> AsyncGenerator[Rendered, None]:
        """The events' JSON."""
        return _rendered(await self._start(context, plan))

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events with everything that there is of them."""
        return _objects(await self._start(context, WHOLE_EVENT))

    async def _start(self, context: RequestContext, members: EventMembers) -> AsyncGenerator[Event, None]:
        events = RecordEvents(context, self.table_id, members, self.types, self.after)
        await events.start()
        return events.events()


async def _rendered(events: AsyncGenerator[Event, None]) -> AsyncGenerator[Rendered, None]:
    async with aclosing(events):
        async for event in events:
            yield Rendered(event.json)


async def _objects(events: AsyncGenerator[Event, None]) -> AsyncGenerator[object, None]:
    async with aclosing(events):
        async for event in events:
            yield RecordEvent.from_event(decode(event.json, orjson.Fragment), event.table)
