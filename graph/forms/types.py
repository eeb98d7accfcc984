"""What everybody sees of published forms."""

from typing import cast

import strawberry
from strawberry.scalars import JSON

from domain.bases.catalog import FieldMeta
from graph.fields.types import FieldType
from resolvers.forms.reading import OpenForm


@strawberry.type(description="A field that a published form asks for.")
class PublicFormField:
    """A field, as far as those who fill in the form need to know it."""

    id: strawberry.ID = strawberry.field(description="Id of the field; values are sent by it, or by the name.")
    name: str = strawberry.field(description="The name.")
    type: FieldType = strawberry.field(description="What the field holds.")
    options: JSON = strawberry.field(description="The options of the type, its choices for instance.")
    is_required: bool = strawberry.field(description="Whether a value must be given.")
    default_value: JSON | None = strawberry.field(
        description="What the record gets when no value is given; a choice stands as its id."
    )
    description: str | None = strawberry.field(description="What the field is for.")

    @classmethod
    def from_meta(cls, field: FieldMeta) -> "PublicFormField":
        """The GraphQL object of a field."""
        return cls(
            id=strawberry.ID(str(field.id)),
            name=field.name,
            type=FieldType(field.type.key),
            options=cast(JSON, field.options.model_dump(mode="json")),
            is_required=field.is_required,
            default_value=cast(JSON | None, field.default_value),
            description=field.description,
        )


@strawberry.type(description="A form that everybody may fill in who has its token.")
class PublicForm:
    """A published view of the type FORM."""

    title: str = strawberry.field(description="The name of the view.")
    fields: list[PublicFormField] = strawberry.field(
        description="What it asks for, in order. Fields whose values name members or records are left out."
    )
    submit_text: str = strawberry.field(description="What its button says.")

    @classmethod
    def from_form(cls, found: OpenForm) -> "PublicForm":
        """The GraphQL object of a form."""
        fields = [PublicFormField.from_meta(field) for field in found.fields]
        return cls(title=found.form.title, fields=fields, submit_text=found.form.submit_text)
