"""What a request is charged before it is executed, and how its answer says so."""

from dataclasses import dataclass

from domain.errors import QueryTooComplex
from domain.instants import reset_at
from domain.windows import Balance
from resolvers.context import RequestContext
from resolvers.rates import spend


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
    """Charges requests: each may cost so much, and all requests of a caller within a minute; as the limits are now."""

    async def charge(self, cost: int, context: RequestContext) -> Charge:
        """Charge the caller with a cost; raises `QueryTooComplex` or `RateLimited`."""
        limits = context.services.limits
        most = limits.max_query_cost
        if cost > most:
            over = cost - most
            message = f"The operation costs {cost:,}, {over:,} more than the {most:,} that one may; ask for less."
            raise QueryTooComplex(message, limit="max_query_cost", found=cost, most=most)
        return Charge(cost, most, await spend(context, cost, limits.max_cost_per_minute))
