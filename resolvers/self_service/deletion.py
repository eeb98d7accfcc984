"""Leaving an account for good, and what becomes of the workspaces that nobody else owns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, Conflict, NotFound
from models import User, Workspace, WorkspaceMember
from resolvers.access import load_workspace
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.mailing.posting import post
from resolvers.member_defaults import drop_defaults
from resolvers.people import can_sign_in
from resolvers.schema_changes import sign_changes
from resolvers.self_service.letters import notice
from resolvers.self_service.proof import lock_proven, prove, require_another_superuser
from resolvers.workspaces import delete_workspace


@dataclass(frozen=True, slots=True)
class Disposal:
    """What becomes of a workspace of the caller's: a member is its owner from now on, or it is deleted (None)."""

    workspace_id: UUID
    transfer_to: UUID | None


async def delete_me(context: RequestContext, password: str, disposals: Sequence[Disposal]) -> UUID:
    """Delete the caller's account and return its id; what it made in workspaces that stay, stays.

    Raises `Conflict`, with the `workspaces` that only the caller owns and that `disposals` leave out, and for the last
    superuser; `ValidationFailed` for a wrong password; `NotFound` and `Forbidden` for workspaces of others.
    """
    _require_each_once(disposals)
    proven = await prove(context, password)
    async with context.unit() as unit:
        await require_another_superuser(unit, proven.user_id)
        await _require_owners(unit, context, {each.workspace_id for each in disposals})
    for each in disposals:
        if each.transfer_to is None:
            await delete_workspace(context, each.workspace_id)
    async with context.unit() as unit:
        for each in disposals:
            if each.transfer_to is not None:
                await _transfer(unit, context, each.workspace_id, each.transfer_to)
        await _require_owners(unit, context, set())
        user = await lock_proven(unit, proven)
        await audit(unit, context, AuditAction.USER_DELETED, subject=user.id, details={"email": user.email})
        await _delete(unit, context, user)
    context.forget_loaded()
    return proven.user_id


def _require_each_once(disposals: Sequence[Disposal]) -> None:
    if len({each.workspace_id for each in disposals}) < len(disposals):
        raise BadRequest("Name each workspace once.", argument="workspaces")


async def _require_owners(unit: Unit, context: RequestContext, named: set[UUID]) -> None:
    """Raise `Conflict` for workspaces that are not named and would have no owner who can sign in.

    All workspaces of the caller's own are locked, as they are when an owner leaves: what holds now holds at the end.
    """
    mine = _owned(context).with_for_update(of=Workspace, key_share=True)
    await unit.session.execute(mine)
    theirs, owner = aliased(WorkspaceMember), aliased(User)
    others = (
        select(theirs.id)
        .join(owner, owner.id == theirs.user_id)
        .where(theirs.workspace_id == Workspace.id, theirs.role == WorkspaceRole.OWNER.value)
        .where(theirs.user_id != context.user_id, can_sign_in(owner))
    )
    alone = await unit.session.execute(_owned(context).where(~others.exists()))
    left = [{"id": str(id), "name": name} for id, name in alone if id not in named]
    if left:
        message = (
            "Nobody else owns some of your workspaces: say for each of them who is its owner from now on, or that it "
            "is deleted."
        )
        raise Conflict(message, workspaces=left)


def _owned(context: RequestContext) -> Select[*tuple[Any, ...]]:
    mine = (WorkspaceMember.workspace_id == Workspace.id) & (WorkspaceMember.user_id == context.user_id)
    statement = select(Workspace.id, Workspace.name).join(WorkspaceMember, mine)
    return statement.where(WorkspaceMember.role == WorkspaceRole.OWNER.value).order_by(Workspace.id)


async def _transfer(unit: Unit, context: RequestContext, workspace_id: UUID, user_id: UUID) -> None:
    """Make a member, who can sign in, an owner."""
    await load_workspace(unit, context, workspace_id, Action.MANAGE_OWNERS, lock=True)
    statement = (
        select(WorkspaceMember)
        .join(User, User.id == WorkspaceMember.user_id)
        .where(WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id == user_id)
        .where(can_sign_in(), User.id != context.user_id)
    )
    member = await unit.session.scalar(statement.with_for_update(of=WorkspaceMember, key_share=True))
    if member is None:
        raise NotFound(f"The workspace {workspace_id} has no other member with id {user_id}.")
    member.role = WorkspaceRole.OWNER.value
    await unit.session.flush()
    action = AuditAction.WORKSPACE_OWNERSHIP_TRANSFERRED
    await audit(unit, context, action, subject=user_id, workspace=workspace_id)


async def _delete(unit: Unit, context: RequestContext, user: User) -> None:
    """Sessions, keys, memberships and personal views go with the account's row."""
    await sign_changes(context, unit)
    memberships = select(WorkspaceMember.workspace_id).where(WorkspaceMember.user_id == user.id)
    for workspace_id in sorted(await unit.session.scalars(memberships)):
        await drop_defaults(unit, context, workspace_id, user.id)
        await audit(unit, context, AuditAction.MEMBER_LEFT, subject=user.id, workspace=workspace_id)
    await post(unit, context.services, notice(context, "account_deleted", user))
    unit.after_commit(context.services.authenticator.forget)
    await unit.session.delete(user)
    await unit.session.flush()
