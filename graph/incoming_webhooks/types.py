"""The GraphQL types of incoming webhooks and their log."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

import graph.tables.types as table_types
from graph.accounts.types import User, load_user
from graph.id_pages import AfterPlace, FirstItems, page_info_of, read_page_request
from graph.info import Info
from graph.node import Node
from graph.paging import PageInfo
from models import IncomingRequest as RequestModel
from models import IncomingWebhook as WebhookModel
from resolvers.id_pages import IdPage
from resolvers.incoming_webhooks.finding import list_incoming_requests
from resolvers.tables import get_table

if TYPE_CHECKING:
    from graph.tables.types import Table


@strawberry.type(description="Where the value of a field stands in what comes.")
class WebhookFieldMapping:
    """A path and a field."""

    path: str = strawberry.field(description='A path such as `customer.emails[0]`, `$["a name"].id` or `$`.')
    field_id: strawberry.ID = strawberry.field(description="Id of the field.")


@strawberry.type(description="A request that came to an incoming webhook.")
class IncomingRequest:
    """A request, as the log has it."""

    id: strawberry.ID = strawberry.field(description="Id of the request.")
    received_at: datetime = strawberry.field(description="When it came.")
    content_type: str = strawberry.field(description="The type that it had.")
    body: str = strawberry.field(description="The start of its body.")
    idempotency_key: str | None = strawberry.field(
        description="What named it; null for a request without such a header, and for one that was refused."
    )
    is_taken: bool = strawberry.field(description="Whether it was taken.")
    answer: JSON | None = strawberry.field(description="What it was answered; null where it was refused.")
    record_id: strawberry.ID | None = strawberry.field(description="The record that came of it.")
    code: str | None = strawberry.field(description="The code of the error, where it was refused.")
    message: str | None = strawberry.field(description="Why it was refused.")

    @classmethod
    def from_model(cls, request: RequestModel) -> "IncomingRequest":
        """The GraphQL object of a request."""
        return cls(
            id=strawberry.ID(str(request.id)),
            received_at=request.received_at,
            content_type=request.content_type,
            body=request.body,
            idempotency_key=request.key,
            is_taken=request.code is None,
            answer=cast("JSON | None", request.answer),
            record_id=None if request.record_id is None else strawberry.ID(str(request.record_id)),
            code=request.code,
            message=request.message,
        )


@strawberry.type(description="A page of the requests to an incoming webhook.")
class IncomingRequestConnection:
    """A page, newest first."""

    nodes: list[IncomingRequest] = strawberry.field(description="The requests.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @classmethod
    def from_page(cls, page: IdPage[RequestModel]) -> "IncomingRequestConnection":
        """The connection of a page."""
        nodes = [IncomingRequest.from_model(item) for item in page.items]
        return cls(nodes=nodes, page_info=page_info_of(page))


@strawberry.type(
    description="An incoming webhook: an address at which other servers bring in records, with the rights of the "
    "webhook's owner. Its token is shown when it is made, and its secret never."
)
class IncomingWebhook(Node):
    """An incoming webhook."""

    owner_id: strawberry.Private[UUID | None]
    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="What it is called.")
    field_mappings: list[WebhookFieldMapping] = strawberry.field(
        description="Which fields it sets; with none it makes no record."
    )
    merge_field_ids: list[strawberry.ID] = strawberry.field(
        description="Fields by which a request changes a record that is there; with none it makes a new one each time."
    )
    is_signed: bool = strawberry.field(description="Whether requests must be signed by the secret that was given.")
    is_enabled: bool = strawberry.field(description="Whether it takes requests.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_model(cls, webhook: WebhookModel) -> "IncomingWebhook":
        """The GraphQL object of an incoming webhook."""
        mappings = [
            WebhookFieldMapping(path=each["path"], field_id=strawberry.ID(each["fieldId"])) for each in webhook.mappings
        ]
        return cls(
            id=strawberry.ID(str(webhook.id)),
            owner_id=webhook.owner_id,
            table_id=strawberry.ID(str(webhook.table_id)),
            name=webhook.name,
            field_mappings=mappings,
            merge_field_ids=[strawberry.ID(id) for id in webhook.merge_field_ids],
            is_signed=webhook.sealed_secret is not None,
            is_enabled=webhook.is_enabled,
            created_at=webhook.created_at,
        )

    @strawberry.field(description="The table.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, UUID(self.table_id)))

    @strawberry.field(
        description="With whose rights it writes: who made it, or who changed it last; null when that account is gone."
    )
    async def owner(self, info: Info) -> User | None:
        return await load_user(info, self.owner_id)

    @strawberry.field(description="The requests that came, the newest first, refused ones among them.")
    async def requests(
        self, info: Info, first: FirstItems = None, after: AfterPlace = None
    ) -> IncomingRequestConnection:
        page = read_page_request(first, after, info.context.services.limits)
        return IncomingRequestConnection.from_page(await list_incoming_requests(info.context, UUID(self.id), page))
