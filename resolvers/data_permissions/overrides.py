"""Roles of members in single bases, tables and views: who has them, and giving and taking them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from adapters.database import Unit
from domain.access.overrides import OverrideRole
from domain.access.roles import Action, WorkspaceRole, may
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from models import Base, RoleOverride, WorkspaceMember
from resolvers.access import load_base, load_workspace, missing
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.data_permissions.places import Place, find_place, lock_base
from resolvers.schema_changes import changed

# Overrides of tables that are gone keep hiding what the log tells of them, for as long as it does.
_SWEEP: Final = """
DELETE FROM role_overrides o
 WHERE o.base_id = $1 AND o.created_at < now() - $2::interval
   AND (o.table_id IS NOT NULL AND NOT EXISTS (SELECT FROM tables t WHERE t.id = o.table_id)
        OR o.view_id IS NOT NULL AND NOT EXISTS (SELECT FROM views v WHERE v.id = o.view_id))
   AND NOT EXISTS (SELECT FROM changes c
                    WHERE c.kind IN ('table', 'view') AND c.base_id = o.base_id
                      AND c.subject_id = coalesce(o.view_id, o.table_id))
"""


async def list_overrides(context: RequestContext, base_id: UUID) -> Sequence[RoleOverride]:
    """All overrides in a base, oldest first; for who may manage the members of its workspace."""
    async with context.unit() as unit:
        base = await load_base(unit, context, base_id, Action.READ)
        await load_workspace(unit, context, base.workspace_id, Action.MANAGE_WORKSPACE)
        found = select(RoleOverride).where(RoleOverride.base_id == base.id).order_by(RoleOverride.id)
        return (await unit.session.scalars(found)).all()


async def set_override(
    context: RequestContext,
    user_id: UUID,
    role: OverrideRole | None,
    *,
    base_id: UUID | None = None,
    table_id: UUID | None = None,
    view_id: UUID | None = None,
) -> RoleOverride | None:
    """The override of a member in a place with its new role, or None where it was taken away.

    Raises `BadRequest` for owners and admins of the workspace, who may do everything everywhere.
    """
    async with context.unit() as unit:
        place = await find_place(unit, context, base_id, table_id, view_id)
        base = await lock_base(unit, context, place.base_id)
        if role is OverrideRole.ADMIN and place.table_id is not None:
            raise BadRequest("ADMIN is a role in bases; a table or a view takes EDITOR at most.", argument="role")
        await _require_lower_member(unit, base, user_id)
        found = await unit.session.scalar(select(RoleOverride).where(_is_of(place, user_id)))
        before = None if found is None else found.role
        found = await _changed(unit, context, base, place, user_id, found, role)
        await unit.session.flush()
        after = None if role is None else role.value
        if before != after:
            changed(context, unit, base)
            await _audit(unit, context, base, place, user_id, before=before, after=after)
    context.forget_loaded()
    return found


async def _changed(
    unit: Unit,
    context: RequestContext,
    base: Base,
    place: Place,
    user_id: UUID,
    found: RoleOverride | None,
    role: OverrideRole | None,
) -> RoleOverride | None:
    if role is None:
        if found is not None:
            await unit.session.delete(found)
        return None
    if found is not None:
        found.role = role.value
        return found
    await _require_room(unit, context, base.id)
    made = RoleOverride(
        id=new_id(Kind.ROLE_OVERRIDE),
        workspace_id=base.workspace_id,
        user_id=user_id,
        base_id=base.id,
        table_id=place.table_id,
        view_id=place.view_id,
        role=role.value,
    )
    unit.session.add(made)
    return made


def _is_of(place: Place, user_id: UUID) -> ColumnElement[bool]:
    return (
        (RoleOverride.base_id == place.base_id)
        & (RoleOverride.user_id == user_id)
        & RoleOverride.table_id.is_not_distinct_from(place.table_id)
        & RoleOverride.view_id.is_not_distinct_from(place.view_id)
    )


async def _require_lower_member(unit: Unit, base: Base, user_id: UUID) -> None:
    """Raise `NotFound` for who is no member, `BadRequest` for who is never lowered; the membership stays as it is."""
    is_theirs = (WorkspaceMember.workspace_id == base.workspace_id) & (WorkspaceMember.user_id == user_id)
    role = await unit.session.scalar(select(WorkspaceMember.role).where(is_theirs).with_for_update(read=True))
    if role is None:
        raise missing("member of the workspace with user", user_id)
    if may(WorkspaceRole(role), Action.MANAGE_WORKSPACE):
        message = f"This member has the role {role} in the workspace: owners and admins may do everything everywhere."
        raise BadRequest(message, argument="userId")


async def _require_room(unit: Unit, context: RequestContext, base_id: UUID) -> None:
    limits = context.services.limits
    await unit.connection.execute(_SWEEP, base_id, limits.trash_retention)
    count = await unit.session.scalar(select(func.count()).where(RoleOverride.base_id == base_id))
    if count is not None and count >= limits.max_role_overrides_per_base:
        raise BadRequest(f"A base may have at most {limits.max_role_overrides_per_base:,} overrides of roles.")


async def _audit(
    unit: Unit, context: RequestContext, base: Base, place: Place, user_id: UUID, **roles: str | None
) -> None:
    """Tell the audit log; `roles` are the ones `before` and `after`."""
    named = {"baseId": place.base_id, "tableId": place.table_id, "viewId": place.view_id}
    details = {**{name: str(id) for name, id in named.items() if id is not None}, **roles}
    await audit(
        unit,
        context,
        AuditAction.ROLE_OVERRIDDEN,
        subject=user_id,
        workspace=base.workspace_id,
        details=details,
    )
