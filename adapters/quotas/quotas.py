"""What everything that counts has in common: how much a key may still take of a quota in a minute."""

from collections import defaultdict
from typing import Protocol

from domain.windows import Balance, Windows


class Quotas(Protocol):
    """Counts, for each quota, what each key has taken within the last minute."""

    async def take(self, quota: str, key: str, limit: int, amount: int = 1) -> Balance:
        """Take so much of a key's quota; raises `Short` where less is left, and takes nothing then.

        What is more than the limit could never be taken, and so it takes all of it.
        """
        ...


class OwnQuotas:
    """Those of this process alone; a key costs about 200 bytes."""

    def __init__(self) -> None:
        self._windows: defaultdict[str, Windows] = defaultdict(Windows)

    async def take(self, quota: str, key: str, limit: int, amount: int = 1) -> Balance:
        """See `Quotas.take`."""
        return self._windows[quota].take(key, limit, amount)
