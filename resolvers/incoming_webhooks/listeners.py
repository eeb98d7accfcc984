"""Who is told of the requests that incoming webhooks take; whoever adds one adds a line."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from resolvers.automations.webhooks import webhook_received
from resolvers.context import RequestContext
from resolvers.incoming_webhooks.taken import TakenRequest

Listener = Callable[[RequestContext, TakenRequest], Awaitable[None]]
"""Writes down what else comes of a request, in its transaction, with the rights of the webhook's owner."""

LISTENERS: Final[Sequence[Listener]] = (webhook_received,)
"""In the order in which they are told."""
