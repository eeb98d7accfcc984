"""Attempts at credentials: after each that fails the next has to wait, longer and longer.

Three things are looked at. The pair of an account and a network waits from the first failure on. An account waits for a
shorter time, and only after many failures from anywhere: or else anybody could lock its owner out. A network waits
likewise, for those who try one password on many accounts. A network from which the account was opened before is spared
the last two, so that its owner comes in while others try.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import Final

from adapters.quotas import Counters
from domain.errors import DomainError, RateLimited
from domain.guesses import Pace, delay_after
from domain.instants import reset_at

GUESSES: Final = "guesses"
AT_ONCE: Final = 3
"""Attempts of one pair that may be under way in a process at a time; after a failure, one."""
KNOWN_SECONDS: Final = 30 * 86_400
"""For how long a network counts as one that an account was opened from."""

Errors = tuple[type[DomainError], ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to pass as somebody: `what` is tried, on which account, and from where.

    Without an account, as where a token says whose it is, only the network is looked at.
    """

    what: str
    account: str | None
    network: str | None

    def key(self, *parts: str | None) -> str:
        """The key of a count about some of it: short, and it tells nobody an address."""
        return f"{self.what}:{sha256(repr(parts).encode()).hexdigest()[:32]}"

    @property
    def pair(self) -> str:
        """The key of its account and network together."""
        return self.key("pair", self.account, self.network)


@dataclass(frozen=True, slots=True)
class _Place:
    """Something that failures are counted of."""

    key: str
    pace: Pace


class Guesses:
    """Counts failures."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._under_way: Counter[str] = Counter()

    @asynccontextmanager
    async def attempt(self, attempt: Attempt, rules: "Rules", wrong: Errors) -> AsyncIterator[None]:
        """Look at an attempt around the block that makes it, which has failed when it raises one of `wrong`.

        Raises `RateLimited`, before the block, for one that has to wait; that does not count as another failure.
        """
        if not rules.seconds:
            yield
            return
        places = rules.places(attempt)
        await self._require_turn(attempt, places, "There were failed attempts")
        with self._one_more(attempt, most=1 if await self._counters.count(f"failed:{attempt.pair}") else AT_ONCE):
            try:
                yield
            except wrong:
                for place in places:
                    await self._fail(place, rules.memory)
                raise
        await self._succeed(attempt)

    async def ask(self, attempt: Attempt, rules: "Rules") -> None:
        """Count what is not to be asked for often, like a failure; raises `RateLimited` for what has to wait."""
        if not rules.seconds:
            return
        places = rules.places(attempt)
        await self._require_turn(attempt, places, "This was asked for before")
        for place in places:
            await self._fail(place, rules.memory)

    async def _require_turn(self, attempt: Attempt, places: list[_Place], why: str) -> None:
        is_known = await self._counters.count(f"known:{attempt.pair}")
        for place in places:
            key = f"wait:{place.key}"
            if (place.key == attempt.pair or not is_known) and await self._counters.count(key):
                raise _too_soon(max(1, ceil(await self._counters.seconds_left(key))), why)

    @contextmanager
    def _one_more(self, attempt: Attempt, *, most: int) -> Iterator[None]:
        if self._under_way[attempt.pair] >= most:
            raise _too_soon(1, "Other attempts are under way")
        self._under_way[attempt.pair] += 1
        try:
            yield
        finally:
            self._under_way[attempt.pair] -= 1
            if not self._under_way[attempt.pair]:
                del self._under_way[attempt.pair]

    async def _fail(self, place: _Place, memory: int) -> None:
        failures = await self._counters.add(f"failed:{place.key}", memory)
        seconds = delay_after(failures, place.pace)
        if seconds:
            await self._counters.add(f"wait:{place.key}", seconds)

    async def _succeed(self, attempt: Attempt) -> None:
        """Forget the failures of the account; not those of the network, for anybody has an account to succeed with."""
        for key in (attempt.pair, attempt.key("account", attempt.account)):
            await self._counters.forget(f"failed:{key}")
        if attempt.account is not None and not await self._counters.count(f"known:{attempt.pair}"):
            await self._counters.add(f"known:{attempt.pair}", KNOWN_SECONDS)


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient one has to be: the longest delay in seconds, 0 for none, and the failures that are free of it."""

    seconds: int
    free_of_account: int
    free_of_address: int
    memory: int
    """For how many seconds a failure is remembered."""

    def places(self, attempt: Attempt) -> list[_Place]:
        """What the failures of an attempt are counted of; 0 free failures switch a count off."""
        softer = max(1, self.seconds // 10)
        found = []
        if attempt.account is not None:
            found.append(_Place(attempt.pair, Pace(0, self.seconds)))
            if self.free_of_account:
                found.append(_Place(attempt.key("account", attempt.account), Pace(self.free_of_account, softer)))
        if self.free_of_address:
            found.append(_Place(attempt.key("address", attempt.network), Pace(self.free_of_address, softer)))
        return found


def _too_soon(seconds: int, why: str) -> RateLimited:
    message = f"{why}; try again in {seconds} s."
    reset = reset_at(seconds)
    return RateLimited(message, quota=GUESSES, limit=1, remaining=0, resetAt=reset, retryAfter=seconds)
