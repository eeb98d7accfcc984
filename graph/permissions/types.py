"""The GraphQL types of permissions, roles and groups on the server."""

from datetime import datetime
from uuid import UUID

import strawberry

from domain.access.holdings import Holding, HoldingSource
from domain.access.permissions import Permission as KnownPermission
from graph.enums import expose
from graph.info import Info
from graph.node import Node
from models import CustomPermission
from models import Group as GroupModel
from models import Role as RoleModel
from resolvers.permissions.groups import GroupLoader, GroupPermissionsLoader, GroupRolesLoader, MemberCountLoader
from resolvers.permissions.roles import RoleLoader, RolePermissionsLoader

expose(
    HoldingSource,
    "Why somebody holds a permission.",
    {
        HoldingSource.SUPERUSER: "A superuser holds all permissions.",
        HoldingSource.STAFF: "The staff holds what it needs to look after the server.",
        HoldingSource.DIRECT: "The user was given it.",
        HoldingSource.GROUP: "A group that the user is in was given it.",
        HoldingSource.ROLE: "It belongs to a role that the user was given.",
        HoldingSource.GROUP_ROLE: "It belongs to a role that a group, which the user is in, was given.",
    },
)


@strawberry.type(description="Something that may be granted, on the server as a whole.")
class Permission:
    """A permission of the server's own, or one that a client added."""

    code: str = strawberry.field(description="Its name, `resource:action`.")
    description: str | None = strawberry.field(description="What who holds it may do.")
    is_custom: bool = strawberry.field(description="Whether a client added it; the server asks for none of these.")

    @classmethod
    def from_known(cls, permission: KnownPermission) -> "Permission":
        """The GraphQL object of a permission of the server's own."""
        return cls(code=permission.code, description=permission.description, is_custom=False)

    @classmethod
    def from_model(cls, permission: CustomPermission) -> "Permission":
        """The GraphQL object of a permission that was added."""
        return cls(code=permission.code, description=permission.description, is_custom=True)


@strawberry.type(description="A named set of permissions on the server, which users and groups are given.")
class Role(Node):
    """A role."""

    name: str = strawberry.field(description="The name, unique whatever its case.")
    description: str | None = strawberry.field(description="What it is for.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_model(cls, role: RoleModel) -> "Role":
        """The GraphQL object of a role."""
        return cls(
            id=strawberry.ID(str(role.id)), name=role.name, description=role.description, created_at=role.created_at
        )

    @strawberry.field(description="The codes of its permissions, sorted.")
    async def permissions(self, info: Info) -> list[str]:
        return await info.context.loader(RolePermissionsLoader).load(UUID(self.id)) or []


@strawberry.type(
    description="Users who hold permissions and roles together; `users` with its `filter.groupId` lists who is in it."
)
class Group(Node):
    """A group of users."""

    name: str = strawberry.field(description="The name, unique whatever its case.")
    description: str | None = strawberry.field(description="What it is for.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_model(cls, group: GroupModel) -> "Group":
        """The GraphQL object of a group."""
        return cls(
            id=strawberry.ID(str(group.id)),
            name=group.name,
            description=group.description,
            created_at=group.created_at,
        )

    @strawberry.field(description="The codes of the permissions that it was given itself, sorted.")
    async def permissions(self, info: Info) -> list[str]:
        return await info.context.loader(GroupPermissionsLoader).load(UUID(self.id)) or []

    @strawberry.field(description="The roles that it was given, by name.")
    async def roles(self, info: Info) -> list[Role]:
        found = await info.context.loader(GroupRolesLoader).load(UUID(self.id))
        return [Role.from_model(role) for role in found or []]

    @strawberry.field(description="How many users are in it.")
    async def member_count(self, info: Info) -> int:
        return await info.context.loader(MemberCountLoader).load(UUID(self.id)) or 0


@strawberry.type(description="One way in which a user holds a permission.")
class HeldPermission:
    """A permission with the way that leads to it."""

    role_id: strawberry.Private[UUID | None]
    group_id: strawberry.Private[UUID | None]
    permission: str = strawberry.field(description="The permission's code.")
    source: HoldingSource = strawberry.field(description="Why the user holds it.")

    @classmethod
    def from_holding(cls, holding: Holding) -> "HeldPermission":
        """The GraphQL object of a holding."""
        return cls(
            role_id=holding.role_id,
            group_id=holding.group_id,
            permission=holding.permission,
            source=holding.source,
        )

    @strawberry.field(description="The role that it belongs to, for ROLE and GROUP_ROLE.")
    async def role(self, info: Info) -> Role | None:
        found = None if self.role_id is None else await info.context.loader(RoleLoader).load(self.role_id)
        return None if found is None else Role.from_model(found)

    @strawberry.field(description="The group that it comes from, for GROUP and GROUP_ROLE.")
    async def group(self, info: Info) -> Group | None:
        found = None if self.group_id is None else await info.context.loader(GroupLoader).load(self.group_id)
        return None if found is None else Group.from_model(found)
