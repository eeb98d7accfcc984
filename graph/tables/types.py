"""The GraphQL type of a table."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import graph.automations.types as automation_types
import graph.bases.types as base_types
import graph.constraints.types as constraint_types
import graph.data_permissions.policies as policy_types
import graph.fields.types as field_types
import graph.incoming_webhooks.types as incoming_types
import graph.records.reads as record_reads
import graph.views.types as view_types
import graph.webhooks.types as webhook_types
from graph.info import Info
from graph.node import Node
from graph.records.list_arguments import (
    AfterArgument,
    BeforeArgument,
    FilterArgument,
    FirstArgument,
    LastArgument,
    OrderArgument,
    SearchArgument,
)
from models import Table as TableModel
from resolvers.automations.finding import AutomationsLoader
from resolvers.bases import get_base
from resolvers.constraints.finding import ConstraintsLoader
from resolvers.data_permissions.policies import list_policies
from resolvers.fields import FieldsLoader, get_field
from resolvers.incoming_webhooks.finding import IncomingWebhooksLoader
from resolvers.views.finding import ViewsLoader
from resolvers.webhooks.finding import WebhooksLoader

if TYPE_CHECKING:
    from graph.automations.types import Automation
    from graph.bases.types import Base
    from graph.constraints.types import UniqueConstraint
    from graph.data_permissions.policies import RecordPolicy
    from graph.fields.types import Field
    from graph.incoming_webhooks.types import IncomingWebhook
    from graph.records.reads import ConnectionRead
    from graph.records.types import RecordConnection
    from graph.views.types import View
    from graph.webhooks.types import Webhook


@strawberry.type(description="A table of a base; it is a PostgreSQL table with a column for each stored field.")
class Table(Node):
    """A table of a base."""

    base_id: strawberry.Private[UUID]
    primary_field_id: strawberry.Private[UUID]
    name: str = strawberry.field(description="The name; unique in the base, whatever its case.")
    description: str | None = strawberry.field(description="What the table is for.")
    created_at: datetime = strawberry.field(description="When the table was created.")

    @classmethod
    def from_model(cls, table: TableModel) -> "Table":
        """The GraphQL object of a table."""
        assert table.primary_field_id is not None  # every table is made with its primary field
        return cls(
            id=strawberry.ID(str(table.id)),
            base_id=table.base_id,
            primary_field_id=table.primary_field_id,
            name=table.name,
            description=table.description,
            created_at=table.created_at,
        )

    @strawberry.field(description="The base that the table belongs to.")
    async def base(self, info: Info) -> Annotated["Base", strawberry.lazy("graph.bases.types")]:
        return base_types.Base.from_model(await get_base(info.context, self.base_id))

    @strawberry.field(description="The fields in their order.")
    async def fields(self, info: Info) -> list[Annotated["Field", strawberry.lazy("graph.fields.types")]]:
        found = await info.context.loader(FieldsLoader).load(UUID(self.id))
        return [field_types.Field.from_model(field, self.primary_field_id) for field in found or []]

    @strawberry.field(description="The unique constraints of its fields, in the order of their creation.")
    async def unique_constraints(
        self, info: Info
    ) -> list[Annotated["UniqueConstraint", strawberry.lazy("graph.constraints.types")]]:
        found = await info.context.loader(ConstraintsLoader).load(UUID(self.id))
        return [constraint_types.UniqueConstraint.from_model(constraint) for constraint in found or []]

    @strawberry.field(
        description="The policies of its records, in the order of their creation. Needs the role ADMIN in the "
        "workspace."
    )
    async def record_policies(
        self, info: Info
    ) -> list[Annotated["RecordPolicy", strawberry.lazy("graph.data_permissions.policies")]]:
        found = await list_policies(info.context, UUID(self.id))
        return [policy_types.RecordPolicy.from_policy(policy) for policy in found]

    @strawberry.field(description="The views in their order, the caller's own personal ones among them.")
    async def views(self, info: Info) -> list[Annotated["View", strawberry.lazy("graph.views.types")]]:
        found = await info.context.loader(ViewsLoader).load(UUID(self.id))
        return [view_types.View.from_model(view) for view in found or []]

    @strawberry.field(description="The automations in their order; none for callers who may not change the table.")
    async def automations(
        self, info: Info
    ) -> list[Annotated["Automation", strawberry.lazy("graph.automations.types")]]:
        found = await info.context.loader(AutomationsLoader).load(UUID(self.id))
        return [automation_types.Automation.from_model(automation) for automation in found or []]

    @strawberry.field(description="The webhooks, oldest first; none for callers without the role ADMIN.")
    async def webhooks(self, info: Info) -> list[Annotated["Webhook", strawberry.lazy("graph.webhooks.types")]]:
        found = await info.context.loader(WebhooksLoader).load(UUID(self.id))
        return [webhook_types.Webhook.from_model(webhook) for webhook in found or []]

    @strawberry.field(description="The incoming webhooks, oldest first; none for callers without the role ADMIN.")
    async def incoming_webhooks(
        self, info: Info
    ) -> list[Annotated["IncomingWebhook", strawberry.lazy("graph.incoming_webhooks.types")]]:
        found = await info.context.loader(IncomingWebhooksLoader).load(UUID(self.id))
        return [incoming_types.IncomingWebhook.from_model(webhook) for webhook in found or []]

    @strawberry.field(description="The field whose value names a record.")
    async def primary_field(self, info: Info) -> Annotated["Field", strawberry.lazy("graph.fields.types")]:
        return field_types.Field.from_model(await get_field(info.context, self.primary_field_id), self.primary_field_id)

    @strawberry.field(
        description="A page of the table's records.",
        graphql_type=Annotated["RecordConnection", strawberry.lazy("graph.records.types")],
    )
    def records(
        self,
        info: Info,
        filter_: FilterArgument = None,
        order_by: OrderArgument = None,
        search: SearchArgument = None,
        first: FirstArgument = None,
        after: AfterArgument = None,
        last: LastArgument = None,
        before: BeforeArgument = None,
    ) -> "ConnectionRead":
        id = UUID(self.id)
        return record_reads.list_records(info.context, id, filter_, order_by, search, first, after, last, before)
