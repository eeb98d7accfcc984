"""The GraphQL type of a base."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import graph.automations.types as automation_types
import graph.tables.types as table_types
import graph.workspaces.types as workspace_types
from graph.info import Info
from graph.node import Node
from models import Base as BaseModel
from resolvers.automations.finding import AutomationsOfBasesLoader
from resolvers.tables import TablesLoader
from resolvers.workspaces import get_workspace

if TYPE_CHECKING:
    from graph.automations.types import Automation
    from graph.tables.types import Table
    from graph.workspaces.types import Workspace


@strawberry.type(description="A base: tables that belong together, in a PostgreSQL schema of their own.")
class Base(Node):
    """A base of a workspace."""

    workspace_id: strawberry.Private[UUID]
    name: str = strawberry.field(description="The name; not unique.")
    created_at: datetime = strawberry.field(description="When the base was created.")

    @classmethod
    def from_model(cls, base: BaseModel) -> "Base":
        """The GraphQL object of a base."""
        return cls(
            id=strawberry.ID(str(base.id)),
            workspace_id=base.workspace_id,
            name=base.name,
            created_at=base.created_at,
        )

    @strawberry.field(description="The workspace that the base belongs to.")
    async def workspace(self, info: Info) -> Annotated["Workspace", strawberry.lazy("graph.workspaces.types")]:
        return workspace_types.Workspace.from_model(await get_workspace(info.context, self.workspace_id))

    @strawberry.field(description="The tables in their order.")
    async def tables(self, info: Info) -> list[Annotated["Table", strawberry.lazy("graph.tables.types")]]:
        found = await info.context.loader(TablesLoader).load(UUID(self.id))
        return [table_types.Table.from_model(table) for table in found or []]

    @strawberry.field(
        description="The automations of its tables, those of a table together; none of tables that the caller may not "
        "change."
    )
    async def automations(
        self, info: Info
    ) -> list[Annotated["Automation", strawberry.lazy("graph.automations.types")]]:
        found = await info.context.loader(AutomationsOfBasesLoader).load(UUID(self.id))
        return [automation_types.Automation.from_model(automation) for automation in found or []]
