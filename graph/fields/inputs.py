"""Inputs of the mutations on fields."""

import strawberry
from strawberry.scalars import JSON

from domain.bases.definitions import FieldDraft
from graph.fields.types import FieldType


@strawberry.input(description="A new field.")
class FieldInput:
    """A field, as createTable and createField take it."""

    name: str = strawberry.field(
        description="1 to 255 characters, unique in the table whatever their case; it may not start with '$'."
    )
    type: FieldType = strawberry.field(description="What the field holds.")
    options: JSON | None = strawberry.field(
        default=None, description="An object that fits the type's `optionsSchema`; left out, all its defaults."
    )
    is_required: bool | None = strawberry.field(
        default=None, description="Whether every record must have a value; false by default."
    )
    default_value: JSON | None = strawberry.field(
        default=None,
        description="What a new record gets that names no value. Records that are there get it if the field is "
        "required.",
    )
    description: str | None = strawberry.field(default=None, description="What the field is for.")
    is_indexed: bool | None = strawberry.field(
        default=None,
        description="Create indexes for sorting by the field and for filtering with EQ, IN, GT and their kin; "
        "false by default. They make writes slower, and a text of a record may then have about 2,700 bytes.",
    )

    def draft(self) -> FieldDraft:
        """The field as the domain takes it."""
        return FieldDraft(
            name=self.name,
            type=str(self.type.value),
            options=self.options,
            is_required=self.is_required or False,
            default_value=self.default_value,
            description=self.description,
            is_indexed=self.is_indexed or False,
        )


@strawberry.input(description="A new field of a table; it becomes the last one.")
class CreateFieldInput:
    """Input of createField."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    field: FieldInput = strawberry.field(description="The field.")
