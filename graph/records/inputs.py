"""Filters and orders of records, as arguments."""

from enum import Enum

import strawberry
from strawberry.scalars import JSON

from graph.records.operators import FilterOperator


@strawberry.enum(description="The direction of one key of an order.")
class OrderDirection(Enum):
    """Ascending or descending."""

    ASC = strawberry.enum_value("ASC", description="Smallest first; empty values come first.")
    DESC = strawberry.enum_value("DESC", description="Largest first; empty values come last.")


@strawberry.enum(description="What the keys of a record's `fields` are.")
class FieldKey(Enum):
    """Names or ids."""

    NAME = strawberry.enum_value("NAME", description="Names of the fields.")
    ID = strawberry.enum_value("ID", description="Ids of the fields; they survive a renaming.")


@strawberry.input(
    description="A condition on one field (`field`, `operator`, `value`), a combination of filters, or both: "
    "everything that one object gives must hold."
)
class RecordFilter:
    """One level of a filter tree."""

    and_: "list[RecordFilter] | None" = strawberry.field(name="and", default=None, description="All of these hold.")
    or_: "list[RecordFilter] | None" = strawberry.field(
        name="or", default=None, description="At least one of these holds."
    )
    not_: "RecordFilter | None" = strawberry.field(name="not", default=None, description="This does not hold.")
    field: str | None = strawberry.field(
        default=None,
        description="Id or name of a field; `Company.City`, a field of linked records; or a system column: "
        "`$id`, `$revision`, `$createdAt`, `$updatedAt`, "
        "`$createdBy`, `$updatedBy`.",
    )
    operator: FilterOperator | None = strawberry.field(default=None, description="How to compare; needed with `field`.")
    value: JSON | None = strawberry.field(
        default=None, description="What to compare with, as the field's type reads it."
    )


@strawberry.input(description="One key of an order. The record's id always breaks ties, so every order is total.")
class RecordOrder:
    """A field and a direction."""

    field: str = strawberry.field(
        description="Id or name of a field, `Company.City`, or a system column such as `$createdAt`."
    )
    direction: OrderDirection | None = strawberry.field(
        default=OrderDirection.ASC, description="Ascending or descending."
    )
