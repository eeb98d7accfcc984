"""How often published forms may be submitted: each form, and from each address, a minute in this process."""

from collections.abc import Hashable
from uuid import UUID

from domain.buckets import MINUTE, Buckets, Short
from domain.errors import RateLimited
from domain.instants import reset_at


class SubmissionRates:
    """Counts submissions. A client is counted before the form is looked for, so nobody can use up a form alone."""

    def __init__(self, per_form: int, per_client: int) -> None:
        self._forms = Buckets(per_form)
        self._clients = Buckets(per_client)

    def count_client(self, network: str | None) -> None:
        """Count one from an address; raises `RateLimited`, with the seconds to wait."""
        _take(self._clients, network, "You submit forms too often")

    def count_form(self, view_id: UUID) -> None:
        """Count one of a form that is there; raises `RateLimited`, with the seconds to wait."""
        _take(self._forms, view_id, "This form is submitted too often")


def _take(buckets: Buckets, key: Hashable, what: str) -> None:
    try:
        buckets.take(key)
    except Short as short:
        message = f"{what}: at most {buckets.per_minute:,} times a minute; try again in {short.seconds} s."
        raise RateLimited(
            message,
            quota="submissions",
            limit=buckets.per_minute,
            remaining=short.left,
            resetAt=reset_at(MINUTE * (1 - short.left / buckets.per_minute)),
            retryAfter=short.seconds,
        ) from None
