"""Root fields of Query about permissions on data."""

from typing import Annotated

import strawberry

from graph.data_permissions.types import FieldPermission, RoleOverride
from graph.info import Info
from graph.node import read_id, read_optional_id
from resolvers.data_permissions.fields import list_field_permissions
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

    @strawberry.field(
        description="The fields of a base, or of one table, that not everybody may read or write who may read or write "
        "their table; needs the role ADMIN in the workspace."
    )
    async def field_permissions(
        self,
        info: Info,
        base_id: Annotated[strawberry.ID | None, strawberry.argument(description="Id of the base.")] = None,
        table_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Id of a table, in place of the base.")
        ] = None,
    ) -> list[FieldPermission]:
        base, table = read_optional_id(base_id, "baseId"), read_optional_id(table_id, "tableId")
        found = await list_field_permissions(info.context, base_id=base, table_id=table)
        return [FieldPermission.from_model(each) for each in found]
