"""What a request is charged before it is executed, and how its answer says so."""

from typing import NamedTuple

from domain.errors import QueryTooComplex
from domain.instants import reset_at
from domain.windows import Balance
from resolvers.context import RequestContext
from resolvers.rates import spend


class Charge(NamedTuple):
    """What a request costs, the most that one may, and what its caller has left; None where nobody counts that."""

    requested: int
    limit: int
    balance: Balance | None

    def extended(self, body: bytes) -> bytes:
        """A response's JSON object with the charge in its `extensions`; it must not have any yet."""
        balance, left = self.balance, ""
        if balance is not None:
            left = f',"remaining":{balance.remaining},"resetAt":"{reset_at(balance.seconds)}"'
        cost = f',"extensions":{{"cost":{{"requested":{self.requested},"limit":{self.limit}{left}}}}}}}'
        return body[:-1] + cost.encode()


async def charge(cost: int, context: RequestContext) -> Charge:
    """Charge a request's caller with its cost, by the limits as they are now.

    Raises `QueryTooComplex` where that is more than one request may cost, and `RateLimited` where it is more than the
    caller has left of the minute.
    """
    limits = context.services.limits
    most = limits.max_query_cost
    if cost > most:
        over = cost - most
        message = f"The operation costs {cost:,}, {over:,} more than the {most:,} that one may; ask for less."
        raise QueryTooComplex(message, limit="max_query_cost", found=cost, most=most)
    return Charge(cost, most, await spend(context, cost, limits.max_cost_per_minute))
