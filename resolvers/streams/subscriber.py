"""One who follows a stream: what was handed over and has yet to be taken, and the error that ends it."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from domain.access.profile import Profile
from domain.accounts.viewer import Viewer
from resolvers.viewers import ViewerKey

if TYPE_CHECKING:
    from resolvers.services import Limits


class Portion(Protocol):
    """Something that is handed to subscribers; they all get the same object."""

    @property
    def count(self) -> int:
        """How many messages it comes to."""

    @property
    def size(self) -> int:
        """How many bytes they have, roughly."""


PortionT = TypeVar("PortionT", bound=Portion)


class Overflow(Exception):
    """More was handed over than a subscriber may have waiting; what it had not taken is gone."""


class Subscriber(Generic[PortionT]):
    """Bounded by messages and bytes: behind those, it has to read the log by itself."""

    __slots__ = (
        "_count",
        "_error",
        "_max_count",
        "_max_size",
        "_overflows",
        "_portions",
        "_size",
        "_waiter",
        "profile",
        "viewer",
    )

    def __init__(self, viewer: Viewer, limits: "Limits") -> None:
        self.viewer = ViewerKey.of(viewer)
        self.profile: Profile | None = None
        """Whom what it follows is made for."""
        self._max_count = limits.max_queued_events
        self._max_size = limits.max_queued_bytes
        self._portions: deque[PortionT] = deque()
        self._count = self._size = 0
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._overflows = False

    def put(self, portion: PortionT) -> bool:
        """Hand over a portion; False when that is too much: then nothing waits here any more. Nor behind the end."""
        if self._error is not None:
            return True
        self._count += portion.count
        self._size += portion.size
        if self._portions and (self._count > self._max_count or self._size > self._max_size):
            self.overflow()
            return False
        self._portions.append(portion)
        self._wake()
        return True

    def overflow(self) -> None:
        """Drop what waits: the subscriber is left to the log."""
        self._empty()
        self._overflows = True
        self._wake()

    def fail(self, error: Exception) -> None:
        """End the stream with an error, before anything that waits."""
        self._error = self._error or error
        self._empty()
        self._wake()

    @property
    def is_behind(self) -> bool:
        """Whether half of what may wait does wait."""
        return self._count * 2 > self._max_count or self._size * 2 > self._max_size

    def require_right(self) -> None:
        """Raise the error that has ended the stream, if one has."""
        if self._error is not None:
            raise self._error

    async def take(self) -> PortionT:
        """The next portion; raises the error that ends the stream, and `Overflow` once after too much was put."""
        while not self._portions:
            self.require_right()
            if self._overflows:
                self._overflows = False
                raise Overflow
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        portion = self._portions.popleft()
        self._count -= portion.count
        self._size -= portion.size
        return portion

    def _empty(self) -> None:
        self._portions.clear()
        self._count = self._size = 0

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
