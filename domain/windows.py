"""Sliding windows: how much each of many keys may still take of something in a minute.

What was taken in the minute before this one counts in part: by how much of it lies within the last 60 seconds, as if it
had been taken evenly. Who takes all at once gets no more for a minute; the worst that can come within 60 seconds, of
two bursts around the end of a minute, is twice the limit. It is the counter of the library `limits`, whose storage in
Redis counts the same; docs/adr/requests-are-counted-in-sliding-windows.md says why its storage in memory does not.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60
MAX_KEYS: Final = 20_000
"""Whose counts are kept, of each quota; of more, those that took least lately begin anew. About 4 MB."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of a quota, and the seconds until all of it is."""

    limit: int
    remaining: int
    seconds: float


class Short(Exception):
    """Less is left than was asked for: what is, and the whole seconds until it is enough."""

    def __init__(self, balance: Balance, seconds: int) -> None:
        super().__init__(f"{balance.remaining} left, enough in {seconds} s")
        self.balance = balance
        self.seconds = seconds


@dataclass(slots=True)
class Window:
    """What was taken in the minute before, what in this one, and the seconds that are left of this one."""

    previous: int
    current: int
    left: float

    @property
    def counted(self) -> int:
        """What counts as taken within the last 60 seconds."""
        return int(self.previous * self.left / MINUTE) + self.current

    def balance(self, limit: int) -> Balance:
        """What is left of a limit."""
        return Balance(limit, max(0, limit - self.counted), self._until(limit, limit))

    def require(self, limit: int, amount: int) -> None:
        """Raise `Short` where less than an amount is left of a limit."""
        if self.counted + amount > limit:
            raise Short(self.balance(limit), int(self._until(limit, amount)) + 1)

    def _until(self, limit: int, amount: int) -> float:
        """The seconds until so much is left; no more than the limit."""
        room = limit - amount
        if self.current <= room:
            return max(0.0, self.left - MINUTE * (room + 1 - self.current) / self.previous) if self.previous else 0.0
        return self.left + max(0.0, MINUTE - MINUTE * (room + 1) / self.current)


@dataclass(slots=True)
class _Counts:
    previous: int
    current: int
    ends: float


class Windows:
    """The counts of one quota by key, in this process. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[Hashable, _Counts] = OrderedDict()

    def take(self, key: Hashable, limit: int, amount: int = 1) -> Balance:
        """Take so much of a key's quota; raises `Short` where less is left, and takes nothing then.

        What is more than the limit could never be taken, and so it takes all of it.
        """
        counts = self._of(key)
        window = Window(counts.previous, counts.current, counts.ends - self._clock())
        due = min(amount, limit)
        window.require(limit, due)
        counts.current = window.current = counts.current + due
        return window.balance(limit)

    def _of(self, key: Hashable) -> _Counts:
        now = self._clock()
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = _Counts(0, 0, now + MINUTE)
            if len(self._counts) > MAX_KEYS:
                self._counts.popitem(last=False)
            return counts
        self._counts.move_to_end(key)
        if now >= counts.ends:
            is_next = now < counts.ends + MINUTE
            counts.previous = counts.current if is_next else 0
            counts.ends = counts.ends + MINUTE if is_next else now + MINUTE
            counts.current = 0
        return counts
