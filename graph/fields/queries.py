"""Root fields of Query about fields."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from domain.fields.registry import field_types
from graph.fields.conversion import FieldConversionPreview
from graph.fields.types import Field, FieldType, FieldTypeInfo
from graph.info import Info
from graph.node import read_id
from resolvers.field_conversion import preview_conversion
from resolvers.fields import get_field, list_fields


@strawberry.type
class FieldQueries:
    """Fields that the caller may see, and the types that fields can have."""

    @strawberry.field(description="The fields of a table in their order.")
    async def fields(
        self, info: Info, table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
    ) -> list[Field]:
        return [Field.from_model(field) for field in await list_fields(info.context, read_id(table_id, "tableId"))]

    @strawberry.field(description="A field by its id.")
    async def field(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the field.")]
    ) -> Field | None:
        return Field.from_model(await get_field(info.context, read_id(id)))

    @strawberry.field(description="Every type of field, with its options, operators and examples.")
    def field_types(self) -> list[FieldTypeInfo]:
        return [FieldTypeInfo.from_type(type) for type in field_types().values()]

    @strawberry.field(
        description="What converting a field with updateField would do to its values; needs the role ADMIN."
    )
    async def preview_field_conversion(
        self,
        info: Info,
        field_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the field.")],
        type: Annotated[FieldType, strawberry.argument(description="The type to convert it to.")],
        options: Annotated[
            JSON | None,
            strawberry.argument(description="The options of that type; left out, as updateField takes that."),
        ] = None,
        create_missing_records: Annotated[
            bool, strawberry.argument(description="Whether links would come with new records, see UpdateFieldInput.")
        ] = True,
    ) -> FieldConversionPreview:
        id = read_id(field_id, "fieldId")
        preview = await preview_conversion(
            info.context, id, str(type.value), options, makes_missing=create_missing_records
        )
        return FieldConversionPreview.from_preview(preview)
