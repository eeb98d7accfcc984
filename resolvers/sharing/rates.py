"""How often shared views may be read in a minute: by each link, and from each address."""

from uuid import UUID

from adapters.quotas import Quotas
from resolvers.public_rates import take_turn


class SharedReadRates:
    """Counts reads. A client is counted before the link is looked for, so nobody can use up a link alone."""

    def __init__(self, quotas: Quotas, per_link: int, per_client: int) -> None:
        self._quotas = quotas
        self._per_link = per_link
        self._per_client = per_client

    async def count_client(self, network: str | None) -> None:
        """Count one from an address; raises `RateLimited`, with the seconds to wait."""
        what = "You read shared views too often"
        await take_turn(self._quotas, "shared reads of a client", str(network), self._per_client, what)

    async def count_link(self, link_id: UUID) -> None:
        """Count one by a link that is there; raises `RateLimited`, with the seconds to wait."""
        await take_turn(self._quotas, "shared reads", str(link_id), self._per_link, "This view is read too often")
