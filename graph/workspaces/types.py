"""The GraphQL types of workspaces."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import graph.bases.types as base_types
import graph.members.types as member_types
from graph.info import Info
from graph.node import Node
from graph.workspaces.roles import WorkspaceRole
from resolvers.bases import BasesLoader
from resolvers.members import MembersLoader
from resolvers.workspaces import MyWorkspace

if TYPE_CHECKING:
    from graph.bases.types import Base
    from graph.members.types import WorkspaceMember


@strawberry.type(description="What a team owns together: bases and members.")
class Workspace(Node):
    """A workspace as one of its members sees it."""

    name: str = strawberry.field(description="The name; not unique.")
    my_role: WorkspaceRole = strawberry.field(description="The caller's role.")
    created_at: datetime = strawberry.field(description="When the workspace was created.")

    @classmethod
    def from_model(cls, found: MyWorkspace) -> "Workspace":
        """The GraphQL object of a workspace."""
        return cls(
            id=strawberry.ID(str(found.workspace.id)),
            name=found.workspace.name,
            my_role=found.role,
            created_at=found.workspace.created_at,
        )

    @strawberry.field(description="The bases, oldest first.")
    async def bases(self, info: Info) -> list[Annotated["Base", strawberry.lazy("graph.bases.types")]]:
        found = await info.context.loader(BasesLoader).load(UUID(self.id))
        return [base_types.Base.from_model(base) for base in found or []]

    @strawberry.field(description="The members in the order in which they joined.")
    async def members(self, info: Info) -> list[Annotated["WorkspaceMember", strawberry.lazy("graph.members.types")]]:
        found = await info.context.loader(MembersLoader).load(UUID(self.id))
        return [member_types.WorkspaceMember.from_model(member) for member in found or []]
