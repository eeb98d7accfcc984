"""Root fields of Mutation about tables, and their payloads."""

from typing import Annotated

import strawberry

from graph.given import kept
from graph.info import Info
from graph.node import read_id, read_ids
from graph.tables.inputs import CreateTableInput, DeleteTableInput, ReorderTablesInput, UpdateTableInput
from graph.tables.types import Table
from resolvers.tables import create_table, delete_table, reorder_tables, update_table


@strawberry.type(description="The table that was created or changed.")
class TablePayload:
    """Payload of createTable and updateTable."""

    table: Table = strawberry.field(description="The table as it is now.")


@strawberry.type(description="The table that was deleted.")
class DeleteTablePayload:
    """Payload of deleteTable."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the table that is gone.")


@strawberry.type(description="The tables in their new order.")
class ReorderTablesPayload:
    """Payload of reorderTables."""

    tables: list[Table] = strawberry.field(description="All tables of the base.")


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

    @strawberry.mutation(description="Change a table.")
    async def update_table(
        self, info: Info, input: Annotated[UpdateTableInput, strawberry.argument(description="The changes.")]
    ) -> TablePayload:
        primary = input.primary_field_id
        table = await update_table(
            info.context,
            read_id(input.id),
            name=input.name,
            description=kept(input.description),
            primary_field_id=None if primary is None else read_id(primary, "primaryFieldId"),
        )
        return TablePayload(table=Table.from_model(table))

    @strawberry.mutation(description="Delete a table with its fields and all its records.")
    async def delete_table(
        self, info: Info, input: Annotated[DeleteTableInput, strawberry.argument(description="Which table.")]
    ) -> DeleteTablePayload:
        await delete_table(info.context, read_id(input.id))
        return DeleteTablePayload(deleted_id=input.id)

    @strawberry.mutation(description="Put the tables of a base in another order.")
    async def reorder_tables(
        self, info: Info, input: Annotated[ReorderTablesInput, strawberry.argument(description="The order.")]
    ) -> ReorderTablesPayload:
        base_id, table_ids = read_id(input.base_id, "baseId"), read_ids(input.table_ids, "tableIds")
        tables = await reorder_tables(info.context, base_id, table_ids)
        return ReorderTablesPayload(tables=[Table.from_model(table) for table in tables])
