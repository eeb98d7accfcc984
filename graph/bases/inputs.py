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
