"""How often each caller may ask, and how much that may cost in a minute; counted before anything else is done.

A user is one caller over all sessions, an API key is one of its own, and who does not sign in is the network that they
come from.
"""

from typing import Final

from domain.errors import RateLimited
from domain.instants import reset_at
from domain.windows import Balance, Short
from resolvers.context import RequestContext

REQUESTS: Final = "requests"
COST: Final = "cost"


async def count_request(context: RequestContext) -> None:
    """Count one request, or one operation of a socket; raises `RateLimited` for one too many.

    What is left is noted in `context.balances`.
    """
    limit = _requests_per_minute(context)
    if not limit:
        return
    try:
        context.balances[REQUESTS] = await context.services.quotas.take(REQUESTS, context.counted_as, limit)
    except Short as short:
        context.balances[REQUESTS] = short.balance
        message = f"You may ask {limit:,} times a minute, and did; try again in {short.seconds} s."
        raise _refusal(REQUESTS, message, short) from None


async def spend(context: RequestContext, cost: int, per_minute: int) -> Balance | None:
    """Take a cost from what the caller may spend in a minute, where that is bounded at all (not 0); what is left.

    Raises `RateLimited`, which takes nothing, where that is less.
    """
    if not per_minute:
        return None
    try:
        balance = await context.services.quotas.take(COST, context.counted_as, per_minute, cost)
    except Short as short:
        context.balances[COST] = short.balance
        message = (
            f"This costs {cost:,} and {short.balance.remaining:,} are left of your {per_minute:,} a minute; "
            f"try again in {short.seconds} s."
        )
        raise _refusal(COST, message, short, requested=cost) from None
    context.balances[COST] = balance
    return balance


def _requests_per_minute(context: RequestContext) -> int:
    """How often the caller may ask; 0 for no bound."""
    limits, viewer = context.services.limits, context.viewer_or_none
    if viewer is None:
        return limits.max_anonymous_requests_per_minute
    most, own = limits.max_requests_per_minute, viewer.requests_per_minute
    if own is None:
        return most
    return min(own, most) if most else own


def _refusal(quota: str, message: str, short: Short, **more: int) -> RateLimited:
    return RateLimited(
        message,
        quota=quota,
        limit=short.balance.limit,
        remaining=short.balance.remaining,
        resetAt=reset_at(short.balance.seconds),
        retryAfter=short.seconds,
        **more,
    )
