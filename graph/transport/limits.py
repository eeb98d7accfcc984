"""The numbers that bound connections, and the counting that they need."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.errors import RateLimited
from graph.transport.json_input import JsonLimits
from resolvers.context import RequestContext

MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Bounds of one connection; each is a setting of nearly the same name."""

    init_seconds: float
    """Until a socket must be initialised."""
    heartbeat_seconds: float
    """Between two signs of life of a streamed HTTP response."""
    max_body_bytes: int
    json: JsonLimits
    max_message_bytes: int
    max_messages_per_minute: int
    max_operations: int
    """That run on one socket at a time."""


class MessageRate:
    """Whether a connection sends too much: exact for every minute, not only for those that begin at a full one."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=most)

    def is_exceeded(self) -> bool:
        """Count one more message; True when more than `most` came within the last minute."""
        now, times = self._clock(), self._times
        exceeded = len(times) == times.maxlen and now - times[0] < MINUTE
        times.append(now)
        return exceeded


class CallerLimit:
    """How many of something each caller has in this process at a time, over whatever connections."""

    def __init__(self, most: int, what: str) -> None:
        self._most = most
        self._what = what
        self._running: Counter[UUID | str | None] = Counter()

    @contextmanager
    def place(self, context: RequestContext) -> Iterator[None]:
        """Count one more while the block runs; raises `RateLimited` where the caller has the most already.

        Those of anonymous callers count together where they come from one network.
        """
        viewer = context.viewer_or_none
        owner = context.client.network if viewer is None else viewer.user_id
        if self._running[owner] >= self._most:
            message = f"{self._most} {self._what} of yours run on this server, which is the most; end one first."
            raise RateLimited(message, quota=self._what, limit=self._most, remaining=0)
        self._running[owner] += 1
        try:
            yield
        finally:
            self._running[owner] -= 1
            if not self._running[owner]:
                del self._running[owner]


@dataclass(frozen=True, slots=True)
class CallerLimits:
    """What is counted for each caller."""

    subscriptions: CallerLimit
    sockets: CallerLimit
