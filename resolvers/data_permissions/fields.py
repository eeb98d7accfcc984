"""Fields that not everybody who may read or write their table may read or write: listing and limiting them."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.field_roles import FieldRole
from domain.access.roles import Action
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from models import Base, Field, FieldPermission
from resolvers.access import load_base, load_field, load_table, load_workspace
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.data_permissions.places import lock_base
from resolvers.data_permissions.titles import require_open_title
from resolvers.relations import base_of
from resolvers.schema_changes import changed

# Those of fields that are gone keep hiding what the log tells of them, for as long as it does.
_SWEEP: Final = """
DELETE FROM field_permissions p
 WHERE p.base_id = $1 AND p.created_at < now() - $2::interval
   AND NOT EXISTS (SELECT FROM fields f WHERE f.id = p.field_id)
   AND NOT EXISTS (SELECT FROM changes c
                    WHERE c.kind = 'field' AND c.base_id = p.base_id AND c.subject_id = p.field_id)
"""


async def list_field_permissions(
    context: RequestContext, *, base_id: UUID | None = None, table_id: UUID | None = None
) -> Sequence[FieldPermission]:
    """Those of a base or of a table, in the order of the fields; for who may manage the members of the workspace."""
    async with context.unit() as unit:
        if (base_id is None) == (table_id is None):
            raise BadRequest("Give one of baseId and tableId.")
        statement = select(FieldPermission).join(Field, Field.id == FieldPermission.field_id)
        if table_id is not None:
            _, base = await load_table(unit, context, table_id, Action.READ)
            statement = statement.where(FieldPermission.table_id == table_id)
        else:
            assert base_id is not None  # one of the two is given
            base = await load_base(unit, context, base_id, Action.READ)
            statement = statement.where(FieldPermission.base_id == base.id)
        await load_workspace(unit, context, base.workspace_id, Action.MANAGE_WORKSPACE)
        return (await unit.session.scalars(statement.order_by(Field.table_id, Field.position, Field.number))).all()


async def set_field_permission(
    context: RequestContext, field_id: UUID, read: FieldRole | None, write: FieldRole | None
) -> FieldPermission | None:
    """The least roles that read and write a field from now on; None where it has no limits any longer.

    Raises `BadRequest` for the primary field of a table, or what that is made of, where not everybody would read it.
    """
    read_role, write_role = _limits(read, write)
    async with context.unit() as unit:
        _, _, found_base = await load_field(unit, context, field_id, Action.READ)
        base = await lock_base(unit, context, found_base.id)
        field, table, _ = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA, lock=True)
        found = await unit.session.get(FieldPermission, field.id)
        before = _roles(found)
        found = await _changed(unit, context, base, field, found, (read_role, write_role))
        await unit.session.flush()
        if before != _roles(found):
            await require_open_title(unit, (await base_of(unit, table.id)).tables[table.id])
            changed(context, unit, base)
            await _audit(unit, context, base, field, before, _roles(found))
    context.forget_loaded()
    return found


def _limits(read: FieldRole | None, write: FieldRole | None) -> tuple[str | None, str | None]:
    """What is kept of them: editors write anyway, and nobody else does."""
    if write is FieldRole.COMMENTER:
        raise BadRequest("Writing takes the role EDITOR at least.", argument="write")
    return None if read is None else read.value, FieldRole.ADMIN.value if write is FieldRole.ADMIN else None


async def _changed(
    unit: Unit,
    context: RequestContext,
    base: Base,
    field: Field,
    found: FieldPermission | None,
    roles: tuple[str | None, str | None],
) -> FieldPermission | None:
    if roles == (None, None):
        if found is not None:
            await unit.session.delete(found)
        return None
    if found is None:
        await _require_room(unit, context, base.id)
        found = FieldPermission(field_id=field.id, table_id=field.table_id, base_id=base.id)
        unit.session.add(found)
    found.read_role, found.write_role = roles
    return found


def _roles(permission: FieldPermission | None) -> Mapping[str, str | None]:
    if permission is None:
        return {"read": None, "write": None}
    return {"read": permission.read_role, "write": permission.write_role}


async def _require_room(unit: Unit, context: RequestContext, base_id: UUID) -> None:
    limits = context.services.limits
    await unit.connection.execute(_SWEEP, base_id, limits.trash_retention)
    count = await unit.session.scalar(select(func.count()).where(FieldPermission.base_id == base_id))
    if count is not None and count >= limits.max_field_permissions_per_base:
        raise BadRequest(f"A base may have at most {limits.max_field_permissions_per_base:,} permissions of fields.")


async def _audit(
    unit: Unit,
    context: RequestContext,
    base: Base,
    field: Field,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> None:
    details = {"baseId": str(base.id), "tableId": str(field.table_id), "before": before, "after": after}
    await audit(
        unit,
        context,
        AuditAction.FIELD_LIMITED,
        subject=field.id,
        workspace=base.workspace_id,
        details=details,
    )
