"""The Redis or Valkey that counts for all processes, and what is done while it is away."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import structlog
from limits.aio.storage import RedisStorage
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from adapters.bus.redis import redis_url

logger = structlog.get_logger(__name__)

_NOWHERE: Final = "async+redis://localhost:6379"
"""What the library wants to read, though the connections are given to it: it takes fewer forms of URLs than they do."""
PREFIX: Final = "tablegraph:limits"
SECONDS: Final = 0.5
"""How long it may take to answer: a request waits for it, and is better let through than late."""
PAUSE: Final = 1.0
"""For how long it is not asked again after it did not answer; each process then counts for itself."""
CONNECTIONS: Final = 8
"""Of each process, at most."""

T = TypeVar("T")


class Store:
    """The storage of the library `limits` at a URL, with a way around it; `clock` gives seconds."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = BlockingConnectionPool.from_url(
            redis_url(url),
            max_connections=CONNECTIONS,
            timeout=SECONDS,
            protocol=2,
            client_name="tablegraph-limits",
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
        )
        self.client = Redis(connection_pool=self._pool)
        options: dict[str, Any] = {"connection_pool": self._pool}  # which its annotations do not know
        self.storage = RedisStorage(_NOWHERE, implementation="redispy", key_prefix=PREFIX, **options)
        self._clock = clock
        self._asked_again_at = 0.0
        self._is_away = False

    async def ask(self, shared: Callable[[], Awaitable[T]], own: Callable[[], Awaitable[T]]) -> T:
        """What the shared count answers; or this process's own, where there is no answer to be had."""
        if self._is_away:
            if self._clock() < self._asked_again_at:
                return await own()
            self._asked_again_at = self._clock() + PAUSE  # by this request alone: the others need not wait for it
        try:
            answer = await shared()
        except (RedisError, OSError) as error:
            self._note_absence(error)
            return await own()
        if self._is_away:
            self._is_away = False
            logger.info("limits are shared again")
        return answer

    def _note_absence(self, error: Exception) -> None:
        self._asked_again_at = self._clock() + PAUSE
        if not self._is_away:
            self._is_away = True
            logger.warning("limits are counted by each process alone: the store does not answer", error=repr(error))

    async def probe(self) -> None:
        """Count something that is forgotten in a second; raises what the library does where that cannot be."""
        await self.storage.incr("probe", 1)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.disconnect()
