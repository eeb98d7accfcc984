"""What a request is charged before it is executed, and how its answer says so."""

from dataclasses import dataclass

from domain.errors import QueryTooComplex
from domain.instants import reset_at
from domain.windows import Balance
from resolvers.context import RequestContext
from resolvers.rates import spend
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
        return f'{cost},"remaining":{self.balance.remaining},"resetAt":"{reset_at(self.balance.seconds)}"'


class Meter:
    """Charges requests: each may cost so much, and all requests of a caller within a minute."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.max_query_cost
        self._per_minute = limits.max_cost_per_minute

    async def charge(self, cost: int, context: RequestContext) -> Charge:
        """Charge the caller with a cost; raises `QueryTooComplex` or `RateLimited`."""
        if cost > self._most:
            over, most = cost - self._most, self._most
            message = f"The operation costs {cost:,}, {over:,} more than the {most:,} that one may; ask for less."
            raise QueryTooComplex(message, limit="max_query_cost", found=cost, most=most)
        return Charge(cost, self._most, await spend(context, cost, self._per_minute))
