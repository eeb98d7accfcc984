"""Root fields of Mutation about fields, and their payloads."""

from typing import Annotated

import strawberry

from graph.fields.inputs import CreateFieldInput
from graph.fields.types import Field
from graph.info import Info
from graph.node import read_id
from resolvers.fields import create_field


@strawberry.type(description="The field that was created.")
class FieldPayload:
    """Payload of createField."""

    field: Field = strawberry.field(description="The field as it is now.")


@strawberry.type
class FieldMutations:
    """Making, changing and deleting fields; all need the role ADMIN."""

    @strawberry.mutation(description="Create a field, and its column in the table.")
    async def create_field(
        self, info: Info, input: Annotated[CreateFieldInput, strawberry.argument(description="The field.")]
    ) -> FieldPayload:
        field = await create_field(info.context, read_id(input.table_id, "tableId"), input.field.draft())
        return FieldPayload(field=Field.from_model(field))
