"""The GraphQL types of permissions on data."""

from datetime import datetime
from uuid import UUID

import strawberry

from domain.access.overrides import OverrideRole
from graph.accounts.types import User, load_user
from graph.enums import expose
from graph.info import Info
from models import RoleOverride as OverrideModel

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
