"""`schemaEvents`: its type, its stream, and its root field."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Never
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.changes.cursor import EventCursor, read_cursor
from domain.changes.schema_log import SchemaEventType, SchemaObject
from graph.accounts.types import User, load_user
from graph.bases.types import Base
from graph.changes.arguments import AfterCursorArgument
from graph.constraints.types import UniqueConstraint
from graph.enums import expose
from graph.execution.deferred_stream import DeferredStream
from graph.fields.types import Field
from graph.info import Info
from graph.node import read_id
from graph.tables.types import Table
from graph.views.types import View
from resolvers.bases import BaseLoader
from resolvers.constraints.finding import ConstraintLoader
from resolvers.context import RequestContext
from resolvers.fields import FieldLoader
from resolvers.streams.log_stream import LogStream
from resolvers.streams.schema_event import SchemaEvent as Change
from resolvers.streams.schema_events import SchemaEventSelection
from resolvers.tables import TableLoader
from resolvers.views.finding import ViewLoader

expose(
    SchemaObject,
    "What a change of a base's schema is about.",
    {
        SchemaObject.BASE: "The base itself.",
        SchemaObject.TABLE: "A table of the base.",
        SchemaObject.FIELD: "A field of a table. With a table that is deleted, its fields are not named.",
        SchemaObject.VIEW: "A view that all members see. With a table that is deleted, its views are not named.",
        SchemaObject.CONSTRAINT: "A unique constraint. With a table that is deleted, its constraints are not named.",
    },
)
expose(
    SchemaEventType,
    "What happened to a base, a table, a field, a unique constraint or a view.",
    {
        SchemaEventType.CREATED: "It was created.",
        SchemaEventType.UPDATED: "Properties of it were changed.",
        SchemaEventType.DELETED: "It was deleted.",
    },
)

_PROPERTIES: Final[Mapping[str, str]] = {
    "name": "name",
    "description": "description",
    "position": "position",
    "type": "type",
    "options": "options",
    "is_required": "isRequired",
    "is_indexed": "isIndexed",
    "default_value": "defaultValue",
    "primary_field_id": "primaryFieldId",
    "config": "config",
    "filter": "filter",
    "order_by": "orderBy",
    "field_ids": "fieldIds",
    "hidden_field_ids": "hiddenFieldIds",
    "color_rules": "colorRules",
    "is_locked": "isLocked",
    "case_sensitive": "caseSensitive",
    "error_message": "errorMessage",
    "status": "status",
    "problem": "problem",
}
"""The columns of the catalog that clients know, by their names in the API."""


@strawberry.type(
    description="A change of a base, of one of its tables, or of one of their fields, unique constraints or views."
)
class SchemaEvent:
    """An event, made from a change of the log."""

    change: strawberry.Private[Change]
    cursor: str = strawberry.field(
        description="Opaque; pass it as `after` to go on behind this event: nothing is lost, nothing comes twice."
    )
    type: SchemaEventType = strawberry.field(description="What happened.")
    object: SchemaObject = strawberry.field(description="To what it happened.")
    object_id: strawberry.ID = strawberry.field(description="Id of that which changed.")
    base_id: strawberry.ID = strawberry.field(description="Id of the base.")
    table_id: strawberry.ID | None = strawberry.field(
        description="Id of the table, or of that of the field, constraint or view."
    )
    mutation_id: strawberry.ID | None = strawberry.field(
        description="Names the operation that made the change: the same for all changes that were committed with it."
    )
    at: datetime = strawberry.field(description="When the change was made.")

    @classmethod
    def from_change(cls, change: Change) -> "SchemaEvent":
        """The GraphQL object of a change."""
        return cls(
            change=change,
            cursor=change.cursor.encode(),
            type=change.type,
            object=change.object,
            object_id=strawberry.ID(str(change.subject_id)),
            base_id=strawberry.ID(str(change.base_id)),
            table_id=None if change.table_id is None else strawberry.ID(str(change.table_id)),
            mutation_id=None if change.mutation_id is None else strawberry.ID(str(change.mutation_id)),
            at=change.at,
        )

    @strawberry.field(
        description="Names of the properties that changed; of something new or deleted, of those that had a value."
    )
    def changed_properties(self) -> list[str]:
        change = self.change
        if change.type is SchemaEventType.UPDATED:
            return [name for column, name in _PROPERTIES.items() if column in (change.before or {})]
        row = change.after or change.before or {}
        return [name for column, name in _PROPERTIES.items() if row.get(column) is not None]

    @strawberry.field(description="The values before, of the properties that changed; null for something new.")
    def previous(self) -> JSON | None:
        before = self.change.before
        return None if before is None else JSON(dict(_named(before)))

    @strawberry.field(description="The base as it is now.")
    async def base(self, info: Info) -> Base | None:
        found = await info.context.loader(BaseLoader).load(self.change.base_id)
        return None if found is None else Base.from_model(found)

    @strawberry.field(
        description="The table, or that of the field, constraint or view, as it is now; null when it is gone."
    )
    async def table(self, info: Info) -> Table | None:
        id = self.change.table_id
        found = None if id is None else await info.context.loader(TableLoader).load(id)
        return None if found is None else Table.from_model(found)

    @strawberry.field(description="The field as it is now; null when it is gone, or when this is about no field.")
    async def field(self, info: Info) -> Field | None:
        if self.change.object is not SchemaObject.FIELD:
            return None
        found = await info.context.loader(FieldLoader).load(self.change.subject_id)
        return None if found is None else Field.from_model(found)

    @strawberry.field(description="The view as it is now; null when it is gone, or when this is about no view.")
    async def view(self, info: Info) -> View | None:
        if self.change.object is not SchemaObject.VIEW:
            return None
        found = await info.context.loader(ViewLoader).load(self.change.subject_id)
        return None if found is None else View.from_model(found)

    @strawberry.field(description="The constraint as it is now; null when it is gone, or when this is about none.")
    async def unique_constraint(self, info: Info) -> UniqueConstraint | None:
        if self.change.object is not SchemaObject.CONSTRAINT:
            return None
        found = await info.context.loader(ConstraintLoader).load(self.change.subject_id)
        return None if found is None else UniqueConstraint.from_model(found)

    @strawberry.field(description="Who made the change; null when that account is gone.")
    async def actor(self, info: Info) -> User | None:
        return await load_user(info, self.change.actor_id)


def _named(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (name, row[column].upper() if column == "type" else row[column])
        for column, name in _PROPERTIES.items()
        if column in row
    ]


@dataclass(frozen=True, slots=True)
class SchemaEventStream(DeferredStream[Never]):
    """The changes of a base's schema, behind a cursor or from now on. They are few: nothing is planned."""

    base_id: UUID
    after: EventCursor | None

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events as objects."""
        stream = LogStream(context, SchemaEventSelection(self.base_id), self.after)
        await stream.start()
        return _objects(stream.events())


async def _objects(changes: AsyncGenerator[Change, None]) -> AsyncGenerator[object, None]:
    async with aclosing(changes):
        async for change in changes:
            yield SchemaEvent.from_change(change)


@strawberry.type
class SchemaSubscriptions:
    """Changes of what a base is made of."""

    @strawberry.subscription(
        description="The changes of a base, its tables, their fields, constraints and views, each once and in order, "
        "as they are committed. Ends with an error when the caller may not see the base any longer.",
        graphql_type=SchemaEvent,
    )
    def schema_events(
        self,
        base_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the base.")],
        after: AfterCursorArgument = None,
    ) -> SchemaEventStream:
        return SchemaEventStream(read_id(base_id, "baseId"), None if after is None else read_cursor(after))
