"""Root fields of Mutation about tables, and their payloads."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.tables.inputs import CreateTableInput
from graph.tables.types import Table
from resolvers.tables import create_table


@strawberry.type(description="The table that was created or changed.")
class TablePayload:
    """Payload of createTable and updateTable."""

    table: Table = strawberry.field(description="The table as it is now.")


@strawberry.type
class TableMutations:
    """Making, changing and deleting tables; all need the role ADMIN."""

    @strawberry.mutation(description="Create a table with its fields, and the PostgreSQL table behind it.")
    async def create_table(
        self, info: Info, input: Annotated[CreateTableInput, strawberry.argument(description="The table.")]
    ) -> TablePayload:
        table = await create_table(
            info.context,
            read_id(input.base_id, "baseId"),
            input.name,
            fields=[field.draft() for field in input.fields or ()],
            description=input.description,
        )
        return TablePayload(table=Table.from_model(table))
