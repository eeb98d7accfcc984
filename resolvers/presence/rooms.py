"""One reader for each channel that has subscribers in this process: reads its state, and tells all what changed."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from uuid import UUID

from adapters.bus import Bus
from adapters.database import AWAY, Database
from domain.accounts.viewer import Viewer
from domain.presence.channels import Channel
from domain.presence.events import Member, PresenceEventType, changes_between
from domain.records.rendered import SharedRendered
from resolvers.presence.limits import PresenceLimits
from resolvers.presence.state import ChannelState, read_state

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """A state of a channel; `rendered` keeps what was made of it, by selection, for all who are told of it."""

    all: Sequence[Member]
    rendered: dict[Hashable, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """What happened to `member`, and everybody's state after it; several events of one read share that."""

    type: PresenceEventType
    channel: str
    member: Member | None
    members: Members
    rendered: dict[Hashable, SharedRendered] = field(default_factory=dict)


class Subscriber:
    """One subscription: what waits for it. One that falls behind gets the state anew in place of what it missed."""

    def __init__(self, viewer: Viewer, connection_id: UUID) -> None:
        self.viewer = viewer
        self._connection_id = str(connection_id)
        self._waiting: deque[Event] = deque()
        self._state: Event | None = None
        self._error: Exception | None = None
        self._ready = asyncio.Event()
        self.is_new = True

    def begin(self, channel: str, members: Members) -> None:
        """Deliver the state, in place of what waits; the member in it is the subscriber itself."""
        own = next((each for each in members.all if each["connectionId"] == self._connection_id), None)
        self._waiting.clear()
        self._state = Event(PresenceEventType.STATE, channel, own, members)
        self.is_new = False
        self._ready.set()

    def tell(self, events: Sequence[Event], members: Members, channel: str, most: int) -> None:
        """Deliver events, in order; the state, once too many of them wait."""
        if self._state is not None or len(self._waiting) + len(events) > most:
            self.begin(channel, members)
        else:
            self._waiting.extend(events)
            self._ready.set()

    def end(self, error: Exception) -> None:
        """Deliver nothing more but this error."""
        self._error = error
        self._ready.set()

    async def events(self) -> AsyncGenerator[Event, None]:
        """What is delivered, without end."""
        while True:
            await self._ready.wait()
            if self._error is not None:
                raise self._error
            if self._state is not None:
                event, self._state = self._state, None
            elif self._waiting:
                event = self._waiting.popleft()
            else:
                self._ready.clear()
                continue
            yield event


class Room:
    """The subscribers of one channel, and their reader, which works as long as there are some."""

    def __init__(self, channel: Channel, database: Database, bus: Bus, limits: PresenceLimits) -> None:
        self._channel = channel
        self._database = database
        self._bus = bus
        self._limits = limits
        self._subscribers: set[Subscriber] = set()
        self._members: Sequence[Member] | None = None
        self._woken = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody needs it."""
        return not self._subscribers

    def enter(self, subscriber: Subscriber) -> None:
        """Have a subscriber, who is a member by now, told the state as soon as it is read again, then the changes."""
        self._subscribers.add(subscriber)
        self._woken.set()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._work())

    def leave(self, subscriber: Subscriber) -> None:
        """Tell a subscriber nothing more."""
        self._subscribers.discard(subscriber)
        if self._reader is not None and self.is_empty:
            self._reader.cancel()
            self._reader = None

    async def _work(self) -> None:
        try:
            with self._bus.listening(self._channel.topic) as self._woken:
                while True:
                    self._woken.clear()
                    await self._look()
                    await self._rest()
        except Exception as error:  # a fault of ours: nobody may wait for a reader that is no more
            logger.exception("the reader of %s has failed", self._channel)
            for subscriber in self._subscribers:
                subscriber.end(error)

    async def _rest(self) -> None:
        """A moment in any case, and on until there may be news, or it is time to look anyway."""
        pause = self._limits.pause_seconds
        await asyncio.sleep(pause)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, self._limits.poll_seconds - pause)):
                await self._woken.wait()

    async def _look(self) -> None:
        """Read the state, and deliver it; while the database is away nobody is told anything."""
        subscribers = list(self._subscribers)
        viewers = list({subscriber.viewer for subscriber in subscribers})
        try:
            async with self._database.unit() as unit:
                state = await read_state(unit, self._channel, viewers, self._limits.most_members)
        except AWAY as error:
            logger.warning("presence in %s was not read: %s", self._channel, error)
            return
        refusals = dict(zip(viewers, state.refusals, strict=True))
        admitted = []
        for subscriber in subscribers:
            refusal = refusals[subscriber.viewer]
            if refusal is None:
                admitted.append(subscriber)
            else:
                subscriber.end(refusal)
        self._deliver(admitted, state)

    def _deliver(self, subscribers: Sequence[Subscriber], state: ChannelState) -> None:
        channel, members = str(self._channel), Members(state.members)
        changes = () if self._members is None else changes_between(self._members, state.members)
        events = [Event(type, channel, member, members) for type, member in changes]
        for subscriber in subscribers:
            if subscriber.is_new:
                subscriber.begin(channel, members)
            elif events:
                subscriber.tell(events, members, channel, self._limits.most_waiting)
        self._members = state.members


class Rooms:
    """The rooms of this process, by channel."""

    def __init__(self, make: Callable[[Channel], Room]) -> None:
        self._make = make
        self._rooms: dict[Channel, Room] = {}

    async def events(self, channel: Channel, subscriber: Subscriber) -> AsyncGenerator[Event, None]:
        """What is delivered to a subscriber of a channel; it enters with the first of it, and leaves at the end."""
        room = self._rooms.get(channel)
        if room is None:
            room = self._rooms[channel] = self._make(channel)
        room.enter(subscriber)
        try:
            async with aclosing(subscriber.events()) as events:
                async for event in events:
                    yield event
        finally:
            room.leave(subscriber)
            if room.is_empty:
                self._rooms.pop(channel, None)
