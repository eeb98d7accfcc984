"""Root fields of Mutation about permissions, roles and groups on the server."""

from typing import Annotated

import strawberry

from graph.given import unless_left_out
from graph.info import Info
from graph.node import read_id
from graph.permissions.grants import GrantMutations
from graph.permissions.inputs import (
    CreateGroupInput,
    CreatePermissionInput,
    CreateRoleInput,
    DeleteGroupInput,
    DeletePermissionInput,
    DeleteRoleInput,
    UpdateGroupInput,
    UpdateRoleInput,
)
from graph.permissions.payloads import (
    DeleteGroupPayload,
    DeletePermissionPayload,
    DeleteRolePayload,
    GroupPayload,
    PermissionPayload,
    RolePayload,
)
from graph.permissions.types import Group, Permission, Role
from resolvers.permissions import custom, groups, roles


@strawberry.type
class RoleMutations:
    """Roles; for sessions of users who hold `roles:manage`."""

    @strawberry.mutation(description="Make a role. Needs `roles:manage`, its permissions, and a session.")
    async def create_role(
        self, info: Info, input: Annotated[CreateRoleInput, strawberry.argument(description="The role.")]
    ) -> RolePayload:
        role = await roles.create_role(
            info.context, input.name, description=input.description, permissions=input.permissions
        )
        return RolePayload(role=Role.from_model(role))

    @strawberry.mutation(description="Change a role. Needs `roles:manage`, all its permissions, and a session.")
    async def update_role(
        self, info: Info, input: Annotated[UpdateRoleInput, strawberry.argument(description="The changes.")]
    ) -> RolePayload:
        role = await roles.update_role(
            info.context,
            read_id(input.id),
            name=unless_left_out(input.name),
            description=unless_left_out(input.description),
            permissions=unless_left_out(input.permissions),
        )
        return RolePayload(role=Role.from_model(role))

    @strawberry.mutation(description="Delete a role. Needs `roles:manage`, all its permissions, and a session.")
    async def delete_role(
        self, info: Info, input: Annotated[DeleteRoleInput, strawberry.argument(description="Which role.")]
    ) -> DeleteRolePayload:
        await roles.delete_role(info.context, read_id(input.id))
        return DeleteRolePayload(deleted_id=input.id)


@strawberry.type
class GroupMutations:
    """Groups; for sessions of users who hold `roles:manage`."""

    @strawberry.mutation(description="Make a group. Needs `roles:manage`, and a session.")
    async def create_group(
        self, info: Info, input: Annotated[CreateGroupInput, strawberry.argument(description="The group.")]
    ) -> GroupPayload:
        group = await groups.create_group(info.context, input.name, description=input.description)
        return GroupPayload(group=Group.from_model(group))

    @strawberry.mutation(description="Change what a group is called. Needs `roles:manage`, and a session.")
    async def update_group(
        self, info: Info, input: Annotated[UpdateGroupInput, strawberry.argument(description="The changes.")]
    ) -> GroupPayload:
        group = await groups.update_group(
            info.context,
            read_id(input.id),
            name=unless_left_out(input.name),
            description=unless_left_out(input.description),
        )
        return GroupPayload(group=Group.from_model(group))

    @strawberry.mutation(description="Delete a group. Needs `roles:manage`, all its permissions, and a session.")
    async def delete_group(
        self, info: Info, input: Annotated[DeleteGroupInput, strawberry.argument(description="Which group.")]
    ) -> DeleteGroupPayload:
        await groups.delete_group(info.context, read_id(input.id))
        return DeleteGroupPayload(deleted_id=input.id)


@strawberry.type
class PermissionMutations(RoleMutations, GroupMutations, GrantMutations):
    """Permissions, roles and groups; for sessions of users who hold `roles:manage`."""

    @strawberry.mutation(
        description="Add a permission to those of the server, for a client's own use; superusers grant it first. "
        "Needs `roles:manage`, and a session."
    )
    async def create_permission(
        self, info: Info, input: Annotated[CreatePermissionInput, strawberry.argument(description="The permission.")]
    ) -> PermissionPayload:
        made = await custom.create_permission(info.context, input.code, input.description)
        return PermissionPayload(permission=Permission.from_model(made))

    @strawberry.mutation(
        description="Delete a permission that was added, and take it from all. Needs `roles:manage`, the permission, "
        "and a session."
    )
    async def delete_permission(
        self, info: Info, input: Annotated[DeletePermissionInput, strawberry.argument(description="Which one.")]
    ) -> DeletePermissionPayload:
        await custom.delete_permission(info.context, input.code)
        return DeletePermissionPayload(deleted_code=input.code)
