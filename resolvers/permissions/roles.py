"""Roles on the server: named sets of permissions."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select

from adapters.database import Unit
from domain.access.holdings import require_power_over
from domain.access.permissions import ROLES_MANAGE, ROLES_READ
from domain.audit.actions import AuditAction
from domain.ids import Kind, new_id
from domain.names import clean_description, clean_name
from domain.unchanged import UNCHANGED, Unchanged
from models import PermissionGrant, Role
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.duplicate_names import ROLE_NAMES, refusing_duplicates
from resolvers.loader import Loader
from resolvers.permissions.bounds import require_room
from resolvers.permissions.changing import rights_change
from resolvers.permissions.holdings import permitted, require_known


class RoleLoader(Loader[UUID, Role]):
    """Roles by id, for whoever may see the thing that names them."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Role]:
        """See `Loader.fetch`."""
        return {role.id: role for role in await unit.session.scalars(select(Role).where(among(Role.id, keys)))}


class RolePermissionsLoader(Loader[UUID, list[str]]):
    """The permissions of roles, sorted; for roles that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[str]]:
        """See `Loader.fetch`."""
        statement = select(PermissionGrant.role_id, PermissionGrant.permission).order_by(PermissionGrant.permission)
        found = await unit.session.execute(statement.where(among(PermissionGrant.role_id, keys)))
        return grouped(keys, ((role_id, permission) for role_id, permission in found if role_id is not None))


async def list_roles(context: RequestContext) -> list[Role]:
    """Every role, by name."""
    async with context.unit() as unit:
        await permitted(unit, context, ROLES_READ)
        return list(await unit.session.scalars(select(Role).order_by(Role.name, Role.id)))


async def get_role(context: RequestContext, role_id: UUID) -> Role:
    """A role; raises `Forbidden` without the permission to see roles, and `NotFound`."""
    async with context.unit() as unit:
        await permitted(unit, context, ROLES_READ)
        return await load_role(unit, role_id)


async def create_role(
    context: RequestContext, name: str, *, description: str | None, permissions: Sequence[str]
) -> Role:
    """A new role with permissions that the caller holds."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        codes = await require_known(unit, permissions, "permissions")
        require_power_over(mine, codes)
        await require_room(unit, context, Role, "roles")
        texts = context.services.limits.texts
        role = Role(
            id=new_id(Kind.ROLE),
            name=clean_name(name, "role", limit=texts.name),
            description=clean_description(description, limit=texts.description),
        )
        unit.session.add(role)
        await _flush_name(unit, role)
        await _add_permissions(unit, role.id, codes)
        details = {"name": role.name, "permissions": codes}
        await audit(unit, context, AuditAction.ROLE_CREATED, subject=role.id, details=details)
    return role


async def update_role(
    context: RequestContext,
    role_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    description: str | Unchanged | None = UNCHANGED,
    permissions: Sequence[str] | Unchanged = UNCHANGED,
) -> Role:
    """Change a role, all of whose permissions, before and after, the caller must hold."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        role = await load_role(unit, role_id)
        before = await permissions_of_role(unit, role_id)
        codes = before if isinstance(permissions, Unchanged) else await require_known(unit, permissions, "permissions")
        require_power_over(mine, {*before, *codes})
        texts = context.services.limits.texts
        if not isinstance(name, Unchanged):
            role.name = clean_name(name, "role", limit=texts.name)
        if not isinstance(description, Unchanged):
            role.description = clean_description(description, limit=texts.description)
        await _flush_name(unit, role)
        await _replace_permissions(unit, role_id, before, codes)
        details = {"name": role.name, "permissions": codes, "previousPermissions": before}
        await audit(unit, context, AuditAction.ROLE_UPDATED, subject=role_id, details=details)
    return role


async def delete_role(context: RequestContext, role_id: UUID) -> None:
    """Delete a role, all of whose permissions the caller must hold; those who had it lose it."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        role = await load_role(unit, role_id)
        require_power_over(mine, await permissions_of_role(unit, role_id))
        await unit.session.delete(role)
        await audit(unit, context, AuditAction.ROLE_DELETED, subject=role_id, details={"name": role.name})


async def load_role(unit: Unit, role_id: UUID) -> Role:
    """The role; raises `NotFound`."""
    found = await unit.session.scalar(select(Role).where(Role.id == role_id))
    if found is None:
        raise missing("role", role_id)
    return found


async def permissions_of_role(unit: Unit, role_id: UUID) -> list[str]:
    """The codes of a role's permissions, sorted."""
    statement = select(PermissionGrant.permission).where(PermissionGrant.role_id == role_id)
    return sorted(await unit.session.scalars(statement))


async def _flush_name(unit: Unit, role: Role) -> None:
    with refusing_duplicates(ROLE_NAMES, f"There is a role {role.name!r} already.", value=role.name):
        await unit.session.flush()


async def _add_permissions(unit: Unit, role_id: UUID, codes: Sequence[str]) -> None:
    if codes:
        rows = [{"id": new_id(Kind.ACCESS_GRANT), "permission": code, "role_id": role_id} for code in codes]
        await unit.session.execute(insert(PermissionGrant), rows)


async def _replace_permissions(unit: Unit, role_id: UUID, before: Sequence[str], after: Sequence[str]) -> None:
    gone = [code for code in before if code not in after]
    if gone:
        which = (PermissionGrant.role_id == role_id) & PermissionGrant.permission.in_(gone)
        await unit.session.execute(delete(PermissionGrant).where(which).execution_options(synchronize_session=False))
    await _add_permissions(unit, role_id, [code for code in after if code not in before])
