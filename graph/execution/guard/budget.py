"""How much each caller may still spend on operations: a bucket a caller, that fills up again over a minute."""

import time
from collections.abc import Callable, Hashable

from domain.buckets import Balance, Buckets, Short
from domain.errors import RateLimited


class Budgets:
    """The budgets of all callers of this process. `clock` gives seconds."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets = Buckets(per_minute, clock)

    def spend(self, caller: Hashable, cost: int) -> Balance:
        """Take a cost from a caller's budget; raises `RateLimited` where it holds less, and takes nothing then."""
        try:
            return self._buckets.take(caller, cost)
        except Short as short:
            message = (
                f"This costs {cost:,} and {short.left:,} are left of your {self._buckets.per_minute:,} a minute; "
                f"try again in {short.seconds} s."
            )
            raise RateLimited(message, requested=cost, remaining=short.left, retryAfter=short.seconds) from None
