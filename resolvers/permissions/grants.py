"""Gives permissions and roles to users and groups, and takes them back. Nobody gives or takes what they do not hold."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from domain.access.holdings import require_power_over
from domain.access.permissions import ROLES_MANAGE
from domain.audit.actions import AuditAction
from domain.ids import Kind, new_id
from models import PermissionGrant, RoleGrant
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.permissions.changing import rights_change
from resolvers.permissions.holders import Holder
from resolvers.permissions.holdings import require_known
from resolvers.permissions.roles import load_role, permissions_of_role

Grant = type[PermissionGrant] | type[RoleGrant]


async def grant_permission(context: RequestContext, permission: str, holder: Holder) -> bool:
    """Give a permission; False when it was given before."""
    return await _change_permission(context, permission, holder, AuditAction.PERMISSION_GRANTED)


async def revoke_permission(context: RequestContext, permission: str, holder: Holder) -> bool:
    """Take a permission back that was given to this very holder; False when there is none."""
    return await _change_permission(context, permission, holder, AuditAction.PERMISSION_REVOKED)


async def grant_role(context: RequestContext, role_id: UUID, holder: Holder) -> bool:
    """Give a role, all of whose permissions the caller must hold; False when it was given before."""
    return await _change_role(context, role_id, holder, AuditAction.ROLE_GRANTED)


async def revoke_role(context: RequestContext, role_id: UUID, holder: Holder) -> bool:
    """Take a role back that was given to this very holder; False when there is none."""
    return await _change_role(context, role_id, holder, AuditAction.ROLE_REVOKED)


async def _change_permission(context: RequestContext, permission: str, holder: Holder, action: AuditAction) -> bool:
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        await require_known(unit, [permission], "permission")
        require_power_over(mine, [permission])
        await holder.require_existence(unit)
        what = {"permission": permission}
        if action is AuditAction.PERMISSION_GRANTED:
            is_changed = await _give(unit, PermissionGrant, **what, **holder.columns)
        else:
            is_changed = await _take(unit, PermissionGrant, **what, **holder.columns)
        if is_changed:
            await audit(unit, context, action, subject=holder.id, details=what)
    return is_changed


async def _change_role(context: RequestContext, role_id: UUID, holder: Holder, action: AuditAction) -> bool:
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        role = await load_role(unit, role_id)
        require_power_over(mine, await permissions_of_role(unit, role_id))
        await holder.require_existence(unit)
        if action is AuditAction.ROLE_GRANTED:
            is_changed = await _give(unit, RoleGrant, role_id=role_id, **holder.columns)
        else:
            is_changed = await _take(unit, RoleGrant, role_id=role_id, **holder.columns)
        if is_changed:
            details = {"roleId": str(role_id), "name": role.name}
            await audit(unit, context, action, subject=holder.id, details=details)
    return is_changed


async def _give(unit: Unit, grant: Grant, **values: object) -> bool:
    statement = insert(grant).values(id=new_id(Kind.ACCESS_GRANT), **values).on_conflict_do_nothing()
    return await unit.session.scalar(statement.returning(grant.id)) is not None


async def _take(unit: Unit, grant: Grant, **values: object) -> bool:
    statement = delete(grant).filter_by(**values).returning(grant.id)
    return await unit.session.scalar(statement.execution_options(synchronize_session=False)) is not None
