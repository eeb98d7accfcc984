"""The GraphQL types of unique constraints."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

import graph.fields.types as field_types
import graph.tables.types as table_types
from domain.bases.constraints import ConstraintStatus
from domain.records.uniqueness import MAX_OFFENDING_RECORDS, MAX_OFFENDING_VALUES, MAX_VALUE_BYTES
from graph.enums import expose
from graph.info import Info
from graph.node import Node
from models import UniqueConstraint as ConstraintModel
from resolvers.fields import get_field
from resolvers.tables import get_table

if TYPE_CHECKING:
    from graph.fields.types import Field
    from graph.tables.types import Table

expose(
    ConstraintStatus,
    "Whether a constraint holds.",
    {
        ConstraintStatus.ACTIVE: "It holds: a write that violates it gets DUPLICATE_VALUE.",
        ConstraintStatus.DISABLED: "It does not hold, until it is enabled.",
        ConstraintStatus.PENDING: "It is being made, and may refuse duplicates already; or, where there is a "
        "`problem`, it could not be made and does not hold.",
    },
)


@strawberry.type(description="Records that share a value, and so keep a constraint from being made.")
class OffendingRecords:
    """One value that is there more than once."""

    value: JSON | None = strawberry.field(
        description=f"The value, as the first of them has it; null when it has more than {MAX_VALUE_BYTES} bytes."
    )
    record_count: int = strawberry.field(description="How many records had it when the constraint was tried.")
    record_ids: list[strawberry.ID] = strawberry.field(
        description=f"The ids of the first {MAX_OFFENDING_RECORDS} of them."
    )

    @classmethod
    def from_stored(cls, offending: Mapping[str, Any]) -> "OffendingRecords":
        """The GraphQL object of what a constraint keeps of them."""
        return cls(
            value=cast(JSON | None, offending["value"]),
            record_count=offending["records"],
            record_ids=[strawberry.ID(id) for id in offending["ids"]],
        )


@strawberry.type(description="That no two records of a table may have the same value in a field; empty ones may be.")
class UniqueConstraint(Node):
    """The unique constraint of a field."""

    table_id: strawberry.Private[UUID]
    field_id: strawberry.Private[UUID]
    case_sensitive: bool = strawberry.field(description="Whether values that differ in their case alone may be there.")
    error_message: str | None = strawberry.field(
        description="The message of the error that a violation gets; null for one that names the field."
    )
    status: ConstraintStatus = strawberry.field(description="Whether it holds.")
    problem: str | None = strawberry.field(
        description="Why it could not be made, while it is PENDING; enableUniqueConstraint tries again."
    )
    offending_records: list[OffendingRecords] = strawberry.field(
        description=f"The first {MAX_OFFENDING_VALUES} values that kept it from being made, with their records."
    )
    created_at: datetime = strawberry.field(description="When the constraint was created.")

    @classmethod
    def from_model(cls, constraint: ConstraintModel) -> "UniqueConstraint":
        """The GraphQL object of a constraint."""
        return cls(
            id=strawberry.ID(str(constraint.id)),
            table_id=constraint.table_id,
            field_id=constraint.field_id,
            case_sensitive=constraint.case_sensitive,
            error_message=constraint.error_message,
            status=ConstraintStatus(constraint.status),
            problem=constraint.problem,
            offending_records=[OffendingRecords.from_stored(each) for each in constraint.offending],
            created_at=constraint.created_at,
        )

    @strawberry.field(description="The field whose values are unique.")
    async def field(self, info: Info) -> Annotated["Field", strawberry.lazy("graph.fields.types")]:
        return field_types.Field.from_model(await get_field(info.context, self.field_id))

    @strawberry.field(description="The table that the field belongs to.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, self.table_id))
