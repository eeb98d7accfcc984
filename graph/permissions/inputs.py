"""Inputs of the mutations on permissions, roles and groups."""

import strawberry

from graph.node import read_optional_id
from resolvers.permissions.holders import Holder

_NAME = "1 to 255 characters, unique whatever their case."
_USER = "Id of the user; or else `groupId`."
_GROUP = "Id of the group; or else `userId`."


@strawberry.input(description="A permission to add to those of the server.")
class CreatePermissionInput:
    """Input of createPermission."""

    code: str = strawberry.field(
        description="`resource:action`, of small letters, digits, `-` and `_`; not a resource of the server's own."
    )
    description: str | None = strawberry.field(default=None, description="What who holds it may do.")


@strawberry.input(description="A permission that was added.")
class DeletePermissionInput:
    """Input of deletePermission."""

    code: str = strawberry.field(description="Its code.")


@strawberry.input(description="A new role.")
class CreateRoleInput:
    """Input of createRole."""

    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=None, description="What it is for.")
    permissions: list[str] = strawberry.field(
        default_factory=list, description="Codes of permissions, all of which the caller must hold."
    )


@strawberry.input(description="Changes to a role; what is left out stays as it is.")
class UpdateRoleInput:
    """Input of updateRole."""

    id: strawberry.ID = strawberry.field(description="Id of the role.")
    name: strawberry.Maybe[str] = strawberry.field(description="The new name.")
    description: strawberry.Maybe[str | None] = strawberry.field(description="What it is for; null removes it.")
    permissions: strawberry.Maybe[list[str]] = strawberry.field(
        description="Codes of all its permissions from now on; the caller must hold these and the present ones."
    )


@strawberry.input(description="The role to delete.")
class DeleteRoleInput:
    """Input of deleteRole."""

    id: strawberry.ID = strawberry.field(description="Id of the role.")


@strawberry.input(description="A new group.")
class CreateGroupInput:
    """Input of createGroup."""

    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=None, description="What it is for.")


@strawberry.input(description="Changes to a group; what is left out stays as it is.")
class UpdateGroupInput:
    """Input of updateGroup."""

    id: strawberry.ID = strawberry.field(description="Id of the group.")
    name: strawberry.Maybe[str] = strawberry.field(description="The new name.")
    description: strawberry.Maybe[str | None] = strawberry.field(description="What it is for; null removes it.")


@strawberry.input(description="The group to delete.")
class DeleteGroupInput:
    """Input of deleteGroup."""

    id: strawberry.ID = strawberry.field(description="Id of the group.")


@strawberry.input(description="A user and a group.")
class AddGroupMemberInput:
    """Input of addGroupMember."""

    group_id: strawberry.ID = strawberry.field(description="Id of the group, all of whose permissions one must hold.")
    user_id: strawberry.ID = strawberry.field(description="Id of the user.")


@strawberry.input(description="A user and a group that they are in.")
class RemoveGroupMemberInput:
    """Input of removeGroupMember."""

    group_id: strawberry.ID = strawberry.field(description="Id of the group, all of whose permissions one must hold.")
    user_id: strawberry.ID = strawberry.field(description="Id of the user.")


@strawberry.input(description="A permission, and the user or the group to give it to.")
class GrantPermissionInput:
    """Input of grantPermission."""

    permission: str = strawberry.field(description="The permission's code; the caller must hold it.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description=_USER)
    group_id: strawberry.ID | None = strawberry.field(default=None, description=_GROUP)


@strawberry.input(description="A permission, and the user or the group to take it from.")
class RevokePermissionInput:
    """Input of revokePermission."""

    permission: str = strawberry.field(description="The permission's code; the caller must hold it.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description=_USER)
    group_id: strawberry.ID | None = strawberry.field(default=None, description=_GROUP)


@strawberry.input(description="A role, and the user or the group to give it to.")
class GrantRoleInput:
    """Input of grantRole."""

    role_id: strawberry.ID = strawberry.field(description="Id of the role, all of whose permissions one must hold.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description=_USER)
    group_id: strawberry.ID | None = strawberry.field(default=None, description=_GROUP)


@strawberry.input(description="A role, and the user or the group to take it from.")
class RevokeRoleInput:
    """Input of revokeRole."""

    role_id: strawberry.ID = strawberry.field(description="Id of the role, all of whose permissions one must hold.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description=_USER)
    group_id: strawberry.ID | None = strawberry.field(default=None, description=_GROUP)


def read_holder(user_id: strawberry.ID | None, group_id: strawberry.ID | None) -> Holder:
    """The user or the group that an input names."""
    return Holder(read_optional_id(user_id, "userId"), read_optional_id(group_id, "groupId"))
