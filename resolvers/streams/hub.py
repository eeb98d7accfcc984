"""The feeds of a process, and the look around for what the bus did not say: lost wake-ups, lost rights.

However many topics are followed, the look around is one statement.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from adapters.tasks import beside
from domain.changes.news import POLL
from resolvers.streams.feed import Feed
from resolvers.streams.outages import is_outage
from resolvers.streams.subscriber import Subscriber
from resolvers.viewers import columns_of

if TYPE_CHECKING:
    from resolvers.services import Services

logger = logging.getLogger(__name__)

FeedT = TypeVar("FeedT", bound=Feed)


class Hub:
    """Where streams find the feed of what they follow. Looks around within `running` only."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._feeds: dict[tuple[type[Feed], UUID], Feed] = {}
        connections = services.database.pool_size
        self.turns = asyncio.Semaphore(max(connections // 2, 1))
        """Taken by every read of a stream: a thousand that want one at once wait here, and leave others connections."""
        self.looks = asyncio.Semaphore(max(connections // 4, 1))
        """Likewise for the looks of the feeds, which come before the reads that follow from them."""

    @property
    def feeds(self) -> int:
        """How many topics are followed."""
        return len(self._feeds)

    @contextmanager
    def following(self, kind: type[FeedT], topic: UUID, subscriber: Subscriber[Any]) -> Iterator[FeedT]:
        """The feed of a topic, which looks after the subscriber's rights until the end of the block."""
        feed = self._feeds.get((kind, topic))
        if not isinstance(feed, kind) or feed.error is not None:
            feed = self._feeds[kind, topic] = kind(self._services, topic)
        feed.add(subscriber)
        try:
            yield feed
        finally:
            if feed.remove(subscriber):
                feed.close()
                if self._feeds.get((kind, topic)) is feed:
                    del self._feeds[kind, topic]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look around every now and then for as long as the block lasts."""
        async with beside(self._look_around_for_ever()):
            yield

    async def _look_around_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._services.limits.event_poll_interval.total_seconds())
            try:
                await self.look_around()
            except Exception as error:  # it must never stop
                if is_outage(error):
                    logger.warning("the streams cannot look for changes: %s", error)
                else:
                    logger.exception("the streams cannot look for changes")

    async def look_around(self) -> None:
        """Wake the feeds for which there is something, and send the others on."""
        feeds = [feed for feed in self._feeds.values() if feed.position is not None]
        if not feeds:
            return
        positions = [feed.position for feed in feeds]
        followed = [(viewer, n) for n, feed in enumerate(feeds, start=1) for viewer in feed.viewers]
        async with self._services.database.unit() as unit:
            [(position, numbers)] = await unit.connection.fetch(
                POLL,
                [feed.topic for feed in feeds],
                [feed.schema_version for feed in feeds],
                positions,
                *columns_of([viewer for viewer, _ in followed]),
                [n for _, n in followed],
                [f"{{{','.join(map(str, feed.tables))}}}" for feed in feeds],
            )
        woken = set(numbers)
        for n, (feed, since) in enumerate(zip(feeds, positions, strict=True), start=1):
            if n in woken:
                feed.wake()
            elif since is not None:
                feed.skip_to(position, since)
