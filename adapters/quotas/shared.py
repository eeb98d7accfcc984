"""Quotas that all processes count together."""

from adapters.quotas.quotas import OwnQuotas
from adapters.quotas.store import Store
from domain.windows import MINUTE, Balance, Short, Window


class SharedQuotas:
    """Sliding windows in a Redis or Valkey; in this process while that is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own = OwnQuotas()

    async def take(self, quota: str, key: str, limit: int, amount: int = 1) -> Balance:
        """See `Quotas.take`. Two round trips: whether it was taken, and what is left."""
        due = min(amount, limit)
        return await self._store.ask(
            lambda: self._take(f"{quota}:{key}", limit, due), lambda: self._own.take(quota, key, limit, due)
        )

    async def _take(self, key: str, limit: int, amount: int) -> Balance:
        storage = self._store.storage
        is_taken = await storage.acquire_sliding_window_entry(key, limit, MINUTE, amount)
        previous, previous_left, current, current_left = await storage.get_sliding_window(key, MINUTE)
        left = current_left - MINUTE if current_left > MINUTE else previous_left
        window = Window(previous, current, max(0.0, min(float(MINUTE), left)))
        if is_taken:
            return window.balance(limit)
        window.require(limit, amount)
        raise Short(window.balance(limit), 1)  # it would be taken by now, a moment later
