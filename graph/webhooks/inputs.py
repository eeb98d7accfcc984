"""Inputs of the mutations on webhooks."""

from datetime import datetime

import strawberry

from domain.changes.selection import RecordEventType
from domain.unchanged import UNCHANGED
from graph.given import kept, unless_null
from graph.records.arguments import read_filter
from graph.records.inputs import RecordFilter
from graph.webhooks.types import WebhookEvent
from resolvers.services import Limits
from resolvers.webhooks.content import WebhookChanges


@strawberry.input(description="A header that a webhook sends of its own.")
class WebhookHeaderInput:
    """A name and a value."""

    name: str = strawberry.field(description="The name; not `Content-Type` or `webhook-…`, which the message has.")
    value: str = strawberry.field(description="The value; it is kept encrypted, and never shown.")


@strawberry.input(description="A new webhook, with the caller's rights. Fields are given by id or name.")
class CreateWebhookInput:
    """Input of createWebhook."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="What it is called: 1 to 255 characters.")
    url: str = strawberry.field(description="Where messages are sent: http:// or https://, a public address.")
    events: list[WebhookEvent] = strawberry.field(description="What it tells of.")
    filter: RecordFilter | None = strawberry.field(
        default=None, description="Which records it tells of; all by default."
    )
    field_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The fields that it tells of; all that the caller sees by default. A change of none of them is "
        "not told.",
    )
    headers: list[WebhookHeaderInput] | None = strawberry.field(
        default=None, description="What it sends besides, such as `Authorization`."
    )
    is_batched: bool | None = strawberry.field(
        default=None, description="Whether several events come in one message; false by default."
    )
    batch_size: int | None = strawberry.field(
        default=None, description="Events in such a message, at most; 100 by default."
    )
    batch_seconds: int | None = strawberry.field(
        default=None, description="Seconds after which such a message is sent, at the latest; 10 by default."
    )
    is_enabled: bool | None = strawberry.field(
        default=None, description="Whether it sends anything yet; true by default."
    )

    def content(self, limits: Limits) -> WebhookChanges:
        """What the webhook says, as the use case takes it."""
        return WebhookChanges(
            name=self.name,
            url=self.url,
            events=_events(self.events),
            filter=read_filter(self.filter, limits),
            field_ids=self.field_ids,
            headers=_headers(self.headers),
            is_batched=unless_null(self.is_batched),
            batch_size=unless_null(self.batch_size),
            batch_seconds=unless_null(self.batch_seconds),
        )


@strawberry.input(
    description="Changes to a webhook, whose owner the caller becomes. What is left out or null stays as it is; of "
    "filter and fields, null stands for all."
)
class UpdateWebhookInput:
    """Input of updateWebhook."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    url: str | None = strawberry.field(
        default=None, description="Where messages are sent from now on, waiting ones too."
    )
    events: list[WebhookEvent] | None = strawberry.field(default=None, description="What it tells of from now on.")
    filter: RecordFilter | None = strawberry.field(default=strawberry.UNSET, description="Which records it tells of.")
    field_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="The fields that it tells of."
    )
    headers: list[WebhookHeaderInput] | None = strawberry.field(
        default=None, description="All headers of its own, in place of those until now."
    )
    is_batched: bool | None = strawberry.field(default=None, description="Whether several events come in one message.")
    batch_size: int | None = strawberry.field(default=None, description="Events in such a message, at most.")
    batch_seconds: int | None = strawberry.field(
        default=None, description="Seconds after which such a message is sent, at the latest."
    )
    is_enabled: bool | None = strawberry.field(
        default=None,
        description="Pause it, or have it go on where it was: what happened meanwhile is told, unless `fromNow`.",
    )
    from_now: bool | None = strawberry.field(
        default=None, description="Whether it leaves out what has happened and was not told yet."
    )

    def changes(self, limits: Limits) -> WebhookChanges:
        """The changes as the use case takes them."""
        filter = self.filter
        return WebhookChanges(
            name=unless_null(self.name),
            url=unless_null(self.url),
            events=UNCHANGED if self.events is None else _events(self.events),
            filter=UNCHANGED if filter is strawberry.UNSET else read_filter(filter, limits),
            field_ids=kept(self.field_ids),
            headers=UNCHANGED if self.headers is None else _headers(self.headers),
            is_batched=unless_null(self.is_batched),
            batch_size=unless_null(self.batch_size),
            batch_seconds=unless_null(self.batch_seconds),
        )


@strawberry.input(description="A webhook to delete.")
class DeleteWebhookInput:
    """Input of deleteWebhook."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")


@strawberry.input(description="A webhook that gets a new secret.")
class RotateWebhookSecretInput:
    """Input of rotateWebhookSecret."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")
    overlap_seconds: int | None = strawberry.field(
        default=None,
        description="How long messages are signed by the secret until now, too; 0 by default, at most the server's "
        "`max_key_overlap`.",
    )


@strawberry.input(description="A webhook to try.")
class TestWebhookInput:
    """Input of testWebhook."""

    __test__ = False

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")


@strawberry.input(description="A message to send once more.")
class RedeliverWebhookInput:
    """Input of redeliverWebhook."""

    delivery_id: strawberry.ID = strawberry.field(description="Id of the message.")


@strawberry.input(description="What to send once more: `since` or `cursor`.")
class RedeliverWebhookSinceInput:
    """Input of redeliverWebhookSince."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")
    since: datetime | None = strawberry.field(
        default=None, description="Messages that were written from this moment on are sent once more, as they are."
    )
    only_failed: bool | None = strawberry.field(
        default=None, description="With `since`: only those that have failed for good; all by default."
    )
    cursor: str | None = strawberry.field(
        default=None,
        description="An event cursor: the change log is read again from there on, and what was not told is told, too.",
    )


def _events(given: list[WebhookEvent]) -> list[RecordEventType]:
    return [RecordEventType[str(event.value)] for event in given]


def _headers(given: list[WebhookHeaderInput] | None) -> list[tuple[str, str]]:
    return [(header.name, header.value) for header in given or ()]
