"""Signing in: a new session with its first tokens."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.accounts.emails import email_or_none
from domain.accounts.registration import clean_optional_name
from domain.accounts.secrets import NewSecret, new_bare_secret
from domain.audit.actions import AuditAction
from domain.errors import EmailNotVerified, Forbidden, Unauthenticated
from domain.ids import Kind, new_id
from models import RefreshToken, Session, User
from resolvers.audit.writing import audit, audit_failure
from resolvers.backends.answers import KnownUser, Refused
from resolvers.backends.asking import PartlyAsked, ask_backends, user_of_claim
from resolvers.clients import printable
from resolvers.context import RequestContext
from resolvers.guessing import guess_of
from resolvers.oauth.claims import Claim
from resolvers.second_factor.asking import ask_for_code


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with the tokens of a session; `expires_in` is the life of the access token in seconds."""

    user: User
    session_id: UUID
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


async def login(context: RequestContext, email: str, password: str, *, device: str | None = None) -> SignedIn:
    """Sign in; raises `Unauthenticated`, the same and as late whichever of the two is wrong.

    Where both are right it may be an `EmailNotVerified`, or a `SecondFactorRequired` where a code is missing; and a
    `Forbidden` for somebody of a directory who has no account here and gets none.
    """
    device = clean_device(context, device)
    known = await _check(context, email, password)
    if isinstance(known, Claim):
        known = await _user_of(context, email, known)
    if context.services.account_rules.require_verified_email and not known.user.is_verified:
        raise EmailNotVerified
    await ask_for_code(context, known.user, known.renewed)
    async with context.unit() as unit:
        user = await _lock_user(unit, known.user.id, known.user.password_hash)
        if user is None:
            raise _wrong(context, email, known.user)
        user.password_hash = known.renewed
        return await enter(unit, context, user, device, **known.details)


@guess_of("email", wrong=(Unauthenticated, PartlyAsked))
async def _check(context: RequestContext, email: str, password: str) -> KnownUser | Claim:
    """Whose address, or name in a directory, and password these are."""
    asked = await ask_backends(context, email, password)
    if isinstance(asked, Refused):
        raise _wrong(context, email, asked.user)
    return asked


async def enter(unit: Unit, context: RequestContext, user: User, device: str | None, **details: object) -> SignedIn:
    """A new session of a user who has proven who they are, told to the audit log with what else is to be said."""
    signed_in = await start_session(unit, context, user, device)
    session = signed_in.session_id
    action = AuditAction.SESSION_LOGIN
    await audit(unit, context, action, subject=user.id, actor=user.id, session=session, details=details or None)
    return signed_in


async def start_session(unit: Unit, context: RequestContext, user: User, device: str | None) -> SignedIn:
    """A new session of a user, for the client that the request comes from."""
    session = Session(
        id=new_id(Kind.SESSION),
        user_id=user.id,
        device=device,
        ip_address=context.client.ip_address,
        user_agent=printable(context.client.user_agent),
    )
    unit.session.add(session)
    await unit.session.flush()
    return await issue_tokens(unit, context, user, session.id, new_bare_secret())


async def issue_tokens(unit: Unit, context: RequestContext, user: User, session_id: UUID, made: NewSecret) -> SignedIn:
    """New tokens for a session that exists, with the refresh token that was made for it."""
    services = context.services
    expires_at = datetime.now(UTC) + services.refresh_token_lifetime
    unit.session.add(RefreshToken(token_hash=made.digest, session_id=session_id, expires_at=expires_at))
    await unit.session.flush()
    return with_access_token(context, user, session_id, made)


def with_access_token(context: RequestContext, user: User, session_id: UUID, refresh: NewSecret) -> SignedIn:
    """A new access token of a session, beside a refresh token that is stored."""
    access = context.services.tokens.issue(user.id, session_id)
    return SignedIn(user, session_id, access.text, refresh.text, access.expires_in)


def clean_device(context: RequestContext, device: str | None) -> str | None:
    """The name that a client gives to its device; raises `ValidationFailed`."""
    return clean_optional_name(device, "device", limit=context.services.limits.max_name_length, loc="device")


async def _user_of(context: RequestContext, email: str, claim: Claim) -> KnownUser:
    try:
        return await user_of_claim(context, claim)
    except (Unauthenticated, Forbidden):
        details = {"email": email_or_none(email), "by": claim.provider}
        audit_failure(context, AuditAction.SESSION_LOGIN_FAILED, details=details)
        raise


async def _lock_user(unit: Unit, user_id: UUID, checked: str | None) -> User | None:
    """The user, unless the password or the account was changed while the password was being verified."""
    statement = select(User).where(User.id == user_id, User.is_active, User.password_hash == checked)
    return await unit.session.scalar(statement.with_for_update(read=True).execution_options(populate_existing=True))


def _wrong(context: RequestContext, email: str, known: User | None) -> Unauthenticated:
    details = {"email": email_or_none(email)}  # what is no address may be a password in the wrong place
    subject = None if known is None else known.id
    audit_failure(context, AuditAction.SESSION_LOGIN_FAILED, subject=subject, details=details)
    return Unauthenticated("The e-mail address or the password is wrong.")
