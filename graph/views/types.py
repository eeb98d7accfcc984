"""The GraphQL types of views."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

import graph.fields.types as field_types
import graph.records.reads as record_reads
import graph.tables.types as table_types
import graph.views.groups as view_groups
from domain.views.contract import ViewType as Kind
from domain.views.indexes import IndexStatus
from domain.views.registry import view_types
from graph.enums import expose
from graph.info import Info
from graph.node import Node
from graph.records.list_arguments import (
    AfterArgument,
    BeforeArgument,
    DaysArgument,
    FilterArgument,
    FirstArgument,
    LastArgument,
    OrderArgument,
    SearchArgument,
)
from models import Field as FieldModel
from models import View as ViewModel
from models import ViewIndex as ViewIndexModel
from resolvers.fields import FieldsLoader
from resolvers.forms.publishing import FormTokenLoader
from resolvers.tables import get_table
from resolvers.views.indexing import ViewIndexLoader

if TYPE_CHECKING:
    from graph.fields.types import Field
    from graph.records.reads import ConnectionRead
    from graph.records.types import RecordConnection
    from graph.tables.types import Table
    from graph.views.groups import GroupsRead, ViewGroup

    class ViewType(Enum):
        """The keys of the registry of view types; the name is the key in upper case."""
else:
    ViewType = Enum("ViewType", {key.upper(): key for key in view_types()}, module=__name__)
    expose(ViewType, "How a view shows records.", {each: view_types()[each.value].description for each in ViewType})


@strawberry.type(description="A type of view, and what its config says.")
class ViewTypeInfo:
    """What a client must know to offer a type of view."""

    type: ViewType = strawberry.field(description="The type.")
    description: str = strawberry.field(description="What it shows, and what its config says.")
    config_schema: JSON = strawberry.field(description="JSON Schema of its config.")

    @classmethod
    def from_type(cls, type: Kind) -> "ViewTypeInfo":
        """The GraphQL object of a type."""
        return cls(
            type=ViewType(type.key),
            description=type.description,
            config_schema=cast(JSON, type.config_model.model_json_schema()),
        )


@strawberry.type(description="A color for some records of a view; the first rule that holds for a record counts.")
class ColorRule:
    """A color and a filter."""

    color: str = strawberry.field(description="A named color, or #rrggbb.")
    filter: JSON = strawberry.field(description="A RecordFilter; fields and choices stand as their ids.")


expose(
    IndexStatus,
    "What state the index of a view is in.",
    {
        IndexStatus.NONE: "There is none: the view asks for none, or its filter and order need none of its own.",
        IndexStatus.PENDING: "It is to be built; reads are right meanwhile, and slower.",
        IndexStatus.ACTIVE: "It serves reads of the view.",
        IndexStatus.FAILED: "It could not be built. Changing the view tries again.",
    },
)


@strawberry.type(description="The index of a view; views of a table with like filters and orders share one.")
class ViewIndex:
    """The state of an index."""

    status: IndexStatus = strawberry.field(description="What state it is in.")
    problem: str | None = strawberry.field(description="Why it could not be built.")

    @classmethod
    def from_model(cls, index: ViewIndexModel | None) -> "ViewIndex":
        """The GraphQL object of an index, or of none."""
        if index is None:
            return cls(status=IndexStatus.NONE, problem=None)
        return cls(status=IndexStatus(index.status), problem=index.problem)


@strawberry.type(description="A way to look at the records of a table. Renaming fields or choices changes nothing.")
class View(Node):
    """A view of a table."""

    table_id: strawberry.Private[UUID]
    field_ids: strawberry.Private[list[str]]
    hidden_field_ids: strawberry.Private[list[str]]
    index_number: strawberry.Private[int | None]
    name: str = strawberry.field(
        description="The name; unique among those that all members see, or the caller's own, whatever its case."
    )
    type: ViewType = strawberry.field(description="How it shows records.")
    config: JSON = strawberry.field(
        description="What the type needs to know. A field that is deleted, or does not fit any longer, becomes null."
    )
    filter: JSON | None = strawberry.field(
        description="The RecordFilter that its records fulfil; fields and choices stand as their ids."
    )
    order_by: JSON | None = strawberry.field(
        description="The list of RecordOrder that its records are sorted by; fields stand as their ids."
    )
    color_rules: list[ColorRule] = strawberry.field(description="Colors for its records, in the order of precedence.")
    is_personal: bool = strawberry.field(description="Whether nobody but the caller sees it.")
    is_locked: bool = strawberry.field(description="Whether it has to be unlocked before it is changed or deleted.")
    is_indexed: bool = strawberry.field(description="Whether it asks for the index that serves its filter and order.")
    created_at: datetime = strawberry.field(description="When the view was created.")

    @classmethod
    def from_model(cls, view: ViewModel) -> "View":
        """The GraphQL object of a view."""
        return cls(
            id=strawberry.ID(str(view.id)),
            table_id=view.table_id,
            field_ids=view.field_ids,
            hidden_field_ids=view.hidden_field_ids,
            index_number=view.index_number,
            name=view.name,
            type=ViewType(view.type),
            config=cast(JSON, view.config),
            filter=cast(JSON | None, view.filter),
            order_by=cast(JSON | None, view.order_by or None),
            color_rules=[_color_rule(rule) for rule in view.color_rules],
            is_personal=view.owner_id is not None,
            is_locked=view.is_locked,
            is_indexed=view.is_indexed,
            created_at=view.created_at,
        )

    @strawberry.field(description="The table that the view is of.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, self.table_id))

    @strawberry.field(description="The fields that it shows, in its order.")
    async def fields(self, info: Info) -> list[Annotated["Field", strawberry.lazy("graph.fields.types")]]:
        hidden = set(self.hidden_field_ids)
        places = {id: place for place, id in enumerate(self.field_ids)}
        shown = [field for field in await self._fields(info) if str(field.id) not in hidden]
        shown.sort(key=lambda field: places.get(str(field.id), len(places)))
        return [field_types.Field.from_model(field) for field in shown]

    @strawberry.field(description="The fields that it hides, in the order of the table.")
    async def hidden_fields(self, info: Info) -> list[Annotated["Field", strawberry.lazy("graph.fields.types")]]:
        hidden = set(self.hidden_field_ids)
        return [field_types.Field.from_model(each) for each in await self._fields(info) if str(each.id) in hidden]

    @strawberry.field(
        description="A page of the records that the view has, in its order unless another is asked for.",
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
        days: DaysArgument = None,
    ) -> "ConnectionRead":
        table, view = self.table_id, UUID(self.id)
        return record_reads.list_records(
            info.context, table, filter_, order_by, search, first, after, last, before, view, days
        )

    @strawberry.field(
        description="The columns of a KANBAN, or the lanes of a TIMELINE: one for each value of the field "
        "`group_field_id`, for each choice that no record has too, and the first for records without one.",
        graphql_type=list[Annotated["ViewGroup", strawberry.lazy("graph.views.groups")]],
    )
    def groups(
        self,
        info: Info,
        filter_: FilterArgument = None,
        first: Annotated[int | None, strawberry.argument(description="How many groups.")] = None,
        skip: Annotated[int | None, strawberry.argument(description="Behind how many; 0 by default.")] = None,
        days: DaysArgument = None,
    ) -> "GroupsRead":
        return view_groups.read_groups(info.context, self.table_id, UUID(self.id), filter_, first, skip, days)

    @strawberry.field(description="The index that serves its filter and order; it is built behind the mutation.")
    async def index(self, info: Info) -> ViewIndex:
        number = self.index_number
        found = None if number is None else await info.context.loader(ViewIndexLoader).load(number)
        return ViewIndex.from_model(found)

    @strawberry.field(
        description="What opens the form to everybody, see `publicForm`; null when it is not published, and for those "
        "who may not change views."
    )
    async def public_token(self, info: Info) -> str | None:
        return await info.context.loader(FormTokenLoader).load(UUID(self.id))

    async def _fields(self, info: Info) -> list[FieldModel]:
        return await info.context.loader(FieldsLoader).load(self.table_id) or []


def _color_rule(rule: dict[str, Any]) -> ColorRule:
    return ColorRule(color=rule["color"], filter=cast(JSON, rule["filter"]))
