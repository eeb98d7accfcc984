"""How often shared views may be read: by each link, and from each address, a minute in this process."""

from collections.abc import Hashable
from uuid import UUID

from domain.buckets import MINUTE, Buckets, Short
from domain.errors import RateLimited
from domain.instants import reset_at


class SharedReadRates:
    """Counts reads. A client is counted before the link is looked for, so nobody can use up a link alone."""

    def __init__(self, per_link: int, per_client: int) -> None:
        self._links = Buckets(per_link)
        self._clients = Buckets(per_client)

    def count_client(self, network: str | None) -> None:
        """Count one from an address; raises `RateLimited`, with the seconds to wait."""
        _take(self._clients, network, "You read shared views too often")

    def count_link(self, link_id: UUID) -> None:
        """Count one by a link that is there; raises `RateLimited`, with the seconds to wait."""
        _take(self._links, link_id, "This view is read too often")


def _take(buckets: Buckets, key: Hashable, what: str) -> None:
    try:
        buckets.take(key)
    except Short as short:
        message = f"{what}: at most {buckets.per_minute:,} times a minute; try again in {short.seconds} s."
        raise RateLimited(
            message,
            quota="sharedReads",
            limit=buckets.per_minute,
            remaining=short.left,
            resetAt=reset_at(MINUTE * (1 - short.left / buckets.per_minute)),
            retryAfter=short.seconds,
        ) from None
