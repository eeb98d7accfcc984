"""Inputs of the mutations on fields."""

import strawberry
from strawberry.scalars import JSON

from domain.bases.definitions import FieldDraft
from graph.fields.types import FieldType
from graph.given import kept
from resolvers.field_updates import FieldChanges


@strawberry.input(description="A new field.")
class FieldInput:
    """A field, as createTable and createField take it."""

    name: str = strawberry.field(
        description="1 to 255 characters, unique in the table whatever their case; it may not start with '$'."
    )
    type: FieldType = strawberry.field(description="What the field holds.")
    options: JSON | None = strawberry.field(
        default=None,
        description="An object that fits the type's `optionsSchema`; left out, all its defaults. Where an option "
        "is the id of a table or field, its name does as well, also that of a field of the same call.",
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
        "false by default. They make writes slower, and a text may then have about 2,700 bytes. A select has none for "
        "its order; fields of lists or documents (MULTI_SELECT, ATTACHMENT, GDT, MATERIAL, several users) have none.",
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


@strawberry.input(
    description="Changes to a field; what is left out stays as it is. With `type` the values are converted, each to "
    "what `typecast: true` would make of it; those that do not convert become empty (see previewFieldConversion). With "
    "the type LINKED_RECORD each value names records by their primary values, with commas between several; links "
    "become texts that read so."
)
class UpdateFieldInput:
    """Input of updateField."""

    id: strawberry.ID = strawberry.field(description="Id of the field.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="What the field is for; null removes the description."
    )
    type: FieldType | None = strawberry.field(default=None, description="The type to convert the field to.")
    options: JSON | None = strawberry.field(
        default=None,
        description="The new options, in place of all old ones; names of tables and fields do as well as ids. "
        "They bind later writes; only the values of choices "
        "that are gone become empty. A choice without id keeps that of the old choice of its name. Left out with a "
        "new `type`, its defaults, with a choice for each value that is there.",
    )
    add_choices: list[JSON] | None = strawberry.field(
        default=None,
        description="Choices of a select to add behind those that there are, as in `options`: names, or objects {id, "
        "name, color}. A name that the field has already, whatever its case, is left out. What others add at the same "
        "time stays, too. Goes with neither `options` nor `type`.",
    )
    is_required: bool | None = strawberry.field(
        default=None,
        description="Whether every record must have a value. Records without one get the default value; if there is "
        "no default value, they are counted and the field stays as it is.",
    )
    default_value: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="What a new record gets that names no value; null removes it."
    )
    is_indexed: bool | None = strawberry.field(
        default=None, description="Create or drop the indexes of the field, see FieldInput."
    )
    create_missing_records: bool | None = strawberry.field(
        default=None,
        description="With the type LINKED_RECORD: create a record in the linked table for each name that no record "
        "has; true by default. Otherwise such names are left out.",
    )

    def changes(self) -> FieldChanges:
        """The changes as the use case takes them."""
        return FieldChanges(
            name=self.name,
            description=kept(self.description),
            type=None if self.type is None else str(self.type.value),
            options=self.options,
            add_choices=self.add_choices,
            is_required=self.is_required,
            default_value=kept(self.default_value),
            is_indexed=self.is_indexed,
            makes_missing=self.create_missing_records is not False,
        )


@strawberry.input(description="The field to delete.")
class DeleteFieldInput:
    """Input of deleteField."""

    id: strawberry.ID = strawberry.field(description="Id of the field.")


@strawberry.input(description="A new order of the fields of a table.")
class ReorderFieldsInput:
    """Input of reorderFields."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    field_ids: list[strawberry.ID] = strawberry.field(description="The ids of all its fields, each once.")
