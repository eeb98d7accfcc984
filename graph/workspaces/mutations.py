"""Root fields of Mutation about workspaces, and their payloads."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.workspaces.inputs import CreateWorkspaceInput, DeleteWorkspaceInput, UpdateWorkspaceInput
from graph.workspaces.types import Workspace
from resolvers.workspaces import create_workspace, delete_workspace, update_workspace


@strawberry.type(description="The workspace that was created or changed.")
class WorkspacePayload:
    """Payload of createWorkspace and updateWorkspace."""

    workspace: Workspace = strawberry.field(description="The workspace as it is now.")


@strawberry.type(description="The workspace that was deleted.")
class DeleteWorkspacePayload:
    """Payload of deleteWorkspace."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the workspace that is gone.")


@strawberry.type
class WorkspaceMutations:
    """Making, changing and deleting workspaces."""

    @strawberry.mutation(description="Create a workspace.")
    async def create_workspace(
        self,
        info: Info,
        input: Annotated[CreateWorkspaceInput, strawberry.argument(description="The workspace.")],
    ) -> WorkspacePayload:
        return WorkspacePayload(workspace=Workspace.from_model(await create_workspace(info.context, input.name)))

    @strawberry.mutation(description="Change a workspace; needs the role ADMIN.")
    async def update_workspace(
        self, info: Info, input: Annotated[UpdateWorkspaceInput, strawberry.argument(description="The changes.")]
    ) -> WorkspacePayload:
        found = await update_workspace(info.context, read_id(input.id), name=input.name)
        return WorkspacePayload(workspace=Workspace.from_model(found))

    @strawberry.mutation(description="Delete a workspace with its bases and all their records; needs the role OWNER.")
    async def delete_workspace(
        self, info: Info, input: Annotated[DeleteWorkspaceInput, strawberry.argument(description="Which workspace.")]
    ) -> DeleteWorkspacePayload:
        await delete_workspace(info.context, read_id(input.id))
        return DeleteWorkspacePayload(deleted_id=input.id)
