"""Quotas that all processes count together."""

from typing import Final

from adapters.quotas.quotas import OwnQuotas
from adapters.quotas.store import Store
from domain.windows import MINUTE, Balance, Window

_SCRIPT: Final = """
local function acquire(KEYS, ARGV)
{acquire}
end
local function look(KEYS, ARGV)
{look}
end
local taken = acquire(KEYS, ARGV)
local found = look(KEYS, {{ARGV[2]}})
return {{taken and 1 or 0, found[1], found[2], found[3], found[4]}}
"""
"""Two scripts of the library `limits` in one round trip: whether so much was taken, and the counts."""

_NOW: Final = 0.0
"""A store tells lives, and no times: its windows are of this moment."""


class SharedQuotas:
    """Sliding windows in a Redis or Valkey; in this process while that is away."""

    def __init__(self, store: Store) -> None:
        bridge = store.storage.bridge
        parts = {"acquire": bridge.SCRIPT_ACQUIRE_SLIDING_WINDOW, "look": bridge.SCRIPT_SLIDING_WINDOW}
        self._store = store
        self._script = store.client.register_script(
            _SCRIPT.format(**{name: text.decode() for name, text in parts.items()})
        )
        self._own = OwnQuotas()

    async def take(self, quota: str, key: str, limit: int, amount: int = 1) -> Balance:
        """See `Quotas.take`."""
        due = min(amount, limit)
        return await self._store.ask(
            lambda: self._take(f"{quota}:{key}", limit, due), lambda: self._own.take(quota, key, limit, due)
        )

    async def _take(self, key: str, limit: int, amount: int) -> Balance:
        current = self._store.storage.bridge.prefixed_key(f"{{{key}}}")  # in braces: both keys lie on one node
        is_taken, *counts = await self._script([f"{current}/-1", current], [limit, MINUTE, amount])
        window = _window(*(int(count or 0) for count in counts))
        if not is_taken:
            raise window.short(_NOW, limit, amount)
        return window.balance(_NOW, limit)


def _window(previous: int, previous_ms: int, current: int, current_ms: int) -> Window:
    """The window of counts and their lives in ms: a minute's is two minutes, for it counts in the next one, too."""
    left = current_ms / 1_000 - MINUTE if current_ms > MINUTE * 1_000 else previous_ms / 1_000
    return Window(previous, current, _NOW + max(0.0, min(float(MINUTE), left)))
