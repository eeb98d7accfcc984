"""Root fields of Query about unique constraints."""

from typing import Annotated

import strawberry

from graph.constraints.types import UniqueConstraint
from graph.info import Info
from graph.node import read_id
from resolvers.constraints.finding import get_constraint, list_constraints


@strawberry.type
class ConstraintQueries:
    """Unique constraints that the caller may see."""

    @strawberry.field(description="The unique constraints of a table in the order of their creation.")
    async def unique_constraints(
        self, info: Info, table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
    ) -> list[UniqueConstraint]:
        found = await list_constraints(info.context, read_id(table_id, "tableId"))
        return [UniqueConstraint.from_model(constraint) for constraint in found]

    @strawberry.field(description="A unique constraint by its id.")
    async def unique_constraint(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the constraint.")]
    ) -> UniqueConstraint | None:
        return UniqueConstraint.from_model(await get_constraint(info.context, read_id(id)))
