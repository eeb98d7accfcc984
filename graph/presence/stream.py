"""The deferred stream of a presence channel's events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from graphql.execution.collect_fields import FieldDetailsList

from domain.presence.channels import Channel
from domain.records.rendered import SharedRendered
from graph.execution.deferred_stream import DeferredStream
from graph.execution.operation import Operation
from graph.presence.selection import Selection, render_event, selection_of
from graph.presence.types import PresenceEvent
from resolvers.context import RequestContext
from resolvers.presence.members import follow
from resolvers.presence.rooms import Event


@dataclass(frozen=True, slots=True)
class PresenceStream(DeferredStream[Selection]):
    """The state of a channel, then its events; whoever reads it is a member of the channel."""

    channel: Channel

    def plan(self, operation: Operation, details: FieldDetailsList) -> Selection:
        """What is selected of each event."""
        return selection_of(operation, details)

    async def open(self, context: RequestContext, plan: Selection) -> AsyncGenerator[SharedRendered, None]:
        """The events' JSON."""
        return _rendered(await follow(context, self.channel), plan)

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events with everything that there is of them."""
        return _objects(await follow(context, self.channel))


async def _rendered(events: AsyncGenerator[Event, None], selection: Selection) -> AsyncGenerator[SharedRendered, None]:
    async with aclosing(events):
        async for event in events:
            yield render_event(event, selection)


async def _objects(events: AsyncGenerator[Event, None]) -> AsyncGenerator[object, None]:
    async with aclosing(events):
        async for event in events:
            yield PresenceEvent.from_event(event)
