"""Root fields of Mutation about fields, and their payloads."""

from typing import Annotated

import strawberry

from graph.fields.inputs import CreateFieldInput, DeleteFieldInput, ReorderFieldsInput, UpdateFieldInput
from graph.fields.types import Field
from graph.info import Info
from graph.node import read_id, read_ids
from resolvers.field_updates import update_field
from resolvers.fields import create_field, delete_field, reorder_fields


@strawberry.type(description="The field that was created.")
class FieldPayload:
    """Payload of createField."""

    field: Field = strawberry.field(description="The field as it is now.")


@strawberry.type(description="The field that was changed, and what became of its values.")
class UpdateFieldPayload:
    """Payload of updateField."""

    field: Field = strawberry.field(description="The field as it is now.")
    cleared: int = strawberry.field(description="How many records have lost their value, or a part of it.")
    filled: int = strawberry.field(description="How many records without a value got the default value.")
    created: int = strawberry.field(
        description="How many records were created in the linked table, for names that no record had."
    )
    ambiguous: int = strawberry.field(
        description="How many names several records have; links by them lead to the oldest of those."
    )


@strawberry.type(description="The field that was deleted.")
class DeleteFieldPayload:
    """Payload of deleteField."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the field that is gone.")


@strawberry.type(description="The fields in their new order.")
class ReorderFieldsPayload:
    """Payload of reorderFields."""

    fields: list[Field] = strawberry.field(description="All fields of the table.")


@strawberry.type
class FieldMutations:
    """Making, changing and deleting fields; all need the role ADMIN."""

    @strawberry.mutation(description="Create a field, and its column in the table.")
    async def create_field(
        self, info: Info, input: Annotated[CreateFieldInput, strawberry.argument(description="The field.")]
    ) -> FieldPayload:
        field = await create_field(info.context, read_id(input.table_id, "tableId"), input.field.draft())
        return FieldPayload(field=Field.from_model(field))

    @strawberry.mutation(description="Change a field, convert it to another type, or both.")
    async def update_field(
        self, info: Info, input: Annotated[UpdateFieldInput, strawberry.argument(description="The changes.")]
    ) -> UpdateFieldPayload:
        update = await update_field(info.context, read_id(input.id), input.changes())
        field = Field.from_model(update.field)
        return UpdateFieldPayload(
            field=field,
            cleared=update.cleared,
            filled=update.filled,
            created=update.created,
            ambiguous=update.ambiguous,
        )

    @strawberry.mutation(description="Delete a field and its values; not the primary field of a table (CONFLICT).")
    async def delete_field(
        self, info: Info, input: Annotated[DeleteFieldInput, strawberry.argument(description="Which field.")]
    ) -> DeleteFieldPayload:
        await delete_field(info.context, read_id(input.id))
        return DeleteFieldPayload(deleted_id=input.id)

    @strawberry.mutation(description="Put the fields of a table in another order.")
    async def reorder_fields(
        self, info: Info, input: Annotated[ReorderFieldsInput, strawberry.argument(description="The order.")]
    ) -> ReorderFieldsPayload:
        table_id, field_ids = read_id(input.table_id, "tableId"), read_ids(input.field_ids, "fieldIds")
        fields = await reorder_fields(info.context, table_id, field_ids)
        return ReorderFieldsPayload(fields=[Field.from_model(field) for field in fields])
