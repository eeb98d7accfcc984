"""The subscribers of a feed who want the very same: it is read and encoded once, and handed to all of them.

A group stands where its feed stands, as long as nothing has happened that concerns it; so a change costs nothing for
groups that it does not concern. One that is concerned reads by itself: it may have much to read, and holds up no other.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Generic

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import DomainError
from resolvers.streams.outages import through_outages
from resolvers.streams.subscriber import PortionT, Subscriber

if TYPE_CHECKING:
    from resolvers.streams.feed import Feed

PATIENCE_SECONDS: Final = 0.5
"""How long a group waits, before it reads on, for subscribers who are behind; then they are left to the log."""
_LOOK_SECONDS: Final = 0.005

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Interest:
    """A field (its id, or a system column), and the hash of a value of it."""

    field: str
    hash: int


class Group(ABC, Generic[PortionT]):
    """One evaluation of a feed."""

    def __init__(self, feed: "Feed") -> None:
        self.feed = feed
        self.subscribers: set[Subscriber[PortionT]] = set()
        self._since = self._target = ""
        """Between which snapshots something is under way."""
        self._reached = self._target_look = 0
        """Of which look of the feed all was handed over, and of which it shall be."""
        self._task: asyncio.Task[None] | None = None
        self._coming = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._error: Exception | None = None
        self.is_closed = False
        """Whether the feed has no such group any more."""

    @property
    def interest(self) -> Interest | None:
        """The one value that a change must bring or take away to concern the group; None when any change may."""
        return None

    @property
    def paths(self) -> Collection[str]:
        """The fields of linked records that the group looks at, whether or not the table's fields show them."""
        return ()

    @property
    def follows_schema(self) -> bool:
        """Whether a change of the table's fields concerns the group."""
        return False

    async def prepare(self, unit: Unit, table: TableMeta) -> None:
        """Get ready for this version of the table; raises `BadRequest` when it does not fit (any more)."""

    @property
    def position(self) -> str | None:
        """The snapshot up to which all was handed over; that of the feed where nothing is under way."""
        return self.feed.position if self._task is None else self._since

    def advance(self, since: str, until: str) -> None:
        """Hand over what is between two snapshots, the first of which the feed has just left."""
        self._target, self._target_look = until, self.feed.looks
        if self._task is None and not self.is_closed:
            self._since = since
            self._task = asyncio.create_task(self._work())

    async def join(self, subscriber: Subscriber[PortionT]) -> str:
        """Hand over to this subscriber what comes behind a snapshot, which is returned and later than the call."""
        self._coming += 1
        try:
            await self.feed.look()
            wanted = self.feed.looks
            while self._error is None and self._task is not None and self._reached < wanted:
                reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(reached)
                await reached
        finally:
            self._coming -= 1
        if self._error is not None:
            raise self._error
        if self.position is None:
            raise RuntimeError("the feed has looked and has no position")
        self.subscribers.add(subscriber)
        return self.position

    def leave(self, subscriber: Subscriber[PortionT]) -> None:
        """Hand over no more; the last one ends the group."""
        self.subscribers.discard(subscriber)

    @property
    def is_deserted(self) -> bool:
        """Whether nobody is here, nor about to join."""
        return not self.subscribers and not self._coming

    def fail(self, error: Exception) -> None:
        """End the streams of all subscribers, and of those about to join."""
        self._error = error
        for subscriber in self.subscribers:
            subscriber.fail(error)
        self._let_in()

    def close(self) -> None:
        """Stop what is under way, for good."""
        self.is_closed = True
        if self._task is not None:
            self._task.cancel()

    @abstractmethod
    async def deliver(self, since: str, until: str) -> None:
        """Hand over what happened between two snapshots; called again with the same ones after an outage."""

    def put(self, portion: PortionT) -> None:
        """Hand a portion to every subscriber; those who have too much waiting leave the group."""
        full = [subscriber for subscriber in self.subscribers if not subscriber.put(portion)]
        self._leave_to_the_log(full)

    async def pace(self) -> None:
        """Wait a little for subscribers who are behind, before more is read; those who still are then have to leave."""
        waited = 0.0
        while behind := [subscriber for subscriber in self.subscribers if subscriber.is_behind]:
            if waited >= PATIENCE_SECONDS:
                for subscriber in behind:
                    subscriber.overflow()
                self._leave_to_the_log(behind)
                break
            await asyncio.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS

    def _leave_to_the_log(self, slow: list[Subscriber[PortionT]]) -> None:
        self.subscribers.difference_update(slow)
        self.feed.figures.drops += len(slow)

    async def _work(self) -> None:
        try:
            while self._reached < self._target_look:
                target, look = self._target, self._target_look
                await through_outages(partial(self.deliver, self._since, target))
                self._since, self._reached = target, look
                self._let_in()
        except asyncio.CancelledError:
            raise
        except DomainError as error:
            self.feed.end(self, error)
        except Exception as error:  # whatever it is, the subscribers must not wait for ever
            logger.exception("a stream's evaluation failed")
            self.feed.end(self, error)
        finally:
            self._task = None
            self._let_in()

    def _let_in(self) -> None:
        """Let those look who wait for the group to get further."""
        waiting, self._waiting = self._waiting, []
        for reached in waiting:
            if not reached.done():
                reached.set_result(None)
