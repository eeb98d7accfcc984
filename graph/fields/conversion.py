"""The GraphQL types of a preview of a field's conversion."""

from typing import cast

import strawberry
from strawberry.scalars import JSON

from resolvers.field_conversion import LostValue, Preview


@strawberry.type(description="A value that would not convert.")
class LostFieldValue:
    """One of the values that a conversion would lose."""

    record_id: strawberry.ID = strawberry.field(description="Id of the first record that has the value.")
    value: JSON = strawberry.field(description="The value as it is now.")

    @classmethod
    def from_lost(cls, lost: LostValue) -> "LostFieldValue":
        """The GraphQL object of a lost value."""
        return cls(record_id=strawberry.ID(str(lost.record_id)), value=cast(JSON, lost.value))


@strawberry.type(description="What converting a field would do to its values.")
class FieldConversionPreview:
    """How many values convert, and which do not."""

    total: int = strawberry.field(description="How many records have a value.")
    convertible: int = strawberry.field(description="How many of them would keep all of it.")
    lost: int = strawberry.field(description="How many would become empty, or lose a part of it.")
    examples: list[LostFieldValue] = strawberry.field(description="Up to ten different values that would be lost.")
    created: int = strawberry.field(
        description="How many records would be created in the linked table, for names that no record has."
    )
    ambiguous: int = strawberry.field(
        description="How many names several records have; links by them lead to the oldest of those."
    )

    @classmethod
    def from_preview(cls, preview: Preview) -> "FieldConversionPreview":
        """The GraphQL object of a preview."""
        return cls(
            total=preview.total,
            convertible=preview.convertible,
            lost=preview.lost,
            examples=[LostFieldValue.from_lost(lost) for lost in preview.examples],
            created=preview.created,
            ambiguous=preview.ambiguous,
        )
