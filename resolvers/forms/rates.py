"""How often published forms may be submitted in a minute: each form, and from each address."""

from uuid import UUID

from adapters.quotas import Quotas
from domain.errors import RateLimited
from domain.instants import reset_at
from domain.windows import Short


class SubmissionRates:
    """Counts submissions. A client is counted before the form is looked for, so nobody can use up a form alone."""

    def __init__(self, quotas: Quotas, per_form: int, per_client: int) -> None:
        self._quotas = quotas
        self._per_form = per_form
        self._per_client = per_client

    async def count_client(self, network: str | None) -> None:
        """Count one from an address; raises `RateLimited`, with the seconds to wait."""
        await self._take("submissions of a client", str(network), self._per_client, "You submit forms too often")

    async def count_form(self, view_id: UUID) -> None:
        """Count one of a form that is there; raises `RateLimited`, with the seconds to wait."""
        await self._take("submissions", str(view_id), self._per_form, "This form is submitted too often")

    async def _take(self, quota: str, key: str, per_minute: int, what: str) -> None:
        try:
            await self._quotas.take(quota, key, per_minute)
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
