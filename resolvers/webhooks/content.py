"""What a webhook says: checked and made ready for the catalog."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import orjson

from adapters.outgoing.addresses import may_go_to
from adapters.outgoing.faults import TO_ALLOW, TargetRefused
from adapters.outgoing.request import check_headers, target_of
from adapters.outgoing.rules import Rules
from domain.bases.catalog import TableMeta
from domain.changes.selection import RecordEventType
from domain.errors import BadRequest
from domain.names import clean_name
from domain.networks import read_address
from domain.records.filters import Filter
from domain.unchanged import UNCHANGED, Unchanged
from domain.views.filters import filter_json
from models import Webhook
from resolvers.services import Limits, Services

DEFAULT_BATCH: Final = 100
DEFAULT_BATCH_SECONDS: Final = 10
_OURS: Final = ("webhook-", "content-type")
"""What the names of headers may not begin with."""


@dataclass(frozen=True, slots=True)
class WebhookChanges:
    """What a client wants a webhook to say; what is `UNCHANGED` stays. Fields are given by id or name."""

    name: str | Unchanged = UNCHANGED
    url: str | Unchanged = UNCHANGED
    events: Sequence[RecordEventType] | Unchanged = UNCHANGED
    filter: Filter | Unchanged | None = UNCHANGED
    field_ids: Sequence[str] | Unchanged | None = UNCHANGED
    headers: Sequence[tuple[str, str]] | Unchanged = UNCHANGED
    is_batched: bool | Unchanged = UNCHANGED
    batch_size: int | Unchanged = UNCHANGED
    batch_seconds: int | Unchanged = UNCHANGED

    @property
    def names(self) -> list[str]:
        """What it changes."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not UNCHANGED]


def set_content(webhook: Webhook, changes: WebhookChanges, table: TableMeta, services: Services) -> None:
    """Have a webhook say this; raises `BadRequest` for what makes no sense, or does not fit the table."""
    limits = services.limits
    if changes.name is not UNCHANGED:
        webhook.name = clean_name(changes.name, "webhook", limit=limits.max_name_length)
    if changes.url is not UNCHANGED:
        if webhook.header_names and changes.headers is UNCHANGED:
            _require_same_server(webhook.url, changes.url, services.outgoing.rules)
        webhook.url = _checked_url(changes.url, services.outgoing.rules)
    if changes.events is not UNCHANGED:
        webhook.events = _checked_events(changes.events)
    if changes.filter is not UNCHANGED:
        webhook.filter = None if changes.filter is None else filter_json(changes.filter, table)
    if changes.field_ids is not UNCHANGED:
        given = changes.field_ids
        webhook.field_ids = None if given is None else [str(table.field(key).id) for key in dict.fromkeys(given)]
    if changes.headers is not UNCHANGED:
        headers = _checked_headers(changes.headers, limits)
        webhook.header_names = list(headers)
        webhook.sealed_headers = services.seal.close(orjson.dumps(headers).decode())
    _set_batches(webhook, changes, limits)


def opened_headers(sealed: bytes, services: Services) -> dict[str, str]:
    """The headers that were sealed; raises `BadRequest` where another secret key has sealed them."""
    headers: dict[str, str] = orjson.loads(unsealed(sealed, services))
    return headers


def unsealed(sealed: bytes, services: Services) -> str:
    """What was sealed; raises `BadRequest` where another secret key did it."""
    text = services.seal.open(sealed)
    if text is None:
        raise BadRequest("The server has another secret key by now: set the headers again, and rotate the secret.")
    return text


def _checked_url(url: str, rules: Rules) -> str:
    target = target_of(url, rules)
    if read_address(target.host.strip("[]")) is not None and not may_go_to(target.host.strip("[]"), rules.networks):
        raise TargetRefused(f"The address is not a public one, and no other is allowed. {TO_ALLOW}", argument="url")
    return url


def _require_same_server(url: str, wanted: str, rules: Rules) -> None:
    """Raise `BadRequest` where headers that nobody is shown would go to another server, which shows them."""
    if target_of(url, rules).origin != target_of(wanted, rules).origin:
        raise BadRequest("Another server is sent none of the headers: give them, or an empty list.", argument="headers")


def _checked_events(events: Sequence[RecordEventType]) -> list[str]:
    if not events:
        raise BadRequest("Name at least one kind of event.", argument="events")
    return [event.name for event in dict.fromkeys(events)]


def _checked_headers(given: Sequence[tuple[str, str]], limits: Limits) -> dict[str, str]:
    if len(given) > limits.max_webhook_headers:
        raise BadRequest(f"A webhook may have at most {limits.max_webhook_headers} headers.", argument="headers")
    headers = dict(given)
    if len({name.lower() for name in headers}) < len(given):
        raise BadRequest("A header is named twice.", argument="headers")
    for name in headers:
        if name.lower().startswith(_OURS):
            raise BadRequest(f"The header {name[:60]!r} is the message's own.", argument="headers")
    check_headers(headers)
    return headers


def _set_batches(webhook: Webhook, changes: WebhookChanges, limits: Limits) -> None:
    if changes.is_batched is not UNCHANGED:
        webhook.is_batched = changes.is_batched
    if changes.batch_size is not UNCHANGED:
        if not 1 <= changes.batch_size <= limits.max_webhook_batch:
            raise BadRequest(f"A batch has 1 to {limits.max_webhook_batch} events.", argument="batchSize")
        webhook.batch_size = changes.batch_size
    if changes.batch_seconds is not UNCHANGED:
        most = int(limits.max_webhook_batch_delay.total_seconds())
        if not 1 <= changes.batch_seconds <= most:
            raise BadRequest(f"A batch waits for 1 to {most:,} seconds.", argument="batchSeconds")
        webhook.batch_seconds = changes.batch_seconds
