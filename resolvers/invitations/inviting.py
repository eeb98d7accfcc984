"""Invites people to workspaces by mail, whoever they are: the answer never tells whether an address has an account."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from adapters.database import Unit
from domain.access.invitations import INVITATION_TOKENS
from domain.access.roles import Action, WorkspaceRole
from domain.accounts.emails import clean_email
from domain.accounts.secrets import NewSecret
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, DuplicateValue, RateLimited
from domain.ids import Kind, new_id
from models import Invitation, User, Workspace, WorkspaceMember
from resolvers.access import load_workspace
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.duplicate_names import INVITATIONS, refusing_duplicates
from resolvers.invitations.finding import load_invitation
from resolvers.invitations.mails import require_mails_left
from resolvers.mailing.posting import post
from resolvers.members import require_power_over

MAX_SHOWN_NAME = 100
"""How much of names that people chose themselves stands in a mail that we send."""


async def create_invitation(context: RequestContext, workspace_id: UUID, email: str, role: WorkspaceRole) -> Invitation:
    """Invite an address, and send the mail once that is committed.

    Raises `Forbidden` for a role that the caller may not give, `DuplicateValue` for a member and for an address that
    is invited already, `BadRequest` when there are too many invitations, `RateLimited` when the caller sent too many.
    """
    email = clean_email(email)
    async with context.unit() as unit:
        workspace, mine = await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE, lock=True)
        require_power_over(mine, role)
        await _require_no_member(unit, workspace_id, email)
        await _clear(unit, workspace_id)
        await _require_room(unit, context, workspace_id)
        await require_mails_left(unit, context)
        made = INVITATION_TOKENS.new()
        invitation = _new(context, workspace_id, email, role, made)
        unit.session.add(invitation)
        message = "This address is invited already; send that invitation once more, or revoke it."
        with refusing_duplicates(INVITATIONS, message, value=email, field="email"):
            await unit.session.flush()
        await _send(unit, context, invitation, workspace, made)
        await _audit(unit, context, AuditAction.INVITATION_CREATED, invitation)
    context.forget_loaded()
    return invitation


async def resend_invitation(context: RequestContext, invitation_id: UUID) -> Invitation:
    """Send an invitation with a new link, in the name of the caller; the link before is no longer good.

    Raises `RateLimited` when it was sent a moment ago.
    """
    async with context.unit() as unit:
        invitation, workspace, mine = await load_invitation(unit, context, invitation_id, lock=True)
        require_power_over(mine, WorkspaceRole(invitation.role))
        _require_pause(context, invitation)
        await require_mails_left(unit, context)
        made = INVITATION_TOKENS.new()
        invitation.token_hash, invitation.invited_by = made.digest, context.user_id
        invitation.sent_at = now = datetime.now(UTC)
        invitation.expires_at = now + context.services.limits.invitation_lifetime
        await unit.session.flush()
        await _send(unit, context, invitation, workspace, made)
        await _audit(unit, context, AuditAction.INVITATION_RESENT, invitation)
    context.forget_loaded()
    return invitation


async def revoke_invitation(context: RequestContext, invitation_id: UUID) -> UUID:
    """Take an invitation back and return its id; its link is no longer good."""
    async with context.unit() as unit:
        invitation, _, mine = await load_invitation(unit, context, invitation_id, lock=True)
        require_power_over(mine, WorkspaceRole(invitation.role))
        invitation.ended_at = datetime.now(UTC)
        await unit.session.flush()
        await _audit(unit, context, AuditAction.INVITATION_REVOKED, invitation)
    context.forget_loaded()
    return invitation_id


def _new(context: RequestContext, workspace_id: UUID, email: str, role: WorkspaceRole, made: NewSecret) -> Invitation:
    now = datetime.now(UTC)
    return Invitation(
        id=new_id(Kind.INVITATION),
        workspace_id=workspace_id,
        email=email,
        role=role.value,
        token_hash=made.digest,
        invited_by=context.user_id,
        created_at=now,
        sent_at=now,
        expires_at=now + context.services.limits.invitation_lifetime,
    )


async def _require_no_member(unit: Unit, workspace_id: UUID, email: str) -> None:
    """Members see each other's addresses, so this tells nothing."""
    statement = (
        select(WorkspaceMember.id)
        .join(User, User.id == WorkspaceMember.user_id)
        .where(WorkspaceMember.workspace_id == workspace_id, func.lower(User.email) == func.lower(email))
    )
    if await unit.session.scalar(statement) is not None:
        raise DuplicateValue("This user is a member of the workspace already.", field="email", value=email)


async def _clear(unit: Unit, workspace_id: UUID) -> None:
    """End what has expired, and forget what ended and is older than a day; the workspace must be locked."""
    ours = Invitation.workspace_id == workspace_id
    expired = update(Invitation).where(ours, Invitation.ended_at.is_(None), Invitation.expires_at <= func.now())
    await unit.session.execute(expired.values(ended_at=func.now()).execution_options(synchronize_session=False))
    yesterday = func.now() - func.make_interval(0, 0, 0, 1)
    over = delete(Invitation).where(ours, Invitation.ended_at.is_not(None), Invitation.created_at < yesterday)
    await unit.session.execute(over.execution_options(synchronize_session=False))


async def _require_room(unit: Unit, context: RequestContext, workspace_id: UUID) -> None:
    """Raise `BadRequest` when the workspace has sent as many invitations as it may; the others were cleared before."""
    limit = context.services.limits.max_invitations_per_workspace
    count = await unit.session.scalar(select(func.count()).where(Invitation.workspace_id == workspace_id))
    if count is not None and count >= limit:
        raise BadRequest(f"A workspace may have {limit:,} invitations that are open or not older than a day.")


def _require_pause(context: RequestContext, invitation: Invitation) -> None:
    pause = context.services.limits.invitation_resend_interval
    left = (invitation.sent_at + pause - datetime.now(UTC)).total_seconds()
    if left > 0:
        raise RateLimited("This invitation was sent a moment ago; try again later.", retryAfter=round(left, 3))


async def _send(
    unit: Unit, context: RequestContext, invitation: Invitation, workspace: Workspace, made: NewSecret
) -> None:
    """Have the mail sent once all is committed."""
    services = context.services
    inviter = await unit.session.get_one(User, context.user_id)
    mail = services.letters.write(
        "invitation",
        invitation.email,
        link=services.letters.link("accept-invitation", made.text),
        inviter=inviter.email,
        workspace=workspace.name[:MAX_SHOWN_NAME],
        role=invitation.role.lower(),
        until=f"{invitation.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    )
    await post(unit, services, mail)


async def _audit(unit: Unit, context: RequestContext, action: AuditAction, invitation: Invitation) -> None:
    details = {"email": invitation.email, "role": invitation.role}
    await audit(unit, context, action, subject=invitation.id, workspace=invitation.workspace_id, details=details)
