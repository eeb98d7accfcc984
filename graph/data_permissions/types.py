"""The GraphQL types of permissions on data."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import graph.fields.types as field_types
from domain.access.field_roles import FieldRole
from domain.access.overrides import OverrideRole
from graph.accounts.types import User, load_user
from graph.enums import expose
from graph.info import Info
from models import FieldPermission as PermissionModel
from models import RoleOverride as OverrideModel
from resolvers.fields import FieldLoader

if TYPE_CHECKING:
    from graph.fields.types import Field

expose(
    OverrideRole,
    "A role in one base, table or view.",
    {
        OverrideRole.ADMIN: "May change tables and fields; of bases only, and of all that is in them.",
        OverrideRole.EDITOR: "May create, change and delete records, and change views.",
        OverrideRole.COMMENTER: "May read and comment.",
        OverrideRole.VIEWER: "May read.",
        OverrideRole.NONE: "To this member it does not exist.",
    },
)
expose(
    FieldRole,
    "The least role in a table that reads or writes a field of it.",
    {
        FieldRole.ADMIN: "Admins and owners alone.",
        FieldRole.EDITOR: "Editors too.",
        FieldRole.COMMENTER: "Commenters too; of reading alone.",
    },
)


@strawberry.type(description="The role of a member in one base, table or view, in place of that in the workspace.")
class RoleOverride:
    """An override."""

    user_id: strawberry.Private[UUID]
    base_id: strawberry.ID = strawberry.field(description="Id of the base.")
    table_id: strawberry.ID | None = strawberry.field(description="Id of the table, or of that of the view.")
    view_id: strawberry.ID | None = strawberry.field(description="Id of the view.")
    role: OverrideRole = strawberry.field(description="The role.")
    created_at: datetime = strawberry.field(description="When the member first had a role of its own there.")

    @classmethod
    def from_model(cls, override: OverrideModel) -> "RoleOverride":
        """The GraphQL object of an override."""
        return cls(
            user_id=override.user_id,
            base_id=strawberry.ID(str(override.base_id)),
            table_id=None if override.table_id is None else strawberry.ID(str(override.table_id)),
            view_id=None if override.view_id is None else strawberry.ID(str(override.view_id)),
            role=OverrideRole(override.role),
            created_at=override.created_at,
        )

    @strawberry.field(description="Whose role it is.")
    async def user(self, info: Info) -> User | None:
        return await load_user(info, self.user_id)


@strawberry.type(description="From which role in its table on a field is read and written.")
class FieldPermission:
    """The limits of a field."""

    field_id: strawberry.ID = strawberry.field(description="Id of the field.")
    table_id: strawberry.ID = strawberry.field(description="Id of its table.")
    read: FieldRole | None = strawberry.field(description="The least role that reads it; null for all in the table.")
    write: FieldRole | None = strawberry.field(
        description="The least role that writes it; null for all who write records and may read it."
    )
    created_at: datetime = strawberry.field(description="When the field was first limited.")

    @classmethod
    def from_model(cls, permission: PermissionModel) -> "FieldPermission":
        """The GraphQL object of a field's permission."""
        return cls(
            field_id=strawberry.ID(str(permission.field_id)),
            table_id=strawberry.ID(str(permission.table_id)),
            read=None if permission.read_role is None else FieldRole(permission.read_role),
            write=None if permission.write_role is None else FieldRole(permission.write_role),
            created_at=permission.created_at,
        )

    @strawberry.field(description="The field.")
    async def field(self, info: Info) -> Annotated["Field", strawberry.lazy("graph.fields.types")] | None:
        found = await info.context.loader(FieldLoader).load(UUID(self.field_id))
        return None if found is None else field_types.Field.from_model(found)
