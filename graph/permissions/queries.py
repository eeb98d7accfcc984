"""Root fields of Query about permissions, roles and groups on the server."""

from typing import Annotated

import strawberry

from domain.access.permissions import PERMISSIONS
from graph.info import Info
from graph.node import read_id, read_optional_id
from graph.permissions.types import Group, HeldPermission, Permission, Role
from resolvers.permissions.custom import list_custom_permissions
from resolvers.permissions.groups import get_group, list_groups
from resolvers.permissions.holdings import explain_permissions, has_permission, list_my_permissions
from resolvers.permissions.roles import get_role, list_roles


@strawberry.type
class HoldingQueries:
    """Who holds which permissions."""

    @strawberry.field(description="Whether the caller holds a permission; of somebody else it needs `roles:read`.")
    async def has_permission(
        self,
        info: Info,
        permission: Annotated[str, strawberry.argument(description="The permission's code.")],
        user_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Somebody else; the caller when left out.")
        ] = None,
    ) -> bool:
        return await has_permission(info.context, permission, read_optional_id(user_id, "userId"))

    @strawberry.field(description="The codes of all permissions that the caller holds, sorted.")
    async def my_permissions(self, info: Info) -> list[str]:
        return await list_my_permissions(info.context)

    @strawberry.field(
        description="Every way in which a user holds permissions, sorted by permission. Of somebody else it needs "
        "`roles:read`, and a session."
    )
    async def permissions_of(
        self, info: Info, user_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the user.")]
    ) -> list[HeldPermission]:
        found = await explain_permissions(info.context, read_id(user_id, "userId"))
        return [HeldPermission.from_holding(each) for each in found]


@strawberry.type
class PermissionQueries(HoldingQueries):
    """What there is to be granted; for sessions of users who hold `roles:read`."""

    @strawberry.field(description="Every permission that there is, sorted. Needs `roles:read`, and a session.")
    async def permissions(self, info: Info) -> list[Permission]:
        custom = [Permission.from_model(each) for each in await list_custom_permissions(info.context)]
        own = [Permission.from_known(each) for each in PERMISSIONS.values()]
        return sorted([*own, *custom], key=lambda permission: permission.code)

    @strawberry.field(description="Every role, by name. Needs `roles:read`, and a session.")
    async def roles(self, info: Info) -> list[Role]:
        return [Role.from_model(role) for role in await list_roles(info.context)]

    @strawberry.field(description="A role by its id. Needs `roles:read`, and a session.")
    async def role(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the role.")]
    ) -> Role | None:
        return Role.from_model(await get_role(info.context, read_id(id)))

    @strawberry.field(description="Every group, by name. Needs `roles:read`, and a session.")
    async def groups(self, info: Info) -> list[Group]:
        return [Group.from_model(group) for group in await list_groups(info.context)]

    @strawberry.field(description="A group by its id. Needs `roles:read`, and a session.")
    async def group(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the group.")]
    ) -> Group | None:
        return Group.from_model(await get_group(info.context, read_id(id)))
