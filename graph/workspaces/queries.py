"""Root fields of Query about workspaces."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.workspaces.types import Workspace
from resolvers.workspaces import get_workspace, list_workspaces


@strawberry.type
class WorkspaceQueries:
    """Workspaces that the caller is a member of."""

    @strawberry.field(description="Every workspace that the caller is a member of, oldest first.")
    async def workspaces(self, info: Info) -> list[Workspace]:
        return [Workspace.from_model(each) for each in await list_workspaces(info.context)]

    @strawberry.field(description="A workspace by its id.")
    async def workspace(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")]
    ) -> Workspace | None:
        return Workspace.from_model(await get_workspace(info.context, read_id(id)))
