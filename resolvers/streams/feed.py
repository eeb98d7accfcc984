"""What is new of one topic, read once in a process for all who follow it, however many they are.

A feed looks when the bus wakes it, or the hub has seen something (see hub.py). One statement tells how far it has
seen, whether there is anything, and who may follow no longer; then the groups that are concerned read the rest.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from domain.errors import DomainError, Forbidden, NotFound
from resolvers.stream_figures import StreamFigures
from resolvers.streams.group import Group
from resolvers.streams.outages import through_outages
from resolvers.streams.subscriber import Subscriber
from resolvers.viewers import ViewerKey, signed_out

if TYPE_CHECKING:
    from resolvers.services import Services

logger = logging.getLogger(__name__)

BUSY_SECONDS: Final = 0.1
REST_SECONDS: Final = 0.03
"""How long a feed rests between looks that find something each time, `BUSY_SECONDS` apart at most. A look costs the
same for one change as for many, and would take a fifth of the CPU that is there for the writes."""

GroupT = TypeVar("GroupT", bound=Group[Any])


@dataclass(frozen=True, slots=True)
class Denied:
    """Who may follow no longer, by their numbers, from 1, in the list of viewers."""

    signed_out: Sequence[int]
    without_scope: Sequence[int]
    strangers: Sequence[int]


@dataclass(frozen=True, slots=True)
class News:
    """What a look has found: how far it saw, and how many changes there are.

    `age` is that of the oldest change in seconds; `values` are, for each field that leads to groups, the hashes of its
    values before and after the changes.
    """

    position: str
    count: int
    age: float | None
    denied: Denied
    values: dict[str, set[int]] = field(default_factory=dict)


class Feed(ABC):
    """One topic in one process, for as long as somebody follows it."""

    def __init__(self, services: "Services", topic: UUID) -> None:
        self.services = services
        self.topic = topic
        self.position: str | None = None
        """The snapshot of the last look."""
        self.looks = 0
        """How many there were."""
        self.tables = frozenset({topic})
        """Whose changes matter, as far as the last look knows."""
        self.due: set[Group[Any]] = set()
        """Groups that want the next look whether or not it finds anything."""
        self.schema_version: int | None = None
        self.error: Exception | None = None
        """What has ended the feed."""
        self.groups: dict[Hashable, Group[Any]] = {}
        self._by_any: set[Group[Any]] = set()
        self._followers: dict[ViewerKey, dict[Subscriber[Any], int]] = {}
        """Each with the number of looks that had begun before it came."""
        self._begun = 0
        self._looked: list[asyncio.Future[None]] = []
        """In the order in which they came."""
        self._woken = asyncio.Event()
        self._is_looking = False
        self._found_at = -inf
        """When there was something, the last time."""
        self._task = asyncio.create_task(self._run())

    @property
    def figures(self) -> StreamFigures:
        """What the process counts of its streams."""
        return self.services.figures

    @property
    def viewers(self) -> list[ViewerKey]:
        """All who follow, each once."""
        return list(self._followers)

    # --- who follows ---

    def add(self, subscriber: Subscriber[Any]) -> None:
        """Have this subscriber's rights looked after."""
        self._followers.setdefault(subscriber.viewer, {})[subscriber] = self._begun

    def remove(self, subscriber: Subscriber[Any]) -> bool:
        """Forget a subscriber; True when nobody is left."""
        of_viewer = self._followers.get(subscriber.viewer, {})
        of_viewer.pop(subscriber, None)
        if not of_viewer:
            self._followers.pop(subscriber.viewer, None)
        return not self._followers

    def group(self, key: Hashable, make: Callable[[], GroupT]) -> GroupT:
        """The group of all who want the same, made where there is none."""
        found = self.groups.get(key)
        if found is None:
            found = self.groups[key] = make()
            self.group_made(found)
        return found  # type: ignore[return-value]  # the key says of which kind it is

    def leave(self, key: Hashable, subscriber: Subscriber[Any]) -> None:
        """Take a subscriber out of its group; the last one closes it."""
        group = self.groups.get(key)
        if group is None:
            return
        group.leave(subscriber)
        if group.is_deserted:
            self._drop(key, group)

    def end(self, group: Group[Any], error: Exception) -> None:
        """End a group that cannot go on."""
        for key, each in list(self.groups.items()):
            if each is group:
                self._drop(key, group)
        group.fail(error)

    def _drop(self, key: Hashable, group: Group[Any]) -> None:
        del self.groups[key]
        self.group_dropped(group)
        group.close()

    def fail(self, error: Exception) -> None:
        """End everybody's stream, and the feed with them."""
        self.error = error
        for followers in list(self._followers.values()):
            for subscriber in list(followers):
                subscriber.fail(error)
        for group in self.groups.values():
            group.fail(error)
        looked, self._looked = self._looked, []
        for each in looked:
            if not each.done():
                each.set_exception(error)

    def close(self) -> None:
        """Stop: nobody follows any more."""
        self._task.cancel()
        for group in self.groups.values():
            group.close()

    # --- looking ---

    def wake(self) -> None:
        """Look soon."""
        self._woken.set()

    async def look(self) -> None:
        """Wait until the feed has looked, from now on, and has sent its groups on; raises what has ended it."""
        if self.error is not None:
            raise self.error
        looked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._looked.append(looked)
        self.wake()
        await looked

    def skip_to(self, position: str, since: str) -> None:
        """Go on to a snapshot, between which and `since` somebody else has seen no news."""
        if self.position == since and not self._is_looking:
            self.position = position

    async def _run(self) -> None:
        try:
            while True:
                await self._listen()
        except DomainError as error:
            self.fail(error)
        except Exception as error:  # whatever it is, nobody must wait for ever
            logger.exception("a feed failed")
            self.fail(error)

    async def _listen(self) -> None:
        """Look whenever the bus says so, until it has to listen to something else."""
        topics = await through_outages(self.topics)
        with self.services.bus.listening(*topics) as self._woken:
            self._woken.set()
            is_heard = True
            while is_heard:
                await self._woken.wait()
                self._woken.clear()
                is_busy = monotonic() - self._found_at < BUSY_SECONDS
                await self._look()
                if is_busy:
                    await asyncio.sleep(REST_SECONDS)
                is_heard = self.tables <= set(topics)

    async def _look(self) -> None:
        self._is_looking = True
        try:
            await self._look_and_send_on()
        finally:
            self._is_looking = False

    async def _look_and_send_on(self) -> None:
        count, viewers = len(self._looked), self.viewers
        self._begun += 1
        news = await through_outages(lambda: self.news(viewers))
        self._turn_away(viewers, news)
        since, self.position = self.position or news.position, news.position
        self.looks += 1
        if news.count:
            self._found_at = monotonic()
            self.figures.observe_lag(news.age or 0.0)
        due, self.due = self.due, set()
        for group in self.concerned(news) | due:
            group.advance(since, news.position)
        looked, self._looked = self._looked[:count], self._looked[count:]
        for each in looked:
            if not each.done():
                each.set_result(None)

    def _turn_away(self, viewers: list[ViewerKey], news: News) -> None:
        """End the streams of those who may not follow any longer."""
        for n in news.denied.signed_out:
            self._fail_viewer(viewers[n - 1], signed_out())
        for n in news.denied.without_scope:
            self._fail_viewer(viewers[n - 1], Forbidden("This API key lacks the scope 'read' by now."))
        for n in news.denied.strangers:
            self._fail_viewer(viewers[n - 1], self.missing())

    def _fail_viewer(self, viewer: ViewerKey, error: DomainError) -> None:
        """End the streams that were there when the look began; one that came later may have the right again."""
        for subscriber, begun in self._followers.get(viewer, {}).items():
            if begun < self._begun:
                subscriber.fail(error)

    # --- what a kind of feed is ---

    @abstractmethod
    async def news(self, viewers: list[ViewerKey]) -> News:
        """What is new since `position`; raises `NotFound` when the topic is gone."""

    async def topics(self) -> Sequence[UUID]:
        """What the bus has to say for the feed to look."""
        return [self.topic]

    @abstractmethod
    def missing(self) -> NotFound:
        """The error for those who may not see the topic."""

    # --- which groups a change concerns: all of them, unless a kind of feed knows better ---

    def concerned(self, news: News) -> set[Group[Any]]:
        """The groups that have to read what is new."""
        return set(self._by_any) if news.count else set()

    def group_made(self, group: Group[Any]) -> None:
        """Put a group where it is found."""
        self._by_any.add(group)

    def group_dropped(self, group: Group[Any]) -> None:
        """Take a group from where it is found."""
        self._by_any.discard(group)
