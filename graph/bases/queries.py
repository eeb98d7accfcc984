"""Root fields of Query about bases."""

from typing import Annotated

import strawberry

from graph.bases.types import Base
from graph.info import Info
from graph.node import read_id
from resolvers.bases import get_base, list_bases


@strawberry.type
class BaseQueries:
    """Bases that the caller may see."""

    @strawberry.field(description="The bases of a workspace, oldest first.")
    async def bases(
        self,
        info: Info,
        workspace_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")],
    ) -> list[Base]:
        found = await list_bases(info.context, read_id(workspace_id, "workspaceId"))
        return [Base.from_model(base) for base in found]

    @strawberry.field(description="A base by its id.")
    async def base(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the base.")]
    ) -> Base | None:
        return Base.from_model(await get_base(info.context, read_id(id)))
