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
from typing import Final, NamedTuple

MINUTE: Final = 60
MAX_KEYS: Final = 20_000
"""Whose counts are kept, of each quota; of more, those that took least lately begin anew. About 4 MB."""


class Balance(NamedTuple):
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
    """What a key took in the minute before, what in this one, and when that ends: in seconds, as all that is asked."""

    previous: int
    current: int
    ends: float

    def balance(self, now: float, limit: int) -> Balance:
        """What is left of a limit."""
        left = self.ends - now
        return Balance(limit, max(0, limit - self._counted(left)), self._until(left, 0))

    def short(self, now: float, limit: int, amount: int) -> Short:
        """What refuses so much of a limit; where it would be taken by now, a second later."""
        return Short(self.balance(now, limit), int(self._until(self.ends - now, limit - amount)) + 1)

    def turn(self, now: float) -> None:
        """Begin the next minute, where this one is over; a new one where that is long ago."""
        is_next = now < self.ends + MINUTE
        self.previous = self.current if is_next else 0
        self.ends = self.ends + MINUTE if is_next else now + MINUTE
        self.current = 0

    def _counted(self, left: float) -> int:
        """What counts as taken within the last 60 seconds."""
        return int(self.previous * left / MINUTE) + self.current

    def _until(self, left: float, room: int) -> float:
        """The seconds until no more than so much counts as taken."""
        if self.current <= room:
            return max(0.0, left - MINUTE * (room + 1 - self.current) / self.previous) if self.previous else 0.0
        return left + max(0.0, MINUTE - MINUTE * (room + 1) / self.current)


class Windows:
    """The windows of one quota by key, in this process. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: OrderedDict[Hashable, Window] = OrderedDict()

    def take(self, key: Hashable, limit: int, amount: int = 1) -> Balance:
        """Take so much of a key's quota; raises `Short` where less is left, and takes nothing then.

        What is more than the limit could never be taken, and so it takes all of it.
        """
        now = self._clock()
        window = self._windows.get(key)
        if window is None:
            window = self._begin(key, now)
        else:
            self._windows.move_to_end(key)
            if now >= window.ends:
                window.turn(now)
        due = amount if amount < limit else limit
        left, current = window.ends - now, window.current + due
        counted = current + int(window.previous * left / MINUTE) if window.previous else current
        if counted > limit:
            raise window.short(now, limit, due)
        window.current = current
        if not current:
            return window.balance(now, limit)
        return Balance(limit, limit - counted, left + MINUTE - MINUTE / current)  # the same, as every request needs it

    def _begin(self, key: Hashable, now: float) -> Window:
        window = self._windows[key] = Window(0, 0, now + MINUTE)
        if len(self._windows) > MAX_KEYS:
            self._windows.popitem(last=False)
        return window
