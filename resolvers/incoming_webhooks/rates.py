"""How often incoming webhooks take requests in a minute: each webhook, and from each address."""

from uuid import UUID

from adapters.quotas import Quotas
from resolvers.public_rates import take_turn


class IncomingRates:
    """Counts requests. A client is counted before the webhook is looked for, so that nobody guesses tokens for long."""

    def __init__(self, quotas: Quotas, per_webhook: int, per_client: int) -> None:
        self._quotas = quotas
        self.per_webhook = per_webhook
        self.per_client = per_client

    async def count_client(self, network: str | None) -> None:
        """Count one from an address; raises `RateLimited`, with the seconds to wait."""
        what = "You send requests to webhooks too often"
        await take_turn(self._quotas, "webhook requests of a client", str(network), self.per_client, what)

    async def count_webhook(self, webhook_id: UUID) -> None:
        """Count one of a webhook that is there; raises `RateLimited`, with the seconds to wait."""
        what = "This webhook gets requests too often"
        await take_turn(self._quotas, "webhook requests", str(webhook_id), self.per_webhook, what)
