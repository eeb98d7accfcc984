"""Counts that are forgotten after some time, such as those of failures to sign in."""

import time
from typing import Protocol

from limits.aio.storage import MemoryStorage, Storage

from adapters.quotas.store import Store


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


class StoredCounters:
    """Counters over a storage of the library `limits`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def add(self, key: str, seconds: int) -> int:
        """See `Counters.add`."""
        return await self._storage.incr(key, seconds)

    async def count(self, key: str) -> int:
        """See `Counters.count`."""
        return await self._storage.get(key)

    async def seconds_left(self, key: str) -> float:
        """See `Counters.seconds_left`."""
        return max(0.0, await self._storage.get_expiry(key) - time.time())

    async def forget(self, key: str) -> None:
        """See `Counters.forget`."""
        await self._storage.clear(key)


def own_counters() -> StoredCounters:
    """Counters of this process alone."""
    return StoredCounters(MemoryStorage())


class SharedCounters:
    """Counters in a Redis or Valkey; in this process while that is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shared = StoredCounters(store.storage)
        self._own = own_counters()

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
