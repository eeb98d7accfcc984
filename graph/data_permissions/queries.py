"""Root fields of Query about permissions on data."""

from typing import Annotated

import strawberry

from graph.data_permissions.types import RoleOverride
from graph.info import Info
from graph.node import read_id
from resolvers.data_permissions.overrides import list_overrides


@strawberry.type
class DataPermissionQueries:
    """Who may see and change which data."""

    @strawberry.field(
        description="The members whose role in a base, or in a table or view of it, is not that in the workspace; "
        "needs the role ADMIN in the workspace."
    )
    async def role_overrides(
        self, info: Info, base_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the base.")]
    ) -> list[RoleOverride]:
        found = await list_overrides(info.context, read_id(base_id, "baseId"))
        return [RoleOverride.from_model(each) for each in found]
