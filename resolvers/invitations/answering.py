"""What who was invited does with the token in the mail: accept, with an account or by making one, or decline.

A token is good for its address alone, for one use, and only while whoever sent it could still send it.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.invitations import INVITATION_TOKENS
from domain.access.roles import Action, WorkspaceRole, roles_that_may
from domain.audit.actions import AuditAction
from domain.errors import Forbidden, NotFound
from domain.ids import Kind, new_id
from models import Invitation, User, WorkspaceMember
from resolvers.accounts import add_user, clean_new_account
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.duplicate_names import MEMBERS, refusing_duplicates
from resolvers.sign_in import SignedIn, clean_device, start_session


async def accept_invitation(context: RequestContext, token: str) -> WorkspaceMember:
    """Make the caller, whose address was invited, a member; raises `NotFound` for everybody else."""
    require_session(context)
    async with context.unit() as unit:
        invitation = await _load(unit, token, lock=True)
        user = await unit.session.get_one(User, context.user_id, populate_existing=True)
        if user.email.lower() != invitation.email.lower():
            raise _no_invitation()
        user.is_verified = True  # the token came to the address
        member = await _join(unit, context, invitation, user.id)
    context.forget_loaded()
    return member


async def register_with_invitation(
    context: RequestContext, token: str, password: str, *, name: str | None = None, device: str | None = None
) -> SignedIn:
    """A new account with the address that was invited, a member of the workspace, and signed in.

    Raises `Forbidden` where that is not allowed, `NotFound`, `ValidationFailed`, and `DuplicateValue` where there is an
    account: who has it signs in and accepts.
    """
    services = context.services
    if not (services.registration_open or services.limits.registration_by_invitation):
        raise Forbidden("Registration is closed on this server.")
    async with context.early_unit() as unit:
        email = (await _load(unit, token)).email
    account = await clean_new_account(services, email, password, name)
    device = clean_device(context, device)
    password_hash = await services.passwords.hash(account.password)
    async with context.unit() as unit:
        invitation = await _load(unit, token, lock=True)
        user = await add_user(unit, account, password_hash, is_superuser=False)
        user.is_verified = True
        signed_in = await start_session(unit, context, user, device)
        session = signed_in.session_id
        await audit(unit, context, AuditAction.USER_REGISTERED, subject=user.id, actor=user.id, session=session)
        await _join(unit, context, invitation, user.id, session)
    return signed_in


async def decline_invitation(context: RequestContext, token: str) -> UUID:
    """End an invitation, for whoever has its token, and return its id; raises `NotFound`."""
    async with context.unit() as unit:
        invitation = await _load(unit, token, lock=True)
        invitation.ended_at = datetime.now(UTC)
        await _audit(unit, context, AuditAction.INVITATION_DECLINED, invitation)
    return invitation.id


async def _join(
    unit: Unit, context: RequestContext, invitation: Invitation, user_id: UUID, session: UUID | None = None
) -> WorkspaceMember:
    """The membership; `session` is the one that a new account has just begun."""
    invitation.ended_at = datetime.now(UTC)
    member = WorkspaceMember(
        id=new_id(Kind.WORKSPACE_MEMBER),
        workspace_id=invitation.workspace_id,
        user_id=user_id,
        role=invitation.role,
    )
    unit.session.add(member)
    with refusing_duplicates(MEMBERS, "You are a member of the workspace already.", value=None, field="user"):
        await unit.session.flush()
    actor = None if session is None else user_id
    await _audit(unit, context, AuditAction.INVITATION_ACCEPTED, invitation, actor=actor, session=session)
    return member


async def _load(unit: Unit, token: str, *, lock: bool = False) -> Invitation:
    """The open invitation of a token, whose sender may still send such; its row decides a race."""
    digest = INVITATION_TOKENS.digest(token)
    if digest is None:
        raise _no_invitation()
    statement = (
        select(Invitation)
        .join(
            WorkspaceMember,
            (WorkspaceMember.workspace_id == Invitation.workspace_id)
            & (WorkspaceMember.user_id == Invitation.invited_by),
        )
        .join(User, User.id == Invitation.invited_by)
        .where(
            User.is_active,
            Invitation.token_hash == digest,
            Invitation.ended_at.is_(None),
            Invitation.expires_at > func.now(),
            WorkspaceMember.role.in_(_names(Action.MANAGE_WORKSPACE)),
            (Invitation.role != WorkspaceRole.OWNER.value) | WorkspaceMember.role.in_(_names(Action.MANAGE_OWNERS)),
        )
    )
    if lock:  # not the sender's membership: who revokes it locks the two the other way round
        statement = statement.with_for_update(key_share=True, of=Invitation)
    found = await unit.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise _no_invitation()
    return found


async def _audit(
    unit: Unit,
    context: RequestContext,
    action: AuditAction,
    invitation: Invitation,
    *,
    actor: UUID | None = None,
    session: UUID | None = None,
) -> None:
    await audit(
        unit,
        context,
        action,
        subject=invitation.id,
        workspace=invitation.workspace_id,
        actor=actor,
        session=session,
        details={"email": invitation.email, "role": invitation.role},
    )


def _names(action: Action) -> list[str]:
    return [role.value for role in roles_that_may(action)]


def _no_invitation() -> NotFound:
    return NotFound("There is no such invitation: it is over, or it is for another e-mail address.")
