"""Root fields of Query about members of workspaces."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.members.types import WorkspaceMember
from graph.node import read_id
from resolvers.members import get_member, list_members


@strawberry.type
class MemberQueries:
    """Members of workspaces that the caller is a member of, too."""

    @strawberry.field(description="The members of a workspace in the order in which they joined.")
    async def workspace_members(
        self,
        info: Info,
        workspace_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")],
    ) -> list[WorkspaceMember]:
        found = await list_members(info.context, read_id(workspace_id, "workspaceId"))
        return [WorkspaceMember.from_model(member) for member in found]

    @strawberry.field(description="A membership by its id.")
    async def workspace_member(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the membership.")]
    ) -> WorkspaceMember | None:
        return WorkspaceMember.from_model(await get_member(info.context, read_id(id)))
