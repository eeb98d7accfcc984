"""The GraphQL types of webhooks and their logs."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

import graph.tables.types as table_types
from domain.webhooks.deliveries import DeliveryStatus as Status
from graph.accounts.types import User, load_user
from graph.id_pages import AfterPlace, FirstItems, page_info_of, read_page_request
from graph.info import Info
from graph.node import Node
from graph.paging import PageInfo
from models import Webhook as WebhookModel
from models import WebhookAttempt as AttemptModel
from models import WebhookDelivery as DeliveryModel
from resolvers.id_pages import IdPage
from resolvers.tables import get_table
from resolvers.webhooks.finding import AttemptsLoader, FollowersLoader, list_deliveries

if TYPE_CHECKING:
    from graph.tables.types import Table


@strawberry.enum(description="What a webhook can tell of.")
class WebhookEvent(Enum):
    """The kinds of events, by their names in the log."""

    RECORD_CREATED = strawberry.enum_value(
        "CREATED", description="A record was created, restored, or came to match the webhook's filter."
    )
    RECORD_UPDATED = strawberry.enum_value(
        "UPDATED", description="Values of a record were changed, computed ones included."
    )
    RECORD_DELETED = strawberry.enum_value(
        "DELETED", description="A record was deleted, or does not match the webhook's filter any longer."
    )


@strawberry.enum(description="Where a message of a webhook stands.")
class DeliveryStatus(Enum):
    """The states of a message."""

    OPEN = strawberry.enum_value("OPEN", description="A batch that takes more events.")
    PENDING = strawberry.enum_value("PENDING", description="It is to be sent, now or at `nextAttemptAt`.")
    SUCCEEDED = strawberry.enum_value("SUCCEEDED", description="The target has taken it.")
    FAILED = strawberry.enum_value("FAILED", description="It was tried as often as it is to be.")


@strawberry.type(description="One try to hand a message over.")
class WebhookAttempt:
    """An attempt, as the log has it."""

    number: int = strawberry.field(description="Which one; 1 for the first.")
    at: datetime = strawberry.field(description="When it was begun.")
    duration_ms: int = strawberry.field(description="Milliseconds until the answer or the error.")
    request_headers: JSON = strawberry.field(
        description="The headers that were sent; of secret ones, which are the webhook's own and the signature, the "
        "names alone."
    )
    status_code: int | None = strawberry.field(description="The status that came back; null where none did.")
    response_headers: JSON = strawberry.field(description="The headers that came back.")
    response_body: str | None = strawberry.field(description="The start of the body that came back.")
    error: str | None = strawberry.field(description="Why it failed; null where it did not.")

    @classmethod
    def from_model(cls, attempt: AttemptModel) -> "WebhookAttempt":
        """The GraphQL object of an attempt."""
        return cls(
            number=attempt.number,
            at=attempt.at,
            duration_ms=attempt.duration_ms,
            request_headers=cast(JSON, attempt.request_headers),
            status_code=attempt.status_code,
            response_headers=cast(JSON, attempt.response_headers),
            response_body=attempt.response_body,
            error=attempt.error,
        )


@strawberry.type(description="A message of a webhook: what is sent, and what came of it.")
class WebhookDelivery(Node):
    """A message."""

    webhook_id: strawberry.ID = strawberry.field(description="Id of the webhook.")
    type: str = strawberry.field(description="What the body says of its type, such as `record.created`.")
    body: str = strawberry.field(
        description="What is sent and signed, the same each time; of an open batch its events so far."
    )
    event_count: int = strawberry.field(description="Events in it.")
    status: DeliveryStatus = strawberry.field(description="Where it stands.")
    attempt_count: int = strawberry.field(description="How often it was tried.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is tried next; null where it is not.")
    finished_at: datetime | None = strawberry.field(description="When it succeeded, or failed for good.")
    created_at: datetime = strawberry.field(description="When it was written.")

    @classmethod
    def from_model(cls, delivery: DeliveryModel) -> "WebhookDelivery":
        """The GraphQL object of a message."""
        return cls(
            id=strawberry.ID(str(delivery.id)),
            webhook_id=strawberry.ID(str(delivery.webhook_id)),
            type=delivery.type,
            body=delivery.body,
            event_count=delivery.event_count,
            status=DeliveryStatus(delivery.status),
            attempt_count=delivery.attempts,
            next_attempt_at=delivery.next_attempt_at,
            finished_at=delivery.finished_at,
            created_at=delivery.created_at,
        )

    @strawberry.field(description="The attempts, oldest first.")
    async def attempts(self, info: Info) -> list[WebhookAttempt]:
        found = await info.context.loader(AttemptsLoader).load(UUID(self.id))
        return [WebhookAttempt.from_model(attempt) for attempt in found or []]


@strawberry.type(description="A message and its place in the list.")
class WebhookDeliveryEdge:
    """One item of a page."""

    cursor: str = strawberry.field(description="Its place.")
    node: WebhookDelivery = strawberry.field(description="The message.")


@strawberry.type(description="A page of the messages of a webhook.")
class WebhookDeliveryConnection:
    """A page, newest first."""

    edges: list[WebhookDeliveryEdge] = strawberry.field(description="The messages with their places.")
    nodes: list[WebhookDelivery] = strawberry.field(description="The messages.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @classmethod
    def from_page(cls, page: IdPage[DeliveryModel]) -> "WebhookDeliveryConnection":
        """The connection of a page."""
        nodes = [WebhookDelivery.from_model(item) for item in page.items]
        edges = [WebhookDeliveryEdge(cursor=str(node.id), node=node) for node in nodes]
        return cls(edges=edges, nodes=nodes, page_info=page_info_of(page))


@strawberry.type(
    description="A webhook: a server that is told of what happens to the records of a table, with the rights of the "
    "webhook's owner. Its secret and the values of its headers are not shown."
)
class Webhook(Node):
    """A webhook."""

    owner_id: strawberry.Private[UUID | None]
    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="What it is called.")
    url: str = strawberry.field(description="Where messages are sent, by POST.")
    events: list[WebhookEvent] = strawberry.field(description="What it tells of.")
    filter: JSON | None = strawberry.field(
        description="Which records it tells of, in the form of a RecordFilter that names fields by id; null for all."
    )
    field_ids: list[strawberry.ID] | None = strawberry.field(
        description="The fields that it tells of; null for all that its owner sees."
    )
    header_names: list[str] = strawberry.field(description="The names of the headers that it sends of its own.")
    is_batched: bool = strawberry.field(description="Whether several events come in one message.")
    batch_size: int = strawberry.field(description="Events in such a message, at most.")
    batch_seconds: int = strawberry.field(description="Seconds after which such a message is sent, at the latest.")
    former_secret_until: datetime | None = strawberry.field(
        description="Until when messages are signed by the secret before this one, too."
    )
    is_enabled: bool = strawberry.field(description="Whether it sends anything.")
    disabled_reason: str | None = strawberry.field(description="Why the server has disabled it; null where it did not.")
    failing_since: datetime | None = strawberry.field(
        description="Since when every message has failed; null where the last one succeeded."
    )
    missed_at: datetime | None = strawberry.field(
        description="When the change log was found not to reach back to what it had not told yet; null for never."
    )
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_model(cls, webhook: WebhookModel) -> "Webhook":
        """The GraphQL object of a webhook."""
        ids = webhook.field_ids
        return cls(
            id=strawberry.ID(str(webhook.id)),
            owner_id=webhook.owner_id,
            table_id=strawberry.ID(str(webhook.table_id)),
            name=webhook.name,
            url=webhook.url,
            events=[WebhookEvent(event) for event in webhook.events],
            filter=cast("Any", webhook.filter),
            field_ids=None if ids is None else [strawberry.ID(id) for id in ids],
            header_names=webhook.header_names,
            is_batched=webhook.is_batched,
            batch_size=webhook.batch_size,
            batch_seconds=webhook.batch_seconds,
            former_secret_until=webhook.former_until,
            is_enabled=webhook.is_enabled,
            disabled_reason=webhook.disabled_reason,
            failing_since=webhook.failing_since,
            missed_at=webhook.missed_at,
            created_at=webhook.created_at,
        )

    @strawberry.field(description="The table.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, UUID(self.table_id)))

    @strawberry.field(
        description="With whose rights it reads: who made it, or who changed it last; null when that account is gone."
    )
    async def owner(self, info: Info) -> User | None:
        return await load_user(info, self.owner_id)

    @strawberry.field(
        description="Why it cannot read the change log at present, for instance since its filter names a field that is "
        "gone, or its owner may not see the table any more; null when it can."
    )
    async def error(self, info: Info) -> str | None:
        return await info.context.loader(FollowersLoader).load(UUID(self.id))

    @strawberry.field(description="Its messages, the newest first.")
    async def deliveries(
        self,
        info: Info,
        first: FirstItems = None,
        after: AfterPlace = None,
        status: Annotated[DeliveryStatus | None, strawberry.argument(description="Only those that stand so.")] = None,
    ) -> WebhookDeliveryConnection:
        page = read_page_request(first, after, info.context.services.limits)
        wanted = None if status is None else Status(str(status.value))
        found = await list_deliveries(info.context, UUID(self.id), page, wanted)
        return WebhookDeliveryConnection.from_page(found)
