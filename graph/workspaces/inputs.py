"""Inputs of the mutations on workspaces."""

import strawberry


@strawberry.input(description="A new workspace; the caller becomes its owner.")
class CreateWorkspaceInput:
    """Input of createWorkspace."""

    name: str = strawberry.field(description="1 to 255 characters, white space around them is cut off.")


@strawberry.input(description="Changes to a workspace; what is left out stays as it is.")
class UpdateWorkspaceInput:
    """Input of updateWorkspace."""

    id: strawberry.ID = strawberry.field(description="Id of the workspace.")
    name: str | None = strawberry.field(default=None, description="The new name.")


@strawberry.input(description="The workspace to delete.")
class DeleteWorkspaceInput:
    """Input of deleteWorkspace."""

    id: strawberry.ID = strawberry.field(description="Id of the workspace.")
