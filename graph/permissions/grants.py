"""Root fields of Mutation that give permissions and roles, and take them back."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.permissions.inputs import (
    AddGroupMemberInput,
    GrantPermissionInput,
    GrantRoleInput,
    RemoveGroupMemberInput,
    RevokePermissionInput,
    RevokeRoleInput,
    read_holder,
)
from graph.permissions.payloads import GrantPayload
from resolvers.permissions import grants, groups


@strawberry.type
class GrantMutations:
    """Giving and taking; nobody gives or takes what they do not hold themselves."""

    @strawberry.mutation(
        description="Give a permission to a user or a group. Needs `roles:manage`, the permission, and a session."
    )
    async def grant_permission(
        self, info: Info, input: Annotated[GrantPermissionInput, strawberry.argument(description="What to whom.")]
    ) -> GrantPayload:
        holder = read_holder(input.user_id, input.group_id)
        return GrantPayload(is_changed=await grants.grant_permission(info.context, input.permission, holder))

    @strawberry.mutation(
        description="Take a permission back from the user or the group that it was given to. Needs `roles:manage`, the "
        "permission, and a session."
    )
    async def revoke_permission(
        self, info: Info, input: Annotated[RevokePermissionInput, strawberry.argument(description="What from whom.")]
    ) -> GrantPayload:
        holder = read_holder(input.user_id, input.group_id)
        return GrantPayload(is_changed=await grants.revoke_permission(info.context, input.permission, holder))

    @strawberry.mutation(
        description="Give a role to a user or a group. Needs `roles:manage`, the role's permissions, and a session."
    )
    async def grant_role(
        self, info: Info, input: Annotated[GrantRoleInput, strawberry.argument(description="What to whom.")]
    ) -> GrantPayload:
        holder = read_holder(input.user_id, input.group_id)
        changed = await grants.grant_role(info.context, read_id(input.role_id, "roleId"), holder)
        return GrantPayload(is_changed=changed)

    @strawberry.mutation(
        description="Take a role back from the user or the group that it was given to. Needs `roles:manage`, the "
        "role's permissions, and a session."
    )
    async def revoke_role(
        self, info: Info, input: Annotated[RevokeRoleInput, strawberry.argument(description="What from whom.")]
    ) -> GrantPayload:
        holder = read_holder(input.user_id, input.group_id)
        changed = await grants.revoke_role(info.context, read_id(input.role_id, "roleId"), holder)
        return GrantPayload(is_changed=changed)

    @strawberry.mutation(
        description="Take a user into a group. Needs `roles:manage`, the group's permissions, and a session."
    )
    async def add_group_member(
        self, info: Info, input: Annotated[AddGroupMemberInput, strawberry.argument(description="Whom into which.")]
    ) -> GrantPayload:
        group_id, user_id = read_id(input.group_id, "groupId"), read_id(input.user_id, "userId")
        return GrantPayload(is_changed=await groups.add_group_member(info.context, group_id, user_id))

    @strawberry.mutation(
        description="Take a user out of a group. Needs `roles:manage`, the group's permissions, and a session."
    )
    async def remove_group_member(
        self,
        info: Info,
        input: Annotated[RemoveGroupMemberInput, strawberry.argument(description="Whom out of which.")],
    ) -> GrantPayload:
        group_id, user_id = read_id(input.group_id, "groupId"), read_id(input.user_id, "userId")
        return GrantPayload(is_changed=await groups.remove_group_member(info.context, group_id, user_id))
