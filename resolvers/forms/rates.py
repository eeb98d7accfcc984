"""How often published forms may be submitted in a minute: each form, and from each address."""

from uuid import UUID

from adapters.quotas import Quotas
from resolvers.public_rates import take_turn


class SubmissionRates:
    """Counts submissions. A client is counted before the form is looked for, so nobody can use up a form alone."""

    def __init__(self, quotas: Quotas, per_form: int, per_client: int) -> None:
        self._quotas = quotas
        self._per_form = per_form
        self._per_client = per_client

    async def count_client(self, network: str | None) -> None:
        """Count one from an address; raises `RateLimited`, with the seconds to wait."""
        what = "You submit forms too often"
        await take_turn(self._quotas, "submissions of a client", str(network), self._per_client, what)

    async def count_form(self, view_id: UUID) -> None:
        """Count one of a form that is there; raises `RateLimited`, with the seconds to wait."""
        what = "This form is submitted too often"
        await take_turn(self._quotas, "submissions", str(view_id), self._per_form, what)
