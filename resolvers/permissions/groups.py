"""Groups of users, which hold permissions and roles together."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from domain.access.holdings import Holdings, require_power_over
from domain.access.permissions import ROLES_MANAGE, ROLES_READ
from domain.audit.actions import AuditAction
from domain.ids import Kind, new_id
from domain.names import clean_description, clean_name
from domain.unchanged import UNCHANGED, Unchanged
from models import Group, GroupMember, PermissionGrant, Role, RoleGrant
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.duplicate_names import GROUP_NAMES, refusing_duplicates
from resolvers.loader import Loader
from resolvers.permissions.bounds import require_room
from resolvers.permissions.changing import rights_change
from resolvers.permissions.holders import load_user
from resolvers.permissions.holdings import permitted


class GroupLoader(Loader[UUID, Group]):
    """Groups by id, for whoever may see the thing that names them."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Group]:
        """See `Loader.fetch`."""
        return {group.id: group for group in await unit.session.scalars(select(Group).where(among(Group.id, keys)))}


class GroupPermissionsLoader(Loader[UUID, list[str]]):
    """The permissions that groups were given themselves, sorted; for groups that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[str]]:
        """See `Loader.fetch`."""
        statement = select(PermissionGrant.group_id, PermissionGrant.permission).order_by(PermissionGrant.permission)
        found = await unit.session.execute(statement.where(among(PermissionGrant.group_id, keys)))
        return grouped(keys, ((group_id, permission) for group_id, permission in found if group_id is not None))


class GroupRolesLoader(Loader[UUID, list[Role]]):
    """The roles of groups, by name; for groups that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Role]]:
        """See `Loader.fetch`."""
        statement = select(RoleGrant.group_id, Role).join(Role, Role.id == RoleGrant.role_id)
        found = await unit.session.execute(
            statement.where(among(RoleGrant.group_id, keys)).order_by(Role.name, Role.id)
        )
        return grouped(keys, ((group_id, role) for group_id, role in found if group_id is not None))


class MemberCountLoader(Loader[UUID, int]):
    """How many users are in groups; for groups that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, int]:
        """See `Loader.fetch`."""
        counts = select(GroupMember.group_id, func.count()).group_by(GroupMember.group_id)
        found = await unit.session.execute(counts.where(among(GroupMember.group_id, keys)))
        return {row[0]: row[1] for row in found}


async def list_groups(context: RequestContext) -> list[Group]:
    """Every group, by name."""
    async with context.unit() as unit:
        await permitted(unit, context, ROLES_READ)
        return list(await unit.session.scalars(select(Group).order_by(Group.name, Group.id)))


async def get_group(context: RequestContext, group_id: UUID) -> Group:
    """A group; raises `Forbidden` without the permission to see groups, and `NotFound`."""
    async with context.unit() as unit:
        await permitted(unit, context, ROLES_READ)
        return await load_group(unit, group_id)


async def create_group(context: RequestContext, name: str, *, description: str | None) -> Group:
    """A new group, which holds nothing yet."""
    async with rights_change(context, ROLES_MANAGE) as (unit, _):
        await require_room(unit, context, Group, "groups")
        texts = context.services.limits.texts
        group = Group(
            id=new_id(Kind.GROUP),
            name=clean_name(name, "group", limit=texts.name),
            description=clean_description(description, limit=texts.description),
        )
        unit.session.add(group)
        await _flush_name(unit, group)
        await audit(unit, context, AuditAction.GROUP_CREATED, subject=group.id, details={"name": group.name})
    return group


async def update_group(
    context: RequestContext,
    group_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    description: str | Unchanged | None = UNCHANGED,
) -> Group:
    """Change what a group is called; who is in it and what it holds are changed one by one."""
    async with rights_change(context, ROLES_MANAGE) as (unit, _):
        group = await load_group(unit, group_id)
        texts = context.services.limits.texts
        if not isinstance(name, Unchanged):
            group.name = clean_name(name, "group", limit=texts.name)
        if not isinstance(description, Unchanged):
            group.description = clean_description(description, limit=texts.description)
        await _flush_name(unit, group)
        await audit(unit, context, AuditAction.GROUP_UPDATED, subject=group_id, details={"name": group.name})
    return group


async def delete_group(context: RequestContext, group_id: UUID) -> None:
    """Delete a group, all of whose permissions the caller must hold; its users lose what they held by it."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        group = await load_group(unit, group_id)
        await _require_power(unit, mine, group_id)
        await unit.session.delete(group)
        await audit(unit, context, AuditAction.GROUP_DELETED, subject=group_id, details={"name": group.name})


async def add_group_member(context: RequestContext, group_id: UUID, user_id: UUID) -> bool:
    """Take a user into a group, all of whose permissions the caller must hold; False for one who is in it already."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        await _find(unit, mine, group_id, user_id)
        statement = insert(GroupMember).values(group_id=group_id, user_id=user_id).on_conflict_do_nothing()
        is_new = await unit.session.scalar(statement.returning(GroupMember.user_id)) is not None
        if is_new:
            details = {"groupId": str(group_id)}
            await audit(unit, context, AuditAction.GROUP_MEMBER_ADDED, subject=user_id, details=details)
    return is_new


async def remove_group_member(context: RequestContext, group_id: UUID, user_id: UUID) -> bool:
    """Take a user out of a group, all of whose permissions the caller must hold; False for one who is not in it."""
    async with rights_change(context, ROLES_MANAGE) as (unit, mine):
        await _find(unit, mine, group_id, user_id)
        which = (GroupMember.group_id == group_id) & (GroupMember.user_id == user_id)
        statement = delete(GroupMember).where(which).returning(GroupMember.user_id)
        was_there = await unit.session.scalar(statement.execution_options(synchronize_session=False)) is not None
        if was_there:
            details = {"groupId": str(group_id)}
            await audit(unit, context, AuditAction.GROUP_MEMBER_REMOVED, subject=user_id, details=details)
    return was_there


async def load_group(unit: Unit, group_id: UUID) -> Group:
    """The group; raises `NotFound`."""
    found = await unit.session.scalar(select(Group).where(Group.id == group_id))
    if found is None:
        raise missing("group", group_id)
    return found


async def _find(unit: Unit, mine: Holdings, group_id: UUID, user_id: UUID) -> None:
    """See that both are there, and that the caller holds all that the group does."""
    await load_group(unit, group_id)
    await _require_power(unit, mine, group_id)
    await load_user(unit, user_id)


async def _require_power(unit: Unit, mine: Holdings, group_id: UUID) -> None:
    roles = select(RoleGrant.role_id).where(RoleGrant.group_id == group_id)
    held = (PermissionGrant.group_id == group_id) | PermissionGrant.role_id.in_(roles)
    require_power_over(mine, await unit.session.scalars(select(PermissionGrant.permission).where(held)))


async def _flush_name(unit: Unit, group: Group) -> None:
    with refusing_duplicates(GROUP_NAMES, f"There is a group {group.name!r} already.", value=group.name):
        await unit.session.flush()
