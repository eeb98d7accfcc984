"""Permissions that clients add to those of the server, for what they do themselves."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain.access.holdings import require_power_over
from domain.access.permissions import PERMISSIONS, ROLES_MANAGE, ROLES_READ, clean_new_permission
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, DuplicateValue
from domain.names import clean_description
from models import CustomPermission, PermissionGrant
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.permissions.bounds import require_room
from resolvers.permissions.changing import rights_change
from resolvers.permissions.holdings import permitted, require_known


async def list_custom_permissions(context: RequestContext) -> Sequence[CustomPermission]:
    """The permissions that clients added, by code."""
    async with context.unit() as unit:
        await permitted(unit, context, ROLES_READ)
        return (await unit.session.scalars(select(CustomPermission).order_by(CustomPermission.code))).all()


async def create_permission(context: RequestContext, code: str, description: str | None) -> CustomPermission:
    """A new permission; only superusers hold it until they grant it."""
    async with rights_change(context, ROLES_MANAGE) as (unit, _):
        code = clean_new_permission(code)
        description = clean_description(description, limit=context.services.limits.max_description_length)
        await require_room(unit, context, CustomPermission, "permissions that were added")
        statement = insert(CustomPermission).values(code=code, description=description).on_conflict_do_nothing()
        made: CustomPermission | None = await unit.session.scalar(statement.returning(CustomPermission))
        if made is None:
            raise DuplicateValue(f"There is a permission {code!r} already.", field="code", value=code)
        await audit(unit, context, AuditAction.PERMISSION_CREATED, details={"permission": code})
    return made


async def delete_permission(context: RequestContext, code: str) -> None:
    """Delete a permission that a client added, which the caller must hold; whoever had it loses it."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        await require_known(unit, [code], "code")
        if code in PERMISSIONS:
            raise BadRequest(f"The permission {code!r} belongs to the server and stays.", argument="code")
        require_power_over(mine, [code])
        for statement in (
            delete(PermissionGrant).where(PermissionGrant.permission == code),
            delete(CustomPermission).where(CustomPermission.code == code),
        ):
            await unit.session.execute(statement.execution_options(synchronize_session=False))
        await audit(unit, context, AuditAction.PERMISSION_DELETED, details={"permission": code})
