"""Inputs of the mutations on unique constraints."""

import strawberry


@strawberry.input(description="A new unique constraint of a field that has none.")
class CreateUniqueConstraintInput:
    """Input of createUniqueConstraint."""

    field_id: strawberry.ID = strawberry.field(
        description="Id of the field. Its values must be stored, and be no lists and no documents."
    )
    case_sensitive: bool | None = strawberry.field(
        default=True, description="Whether values that differ in their case alone are different; false for texts only."
    )
    error_message: str | None = strawberry.field(
        default=None,
        description="What the error of a violation says, up to 255 characters; else it names the field.",
    )


@strawberry.input(description="The unique constraint to enable, or to try again.")
class EnableUniqueConstraintInput:
    """Input of enableUniqueConstraint."""

    id: strawberry.ID = strawberry.field(description="Id of the constraint.")


@strawberry.input(description="The unique constraint to disable.")
class DisableUniqueConstraintInput:
    """Input of disableUniqueConstraint."""

    id: strawberry.ID = strawberry.field(description="Id of the constraint.")


@strawberry.input(description="The unique constraint to delete.")
class DeleteUniqueConstraintInput:
    """Input of deleteUniqueConstraint."""

    id: strawberry.ID = strawberry.field(description="Id of the constraint.")
