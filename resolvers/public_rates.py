"""How often somebody without an account may do something in a minute, as all quotas are counted."""

from adapters.quotas import Quotas
from domain.errors import RateLimited
from domain.instants import reset_at
from domain.windows import Short


async def take_turn(quotas: Quotas, quota: str, key: str, per_minute: int, what: str) -> None:
    """Count one; raises `RateLimited`, which says `what` comes too often and how many seconds to wait."""
    try:
        await quotas.take(quota, key, per_minute)
    except Short as short:
        message = f"{what}: at most {per_minute:,} times a minute; try again in {short.seconds} s."
        raise RateLimited(
            message,
            quota=quota,
            limit=per_minute,
            remaining=short.balance.remaining,
            resetAt=reset_at(short.balance.seconds),
            retryAfter=short.seconds,
        ) from None
