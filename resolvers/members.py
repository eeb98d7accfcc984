"""Members of workspaces: who they are, in which role, and the rule that an owner always remains."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole, may
from domain.accounts.emails import MAX_EMAIL_LENGTH, email_or_none
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, Conflict, Forbidden, NotFound
from domain.ids import Kind, new_id
from models import User, Workspace, WorkspaceMember
from resolvers.access import load_workspace, missing, require
from resolvers.audit.writing import audit
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.duplicate_names import MEMBERS, refusing_duplicates
from resolvers.loader import Loader
from resolvers.member_defaults import drop_defaults
from resolvers.people import can_sign_in
from resolvers.reach import is_mine
from resolvers.workspaces import get_workspace


class MemberLoader(Loader[UUID, WorkspaceMember]):
    """Memberships by id, of workspaces that the caller is a member of."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, WorkspaceMember]:
        """See `Loader.fetch`."""
        mine = aliased(WorkspaceMember)
        same = is_mine(self.context, WorkspaceMember.workspace_id, member=mine)
        statement = select(WorkspaceMember).join(mine, same).where(among(WorkspaceMember.id, keys))
        return {member.id: member for member in await unit.session.scalars(statement)}


class MembersLoader(Loader[UUID, list[WorkspaceMember]]):
    """The members of workspaces, in the order in which they joined; for workspaces that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[WorkspaceMember]]:
        """See `Loader.fetch`."""
        statement = select(WorkspaceMember).where(among(WorkspaceMember.workspace_id, keys))
        found = await unit.session.scalars(statement.order_by(WorkspaceMember.id))
        return grouped(keys, ((member.workspace_id, member) for member in found))


async def list_members(context: RequestContext, workspace_id: UUID) -> list[WorkspaceMember]:
    """The members of a workspace in the order in which they joined."""
    await get_workspace(context, workspace_id)
    return await context.loader(MembersLoader).load(workspace_id) or []


async def get_member(context: RequestContext, member_id: UUID) -> WorkspaceMember:
    """One membership; raises `NotFound` when the caller is not a member of its workspace."""
    found = await context.loader(MemberLoader).load(member_id)
    if found is None:
        raise missing("workspace member", member_id)
    return found


async def members_among(unit: Unit, workspace_id: UUID, user_ids: Collection[UUID]) -> set[UUID]:
    """Which of these users are members of a workspace."""
    if not user_ids:
        return set()
    statement = select(WorkspaceMember.user_id).where(
        WorkspaceMember.workspace_id == workspace_id, among(WorkspaceMember.user_id, user_ids)
    )
    return set(await unit.session.scalars(statement))


async def create_member(
    context: RequestContext,
    workspace_id: UUID,
    role: WorkspaceRole,
    *,
    email: str | None = None,
    user_id: UUID | None = None,
) -> WorkspaceMember:
    """Make a user, named by e-mail address or by id, a member of a workspace."""
    async with context.unit() as unit:
        _, mine = await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE)
        require_power_over(mine, role)
        if email is not None and not context.services.limits.add_members_by_email:
            raise BadRequest("Members are not added by e-mail address here; invite them.", argument="email")
        user = await _find_user(unit, email, user_id)
        member = WorkspaceMember(
            id=new_id(Kind.WORKSPACE_MEMBER), workspace_id=workspace_id, user_id=user.id, role=role.value
        )
        unit.session.add(member)
        with refusing_duplicates(MEMBERS, "This user is a member of the workspace already.", value=email, field="user"):
            await unit.session.flush()
        await _audit(unit, context, AuditAction.MEMBER_ADDED, member)
    context.forget_loaded()
    return member


async def update_member(context: RequestContext, member_id: UUID, role: WorkspaceRole) -> WorkspaceMember:
    """Give a member another role; raises `Conflict` when no owner would remain."""
    async with context.unit() as unit:
        member, mine = await _load_member(unit, context, member_id)
        require(mine, Action.MANAGE_WORKSPACE)
        require_power_over(mine, WorkspaceRole(member.role), role)
        if role is not WorkspaceRole.OWNER:
            await _require_another_owner(unit, member)
        elif member.role != role.value:
            await _require_person(unit, member)
        previous, member.role = member.role, role.value
        await unit.session.flush()
        if previous != member.role:
            await _audit(unit, context, AuditAction.MEMBER_ROLE_CHANGED, member, previousRole=previous)
    context.forget_loaded()
    return member


async def delete_member(context: RequestContext, member_id: UUID) -> None:
    """Remove a member; anybody may remove themselves. Raises `Conflict` when no owner would remain."""
    async with context.unit() as unit:
        member, mine = await _load_member(unit, context, member_id)
        await _remove(unit, context, member, mine)
    context.forget_loaded()


async def leave_workspace(context: RequestContext, workspace_id: UUID) -> UUID:
    """End the caller's own membership and return its id; raises `Conflict` when no owner would remain."""
    async with context.unit() as unit:
        _, mine = await load_workspace(unit, context, workspace_id, Action.READ, lock=True)
        statement = select(WorkspaceMember).where(
            WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id == context.user_id
        )
        member = (await unit.session.scalars(statement)).one()
        await _remove(unit, context, member, mine)
    context.forget_loaded()
    return member.id


async def _remove(unit: Unit, context: RequestContext, member: WorkspaceMember, mine: WorkspaceRole) -> None:
    if member.user_id != context.user_id:
        require(mine, Action.MANAGE_WORKSPACE)
        require_power_over(mine, WorkspaceRole(member.role))
    await end_membership(unit, context, member)


async def end_membership(unit: Unit, context: RequestContext, member: WorkspaceMember) -> None:
    """Remove a member, whose workspace must be locked; raises `Conflict` when no owner would remain."""
    await _require_another_owner(unit, member)
    await unit.session.delete(member)
    await drop_defaults(unit, context, member.workspace_id, member.user_id)
    await unit.session.flush()
    is_own = member.user_id == context.user_id
    await _audit(unit, context, AuditAction.MEMBER_LEFT if is_own else AuditAction.MEMBER_REMOVED, member)


async def _audit(
    unit: Unit, context: RequestContext, action: AuditAction, member: WorkspaceMember, **more: str
) -> None:
    details = {"role": member.role, **more}
    await audit(unit, context, action, subject=member.user_id, workspace=member.workspace_id, details=details)


async def _load_member(unit: Unit, context: RequestContext, member_id: UUID) -> tuple[WorkspaceMember, WorkspaceRole]:
    """The membership and the caller's own role, with the workspace locked: its roles change one after the other."""
    mine = aliased(WorkspaceMember)
    statement = (
        select(WorkspaceMember, mine.role)
        .join(Workspace, Workspace.id == WorkspaceMember.workspace_id)
        .join(mine, is_mine(context, Workspace.id, member=mine))
        .where(WorkspaceMember.id == member_id)
        .with_for_update(key_share=True, of=(Workspace, WorkspaceMember, mine))
        .execution_options(populate_existing=True)
    )
    row = (await unit.session.execute(statement)).one_or_none()
    if row is None:
        raise missing("workspace member", member_id)
    return row[0], WorkspaceRole(row[1])


async def _find_user(unit: Unit, email: str | None, user_id: UUID | None) -> User:
    if (email is None) == (user_id is None):
        raise BadRequest("Name the user by either email or userId.")
    wanted = None if email is None else email_or_none(email)  # None for what can be nobody's, and not even be asked
    named = User.id == user_id if email is None else func.lower(User.email) == func.lower(wanted)
    statement = select(User).where(named, can_sign_in()).with_for_update(read=True, key_share=True, of=User)
    user = (await unit.session.scalars(statement)).one_or_none()
    if user is None:
        address = f"the e-mail address {(email or '')[:MAX_EMAIL_LENGTH]!r}"
        raise NotFound(f"There is no user with {f'id {user_id}' if email is None else address}.")
    return user


def require_power_over(mine: WorkspaceRole, *roles: WorkspaceRole) -> None:
    """Raise `Forbidden` where the caller may not: only owners make, change or remove owners."""
    if WorkspaceRole.OWNER in roles and not may(mine, Action.MANAGE_OWNERS):
        require(mine, Action.MANAGE_OWNERS)


async def _require_person(unit: Unit, member: WorkspaceMember) -> None:
    """Raise `Forbidden` for a member as whom nobody can sign in."""
    if await unit.session.scalar(select(User.id).where(User.id == member.user_id, can_sign_in())) is None:
        raise Forbidden("An owner must be able to sign in: this account is an application's, or was deactivated.")


async def _require_another_owner(unit: Unit, member: WorkspaceMember) -> None:
    """Raise `Conflict` when this member is the only owner who can sign in; the workspace must be locked."""
    if member.role != WorkspaceRole.OWNER.value:
        return
    others = (
        select(WorkspaceMember.id)
        .join(User, User.id == WorkspaceMember.user_id)
        .where(
            WorkspaceMember.workspace_id == member.workspace_id,
            WorkspaceMember.role == WorkspaceRole.OWNER.value,
            WorkspaceMember.id != member.id,
            can_sign_in(),
        )
    )
    if (await unit.session.scalars(others.limit(1))).first() is None:
        raise Conflict("A workspace needs an owner: make somebody else an owner first, or delete the workspace.")
