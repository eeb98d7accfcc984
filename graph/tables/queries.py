"""Root fields of Query about tables."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.tables.types import Table
from resolvers.tables import get_table, list_tables


@strawberry.type
class TableQueries:
    """Tables that the caller may see."""

    @strawberry.field(description="The tables of a base in their order.")
    async def tables(
        self, info: Info, base_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the base.")]
    ) -> list[Table]:
        return [Table.from_model(table) for table in await list_tables(info.context, read_id(base_id, "baseId"))]

    @strawberry.field(description="A table by its id.")
    async def table(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
    ) -> Table | None:
        return Table.from_model(await get_table(info.context, read_id(id)))
