"""The jobs of webhooks."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from adapters.jobs import JobKind, Patience
from resolvers.webhooks.kinds import BATCH, DELIVERY
from resolvers.webhooks.sending import Sender

if TYPE_CHECKING:
    from resolvers.services import Services

_SECONDS_TO_NOTE: Final = 30
"""What a job has besides the request itself."""
_PATIENCE: Final = Patience(attempts=20, pause=timedelta(seconds=1), longest=timedelta(minutes=5))
"""With the database: what a target does is no failure of the job."""


def webhook_jobs(services: "Services") -> tuple[JobKind, ...]:
    """Those that send messages, and those that close batches."""
    sender = Sender(services)
    timeout = timedelta(seconds=services.outgoing.rules.total_timeout + _SECONDS_TO_NOTE)
    at_once = services.limits.webhook_deliveries_at_once
    return (
        JobKind(DELIVERY, sender.deliver, at_once=at_once, timeout=timeout, patience=_PATIENCE),
        JobKind(BATCH, sender.close_batch, patience=_PATIENCE),
    )
