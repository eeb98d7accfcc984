"""Inputs of the mutations on tables."""

import strawberry

from graph.fields.inputs import FieldInput


@strawberry.input(description="A new table; it becomes the last one of its base.")
class CreateTableInput:
    """Input of createTable."""

    base_id: strawberry.ID = strawberry.field(description="Id of the base.")
    name: str = strawberry.field(description="1 to 255 characters, unique in the base whatever their case.")
    fields: list[FieldInput] | None = strawberry.field(
        default=None, description='The fields, the primary one first; left out, one TEXT field "Name".'
    )
    description: str | None = strawberry.field(default=None, description="What the table is for.")


@strawberry.input(description="Changes to a table; what is left out stays as it is.")
class UpdateTableInput:
    """Input of updateTable."""

    id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="What the table is for; null removes the description."
    )
    primary_field_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of the field whose value names a record from now on; a FORMULA has to be made of fields of the "
        "record itself (BAD_REQUEST).",
    )


@strawberry.input(description="The table to delete.")
class DeleteTableInput:
    """Input of deleteTable."""

    id: strawberry.ID = strawberry.field(description="Id of the table.")


@strawberry.input(description="A new order of the tables of a base.")
class ReorderTablesInput:
    """Input of reorderTables."""

    base_id: strawberry.ID = strawberry.field(description="Id of the base.")
    table_ids: list[strawberry.ID] = strawberry.field(description="The ids of all its tables, each once.")
