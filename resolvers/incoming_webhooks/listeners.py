"""Who is told of the requests that incoming webhooks take; whoever adds one adds a line."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from adapters.database import Unit
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class TakenRequest:
    """A request that was taken. `document` is its body as JSON; `record_id` the record that came of it, if one did."""

    id: UUID
    webhook_id: UUID
    table_id: UUID
    document: Any
    record_id: UUID | None


Listener = Callable[[RequestContext, Unit, TakenRequest], Awaitable[None]]
"""Writes down what else comes of a request, in its transaction, with the rights of the webhook's owner."""

LISTENERS: Final[Sequence[Listener]] = ()
"""In the order in which they are told."""
