"""Counts that are forgotten after some time, such as those of failures to sign in."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from limits.aio.storage import Storage

from adapters.quotas.store import Store

MAX_KEYS: Final = 100_000
"""That a process counts for itself; of more, those that were counted least lately are forgotten. About 30 MB."""


class Counters(Protocol):
    """Counts by key; each key is forgotten some seconds after it was first counted."""

    async def add(self, key: str, seconds: int) -> int:
        """Count one more, for so many seconds where it is the first; how many that makes."""
        ...

    async def count(self, key: str) -> int:
        """How many were counted."""
        ...

    async def seconds_left(self, key: str) -> float:
        """How long the key is still remembered."""
        ...

    async def forget(self, key: str) -> None:
        """Forget the key at once."""
        ...


@dataclass(slots=True)
class _Count:
    count: int
    ends: float


class OwnCounters:
    """Counters of this process alone. `clock` gives seconds.

    Those of the library `limits` go through all keys with each count, and keep any number of them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    async def add(self, key: str, seconds: int) -> int:
        """See `Counters.add`."""
        found = self._found(key)
        if found is None:
            found = self._counts[key] = _Count(0, self._clock() + seconds)
            if len(self._counts) > MAX_KEYS:
                self._counts.popitem(last=False)
        self._counts.move_to_end(key)
        found.count += 1
        return found.count

    async def count(self, key: str) -> int:
        """See `Counters.count`."""
        found = self._found(key)
        return 0 if found is None else found.count

    async def seconds_left(self, key: str) -> float:
        """See `Counters.seconds_left`."""
        found = self._found(key)
        return 0.0 if found is None else found.ends - self._clock()

    async def forget(self, key: str) -> None:
        """See `Counters.forget`."""
        self._counts.pop(key, None)

    def _found(self, key: str) -> _Count | None:
        found = self._counts.get(key)
        if found is not None and found.ends <= self._clock():
            del self._counts[key]
            return None
        return found


class _StoredCounters:
    """Counters over a storage of the library `limits`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def add(self, key: str, seconds: int) -> int:
        return await self._storage.incr(key, seconds)

    async def count(self, key: str) -> int:
        return await self._storage.get(key)

    async def seconds_left(self, key: str) -> float:
        return max(0.0, await self._storage.get_expiry(key) - time.time())

    async def forget(self, key: str) -> None:
        await self._storage.clear(key)


class SharedCounters:
    """Counters in a Redis or Valkey; in this process while that is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shared = _StoredCounters(store.storage)
        self._own = OwnCounters()

    async def add(self, key: str, seconds: int) -> int:
        """See `Counters.add`."""
        return await self._store.ask(lambda: self._shared.add(key, seconds), lambda: self._own.add(key, seconds))

    async def count(self, key: str) -> int:
        """See `Counters.count`."""
        return await self._store.ask(lambda: self._shared.count(key), lambda: self._own.count(key))

    async def seconds_left(self, key: str) -> float:
        """See `Counters.seconds_left`."""
        return await self._store.ask(lambda: self._shared.seconds_left(key), lambda: self._own.seconds_left(key))

    async def forget(self, key: str) -> None:
        """See `Counters.forget`."""
        await self._store.ask(lambda: self._shared.forget(key), lambda: self._own.forget(key))
