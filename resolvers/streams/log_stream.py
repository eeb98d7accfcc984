"""A stream that is read from the change log: what is common to all of them, whatever they read of it.

Another one is a `LogSelection`, and a `Feed` where it follows a topic that has none yet.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Collection, Hashable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from uuid import UUID

from adapters.database import Unit
from domain.access.profile import Profile
from domain.bases.catalog import TableMeta
from domain.changes.cursor import EventCursor
from resolvers.context import RequestContext
from resolvers.streams.feed import Feed
from resolvers.streams.group import Group, Interest
from resolvers.streams.outages import through_outages
from resolvers.streams.subscriber import Overflow, Subscriber
from resolvers.viewers import ViewerKey

if TYPE_CHECKING:
    from resolvers.services import Services


class LogEvent(Protocol):
    """One event of a stream."""

    @property
    def cursor(self) -> EventCursor:
        """The place behind it."""

    @property
    def size(self) -> int:
        """Bytes, roughly."""


EventT = TypeVar("EventT", bound=LogEvent)


@dataclass(frozen=True)
class Batch(Generic[EventT]):
    """Events in order, and the cursor behind them; `is_last` when there were no more."""

    events: Sequence[EventT]
    cursor: EventCursor
    is_last: bool

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.events)

    @cached_property
    def size(self) -> int:
        """Bytes of all of them, roughly; every subscriber asks for it."""
        return sum(event.size for event in self.events)


class LogSelection(ABC, Generic[EventT]):
    """Which changes a stream wants, and what of each; streams of equal `key`s share their work."""

    feed: type[Feed]
    """The kind of feed that tells when there are some."""

    @property
    @abstractmethod
    def topic(self) -> UUID:
        """What the feed follows."""

    @property
    @abstractmethod
    def key(self) -> Hashable:
        """Equal for those who want the very same."""

    @abstractmethod
    async def for_caller(self, context: RequestContext) -> "LogSelection[EventT]":
        """The selection as far as the caller may follow it; raises what forbids that, or what makes no sense."""

    @property
    def profile(self) -> Profile | None:
        """Whom its events are made for."""
        return None

    async def hold(self, feed: Feed) -> None:
        """Wait until the feed knows what a viewer may see, for a selection that `shown` needs that for."""

    def shown(self, event: EventT, feed: Feed, viewer: ViewerKey) -> EventT | None:
        """What a viewer may see of an event; for what is not told apart by profiles. None for nothing."""
        return event

    @abstractmethod
    async def read(self, services: "Services", cursor: EventCursor) -> Batch[EventT]:
        """The next events behind a cursor, as many as are read at a time; a cursor with an end reads no further."""

    async def prepare(self, services: "Services", unit: Unit, table: TableMeta) -> Interest | None:
        """Check that a version of the table fits; answers the one value that changes must have, if there is one."""
        return None

    async def paths(self, services: "Services", unit: Unit, table: TableMeta) -> Collection[str]:
        """See `Group.paths`."""
        return ()


class LogGroup(Group[Batch[EventT]]):
    """All who want the same events."""

    def __init__(self, feed: Feed, selection: LogSelection[EventT]) -> None:
        super().__init__(feed)
        self._selection = selection
        self._interest: Interest | None = None
        self._paths: Collection[str] = ()
        self._cursor: EventCursor | None = None
        """Where a delivery stands that was cut off."""

    @property
    def interest(self) -> Interest | None:
        """What the selection requires of a change."""
        return self._interest

    @property
    def paths(self) -> Collection[str]:
        """Those of the selection."""
        return self._paths

    async def prepare(self, unit: Unit, table: TableMeta) -> None:
        """Find out what the selection requires."""
        self._interest = await self._selection.prepare(self.feed.services, unit, table)
        self._paths = await self._selection.paths(self.feed.services, unit, table)

    async def deliver(self, since: str, until: str) -> None:
        """Read and hand over a few events at a time."""
        cursor = self._cursor or EventCursor(since, until)
        while cursor.until is not None:
            self._cursor = cursor
            batch = await self._selection.read(self.feed.services, cursor)
            if batch.count:
                self.put(batch)
            cursor = batch.cursor
            if cursor.until is not None:
                await self.pace()
        self._cursor = None


class LogStream(Generic[EventT]):
    """One subscriber's events, behind a cursor or from now on.

    What lies between the cursor and the present is read for this subscriber alone, a few events at a time, as it takes
    them; then it joins the others. When more waits for it than may, it goes back to the log and joins again.
    """

    def __init__(self, context: RequestContext, selection: LogSelection[EventT], after: EventCursor | None) -> None:
        self._context = context
        self._services = context.services
        self._selection = selection
        self._position = after
        self._subscriber = Subscriber[Batch[EventT]](context.viewer, context.services.limits)

    async def start(self) -> None:
        """Check that the stream may begin; raises what a read would."""
        self._selection = await self._selection.for_caller(self._context)
        self._subscriber.profile = self._selection.profile

    async def events(self) -> AsyncGenerator[EventT, None]:
        """The events, without end; raises when the caller may not see them any longer."""
        selection, subscriber = self._selection, self._subscriber
        with self._services.streams.following(selection.feed, selection.topic, subscriber) as feed:
            await selection.hold(feed)
            while True:
                if self._position is not None:
                    async for event in self._read_alone(feed, self._position):
                        yield event
                try:
                    async with aclosing(self._read_with_others(feed)) as events:
                        async for event in events:
                            yield event
                except Overflow:
                    continue

    async def _read_with_others(self, feed: Feed) -> AsyncGenerator[EventT, None]:
        """The events that the group hands over, and before them those between the position and where it stands."""
        subscriber, key = self._subscriber, self._selection.key
        try:
            group = feed.group(key, lambda: LogGroup(feed, self._selection))
            joined_at = await group.join(subscriber)
            if self._position is not None:
                async for event in self._read_alone(feed, EventCursor(self._position.since, joined_at)):
                    yield event
            self._position = EventCursor(joined_at)
            while True:
                for event in (await subscriber.take()).events:
                    subscriber.require_right()  # a slow client takes its time for each
                    if (shown := self._selection.shown(event, feed, subscriber.viewer)) is not None:
                        yield shown
                    self._position = event.cursor
        finally:
            feed.leave(key, subscriber)

    async def _read_alone(self, feed: Feed, cursor: EventCursor) -> AsyncGenerator[EventT, None]:
        """The events behind a cursor, up to its end or to the present."""
        is_bounded, is_last = cursor.until is not None, False
        while not is_last:
            self._subscriber.require_right()
            batch = await through_outages(partial(self._selection.read, self._services, cursor))
            for event in batch.events:
                self._subscriber.require_right()
                if (shown := self._selection.shown(event, feed, self._subscriber.viewer)) is not None:
                    yield shown
                self._position = event.cursor
            cursor = self._position = batch.cursor
            is_last = cursor.until is None if is_bounded else batch.is_last
