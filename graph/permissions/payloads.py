"""Payloads of the mutations on permissions, roles and groups."""

import strawberry

from graph.permissions.types import Group, Permission, Role


@strawberry.type(description="The permission that was added.")
class PermissionPayload:
    """Payload of createPermission."""

    permission: Permission = strawberry.field(description="The permission.")


@strawberry.type(description="The permission that is gone.")
class DeletePermissionPayload:
    """Payload of deletePermission."""

    deleted_code: str = strawberry.field(description="Its code.")


@strawberry.type(description="The role that was made or changed.")
class RolePayload:
    """Payload of createRole and updateRole."""

    role: Role = strawberry.field(description="The role as it is now.")


@strawberry.type(description="The role that is gone.")
class DeleteRolePayload:
    """Payload of deleteRole."""

    deleted_id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The group that was made or changed.")
class GroupPayload:
    """Payload of createGroup and updateGroup."""

    group: Group = strawberry.field(description="The group as it is now.")


@strawberry.type(description="The group that is gone.")
class DeleteGroupPayload:
    """Payload of deleteGroup."""

    deleted_id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="Whether something was given or taken.")
class GrantPayload:
    """Payload of the mutations that give and take."""

    is_changed: bool = strawberry.field(description="False when it was so before.")
