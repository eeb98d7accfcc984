"""What a request is charged before it is executed, and how its answer says so."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil

from domain.buckets import Balance
from domain.errors import QueryTooComplex
from graph.execution.guard.budget import Budgets
from resolvers.context import RequestContext
from resolvers.services import Limits


@dataclass(frozen=True, slots=True)
class Charge:
    """What a request costs, the most that one may, and what its caller has left; None where nobody counts that."""

    requested: int
    limit: int
    balance: Balance | None

    def extended(self, body: bytes) -> bytes:
        """A response's JSON object with the charge in its `extensions`; it must not have any yet."""
        return body[:-1] + f',"extensions":{{"cost":{{{self._members()}}}}}}}'.encode()

    def _members(self) -> str:
        cost = f'"requested":{self.requested},"limit":{self.limit}'
        if self.balance is None:
            return cost
        reset = _instant(ceil(time.time() + self.balance.seconds))
        return f'{cost},"remaining":{self.balance.remaining},"resetAt":"{reset}"'


class Meter:
    """Charges requests: each may cost so much, and all requests of a caller within a minute."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.max_query_cost
        self._budgets = Budgets(limits.max_cost_per_minute) if limits.max_cost_per_minute else None

    def charge(self, cost: int, context: RequestContext) -> Charge:
        """Charge the caller with a cost; raises `QueryTooComplex` or `RateLimited`."""
        if cost > self._most:
            over, most = cost - self._most, self._most
            message = f"The operation costs {cost:,}, {over:,} more than the {most:,} that one may; ask for less."
            raise QueryTooComplex(message, limit="max_query_cost", found=cost, most=most)
        balance = None if self._budgets is None else self._budgets.spend(_caller(context), cost)
        return Charge(cost, self._most, balance)


def _caller(context: RequestContext) -> Hashable:
    """Whose budget it is: an API key's or application token's, a user's, or the network's of an anonymous caller."""
    viewer = context.viewer_or_none
    if viewer is not None:
        return viewer.api_key_id or viewer.application_token_id or viewer.user_id
    return context.client.network


@lru_cache(maxsize=100)  # writing a time takes longer than all the rest of a charge
def _instant(seconds: int) -> str:
    """A Unix time as ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
