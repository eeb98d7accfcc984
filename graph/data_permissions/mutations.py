"""Root fields of Mutation about permissions on data, their inputs and their payloads."""

from typing import Annotated

import strawberry

from domain.access.field_roles import FieldRole
from domain.access.overrides import OverrideRole
from graph.data_permissions.types import FieldPermission, RoleOverride
from graph.info import Info
from graph.node import read_id, read_optional_id
from resolvers.data_permissions.fields import set_field_permission
from resolvers.data_permissions.overrides import set_override


@strawberry.input(description="A role for a member in one base, table or view: one of the three ids is given.")
class SetRoleOverrideInput:
    """Input of setRoleOverride."""

    user_id: strawberry.ID = strawberry.field(description="Id of the member's account.")
    role: OverrideRole | None = strawberry.field(
        default=None, description="The role there; null for that of what it lies in again."
    )
    base_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a base.")
    table_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a table.")
    view_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a view that all members see.")


@strawberry.type(description="The role that was given.")
class SetRoleOverridePayload:
    """Payload of setRoleOverride."""

    role_override: RoleOverride | None = strawberry.field(description="The role; null when it was taken away.")


@strawberry.input(description="Who reads and writes a field, of those who read and write its table.")
class SetFieldPermissionInput:
    """Input of setFieldPermission."""

    field_id: strawberry.ID = strawberry.field(description="Id of the field.")
    read: FieldRole | None = strawberry.field(
        default=None, description="The least role in the table that reads it; null for all who read the table."
    )
    write: FieldRole | None = strawberry.field(
        default=None,
        description="The least role in the table that writes it; null, or EDITOR, for all who write records and may "
        "read the field.",
    )


@strawberry.type(description="The permission of the field.")
class SetFieldPermissionPayload:
    """Payload of setFieldPermission."""

    field_permission: FieldPermission | None = strawberry.field(
        description="Who reads and writes it; null when it has no limits."
    )


@strawberry.type
class DataPermissionMutations:
    """Who may see and change which data."""

    @strawberry.mutation(
        description="Give a member another role in one base, table or view than in what that lies in; the nearest one "
        "counts. Owners and admins of the workspace, and admins of a base, are never lowered. Needs the role ADMIN in "
        "the workspace."
    )
    async def set_role_override(
        self, info: Info, input: Annotated[SetRoleOverrideInput, strawberry.argument(description="The role.")]
    ) -> SetRoleOverridePayload:
        found = await set_override(
            info.context,
            read_id(input.user_id, "userId"),
            input.role,
            base_id=read_optional_id(input.base_id, "baseId"),
            table_id=read_optional_id(input.table_id, "tableId"),
            view_id=read_optional_id(input.view_id, "viewId"),
        )
        return SetRoleOverridePayload(role_override=None if found is None else RoleOverride.from_model(found))

    @strawberry.mutation(
        description="Say from which role on a field is read and written; owners and admins, and admins of the base, "
        "always do both. To others the field does not exist, nor does what is made of it. Fields that name records "
        "are read by all. Needs the role ADMIN in the workspace."
    )
    async def set_field_permission(
        self,
        info: Info,
        input: Annotated[SetFieldPermissionInput, strawberry.argument(description="The field and the roles.")],
    ) -> SetFieldPermissionPayload:
        found = await set_field_permission(info.context, read_id(input.field_id, "fieldId"), input.read, input.write)
        return SetFieldPermissionPayload(field_permission=None if found is None else FieldPermission.from_model(found))
