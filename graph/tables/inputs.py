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
