"""The GraphQL type of a member of a workspace."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import graph.workspaces.types as workspace_types
from graph.accounts.types import User
from graph.info import Info
from graph.node import Node
from graph.workspaces.roles import WorkspaceRole
from models import WorkspaceMember as MemberModel
from resolvers.access import missing
from resolvers.users import UserLoader
from resolvers.workspaces import get_workspace

if TYPE_CHECKING:
    from graph.workspaces.types import Workspace


@strawberry.type(description="A user's membership of a workspace.")
class WorkspaceMember(Node):
    """Who is a member of what in which role."""

    workspace_id: strawberry.Private[UUID]
    user_id: strawberry.Private[UUID]
    role: WorkspaceRole = strawberry.field(description="What the member may do in the workspace.")
    created_at: datetime = strawberry.field(description="When the user became a member.")

    @classmethod
    def from_model(cls, member: MemberModel) -> "WorkspaceMember":
        """The GraphQL object of a membership."""
        return cls(
            id=strawberry.ID(str(member.id)),
            workspace_id=member.workspace_id,
            user_id=member.user_id,
            role=WorkspaceRole(member.role),
            created_at=member.created_at,
        )

    @strawberry.field(description="The user who is the member.")
    async def user(self, info: Info) -> User:
        found = await info.context.loader(UserLoader).load(self.user_id)
        if found is None:  # deleted a moment ago, and the membership with it
            raise missing("user", self.user_id)
        return User.from_model(found)

    @strawberry.field(description="The workspace.")
    async def workspace(self, info: Info) -> Annotated["Workspace", strawberry.lazy("graph.workspaces.types")]:
        return workspace_types.Workspace.from_model(await get_workspace(info.context, self.workspace_id))
