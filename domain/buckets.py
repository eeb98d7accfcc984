"""Token buckets: how much each of many keys may still take of something that fills up again over a minute."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil
from typing import Final

MINUTE: Final = 60.0
MAX_KEYS: Final = 20_000
"""Whose buckets are kept; of more, those that were taken from least lately begin full again. About 4 MB."""


@dataclass(slots=True)
class _Bucket:
    """What was left at a time."""

    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Balance:
    """What a bucket has left, and the seconds until it is full again."""

    remaining: int
    seconds: float


class Short(Exception):
    """A bucket holds less than was asked of it: what it holds, and the seconds until it has that much."""

    def __init__(self, left: int, seconds: int) -> None:
        super().__init__(f"{left} left, enough in {seconds} s")
        self.left = left
        self.seconds = seconds


class Buckets:
    """One bucket a key, in this process. `clock` gives seconds.

    The library `limits` counts in windows, whose end lets through twice as much as they allow; it has no bucket, and
    its storage in memory takes a lock and a timer thread. This is what a bucket takes.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._rate = per_minute / MINUTE
        self._clock = clock
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, key: Hashable, amount: int = 1) -> Balance:
        """Take so much from a key's bucket; raises `Short` where it holds less, and takes nothing then.

        What is more than a whole bucket could never be taken, and so it takes a full one.
        """
        now, due = self._clock(), float(min(amount, self.per_minute))
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(float(self.per_minute), now)
            if len(self._buckets) > MAX_KEYS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            bucket.left = min(float(self.per_minute), bucket.left + (now - bucket.at) * self._rate)
            bucket.at = now
        if bucket.left < due:
            raise Short(int(bucket.left), ceil((due - bucket.left) / self._rate))
        bucket.left -= due
        return Balance(int(bucket.left), (self.per_minute - bucket.left) / self._rate)
