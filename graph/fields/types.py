"""The GraphQL types of fields and of the types that fields can have."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from graphql.pyutils import AwaitableOrValue
from strawberry.scalars import JSON

import graph.constraints.types as constraint_types
import graph.tables.types as table_types
from domain.fields.contract import Example
from domain.fields.contract import FieldType as Kind
from domain.fields.registry import field_types
from graph.enums import expose
from graph.info import Info
from graph.node import Node
from graph.records.aggregates.functions import AggregateFunction
from graph.records.operators import FilterOperator
from models import Field as FieldModel
from resolvers.constraints.finding import ConstraintOfFieldLoader
from resolvers.fields import readable_options
from resolvers.relations import ProblemsLoader
from resolvers.tables import get_table
from resolvers.writable_fields import FixedFieldsLoader

if TYPE_CHECKING:
    from graph.constraints.types import UniqueConstraint
    from graph.tables.types import Table

    class FieldType(Enum):
        """The keys of the registry of field types; the name is the key in upper case."""
else:
    FieldType = Enum("FieldType", {key.upper(): key for key in field_types()}, module=__name__)
    expose(FieldType, "What a field holds.", {each: field_types()[each.value].description for each in FieldType})


@strawberry.type(description="A field of a table.")
class Field(Node):
    """A field and its options."""

    table_id: strawberry.Private[UUID]
    primary_field_id: strawberry.Private[UUID | None]
    name: str = strawberry.field(description="The name; unique in the table, whatever its case.")
    type: FieldType = strawberry.field(description="What the field holds.")
    is_required: bool = strawberry.field(description="Whether every record must have a value.")
    is_indexed: bool = strawberry.field(
        description="Whether indexes serve sorting by the field and filtering with EQ, IN, GT and their kin."
    )
    is_computed: bool = strawberry.field(description="Whether values are computed rather than stored.")
    stored_options: strawberry.Private[dict[str, Any]]
    default_value: JSON | None = strawberry.field(
        description="What a new record gets that names no value; a choice stands as its id."
    )
    description: str | None = strawberry.field(description="What the field is for.")
    created_at: datetime = strawberry.field(description="When the field was created.")

    @classmethod
    def from_model(cls, field: FieldModel, primary_field_id: UUID | None = None) -> "Field":
        """The GraphQL object of a field; whoever knows the table's primary field tells it, to spare a look."""
        return cls(
            id=strawberry.ID(str(field.id)),
            table_id=field.table_id,
            primary_field_id=primary_field_id,
            name=field.name,
            type=FieldType(field.type),
            is_required=field.is_required,
            is_indexed=field.is_indexed,
            is_computed=field_types()[field.type].is_computed,
            stored_options=field.options,
            default_value=cast(JSON | None, field.default_value),
            description=field.description,
            created_at=field.created_at,
        )

    @strawberry.field(description="The table that the field belongs to.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, self.table_id))

    @strawberry.field(description="The options of the type; `fieldTypes` has their JSON Schema.", graphql_type=JSON)
    def options(self, info: Info) -> AwaitableOrValue[Mapping[str, object]]:
        if not field_types()[self.type.value].is_expression:
            return self.stored_options
        return readable_options(info.context, self.table_id, self.type.value, self.stored_options)

    @strawberry.field(
        description="Why a computed field has no values: what it refers to is gone, say, or leads back to it.",
        graphql_type=str | None,
    )
    def error(self, info: Info) -> AwaitableOrValue[str | None]:
        return self._error(info) if field_types()[self.type.value].is_bound else None

    async def _error(self, info: Info) -> str | None:
        problems = await info.context.loader(ProblemsLoader).load(self.table_id)
        return None if problems is None else problems.get(UUID(self.id))

    @strawberry.field(
        description="Whether the caller may set values: the type takes some, the caller may write records of the "
        "table, and the field is not kept from them; see setFieldPermission.",
        graphql_type=bool,
    )
    def can_write(self, info: Info) -> AwaitableOrValue[bool]:
        return self._can_write(info) if field_types()[self.type.value].is_writable else False

    async def _can_write(self, info: Info) -> bool:
        fixed = await info.context.loader(FixedFieldsLoader).load(self.table_id)
        return fixed is not None and UUID(self.id) not in fixed

    @strawberry.field(description="Whether the field's value names a record.", graphql_type=bool)
    def is_primary(self, info: Info) -> AwaitableOrValue[bool]:
        return self._is_primary(info) if self.primary_field_id is None else str(self.primary_field_id) == self.id

    async def _is_primary(self, info: Info) -> bool:
        table = await get_table(info.context, self.table_id)
        return str(table.primary_field_id) == self.id

    @strawberry.field(description="The unique constraint of its values; null when it has none.")
    async def unique_constraint(
        self, info: Info
    ) -> Annotated["UniqueConstraint", strawberry.lazy("graph.constraints.types")] | None:
        found = await info.context.loader(ConstraintOfFieldLoader).load(UUID(self.id))
        return None if found is None else constraint_types.UniqueConstraint.from_model(found)


@strawberry.type(description="A value that a type of field takes, and how it comes out.")
class FieldValueExample:
    """One example of a type's docs."""

    value: JSON | None = strawberry.field(description="What is sent.")
    output: JSON | None = strawberry.field(description="What is read afterwards.")
    options: JSON = strawberry.field(description="The options of the field.")
    typecast: bool = strawberry.field(description="Whether the value is only taken with `typecast: true`.")

    @classmethod
    def from_example(cls, example: Example) -> "FieldValueExample":
        """The GraphQL object of an example."""
        return cls(
            value=cast(JSON | None, example.value),
            output=cast(JSON | None, example.output),
            options=cast(JSON, dict(example.options)),
            typecast=example.typecast,
        )


@strawberry.type(description="A type of field: its options, its operators and examples of its values.")
class FieldTypeInfo:
    """What a client must know to offer a type of field."""

    type: FieldType = strawberry.field(description="The type.")
    title: str = strawberry.field(description="Its name for people.")
    description: str = strawberry.field(description="What it holds, and how its JSON value looks.")
    options_schema: JSON = strawberry.field(description="JSON Schema of its options.")
    is_computed: bool = strawberry.field(description="Whether values are computed rather than stored.")
    is_writable: bool = strawberry.field(description="Whether clients may set values.")
    operators: list[FilterOperator] = strawberry.field(description="The filter operators that fit it.")
    aggregate_functions: list[AggregateFunction] = strawberry.field(description="The functions of metrics that fit it.")
    examples: list[FieldValueExample] = strawberry.field(description="Values that it takes.")

    @classmethod
    def from_type(cls, type: Kind[Any]) -> "FieldTypeInfo":
        """The GraphQL object of a type."""
        return cls(
            type=FieldType(type.key),
            title=type.title,
            description=type.description,
            options_schema=cast(JSON, type.options_model.model_json_schema()),
            is_computed=type.is_computed,
            is_writable=type.is_writable,
            operators=[operator for operator in FilterOperator if operator in type.conditions],
            aggregate_functions=[function for function in AggregateFunction if function in type.aggregates],
            examples=[FieldValueExample.from_example(example) for example in type.examples],
        )
