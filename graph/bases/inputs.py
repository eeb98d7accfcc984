"""Inputs of the mutations on bases."""

import strawberry


@strawberry.input(description="A new base without tables.")
class CreateBaseInput:
    """Input of createBase."""

    workspace_id: strawberry.ID = strawberry.field(description="Id of the workspace that it will belong to.")
    name: str = strawberry.field(description="1 to 255 characters, white space around them is cut off.")


@strawberry.input(description="Changes to a base; what is left out stays as it is.")
class UpdateBaseInput:
    """Input of updateBase."""

    id: strawberry.ID = strawberry.field(description="Id of the base.")
    name: str | None = strawberry.field(default=None, description="The new name.")


@strawberry.input(description="The base to delete.")
class DeleteBaseInput:
    """Input of deleteBase."""

    id: strawberry.ID = strawberry.field(description="Id of the base.")


@strawberry.input(description="The base to copy, and where to.")
class DuplicateBaseInput:
    """Input of duplicateBase."""

    base_id: strawberry.ID = strawberry.field(description="Id of the base to copy; the role VIEWER is enough there.")
    name: str | None = strawberry.field(
        default=None, description="The copy's name; left out, the first one's and \"(copy)\"."
    )
    workspace_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of the workspace that the copy will belong to; left out, that of the base. Needs ADMIN there.",
    )
    include_records: bool = strawberry.field(default=False, description="Whether the records are copied too.")
