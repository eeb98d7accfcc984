"""Signing in: a new session with its first tokens."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from adapters.passwords import Verdict
from domain.accounts.emails import email_or_none
from domain.accounts.passwords import normal_password
from domain.accounts.registration import clean_optional_name
from domain.accounts.secrets import NewSecret, new_refresh_token
from domain.audit.actions import AuditAction
from domain.errors import EmailNotVerified, Unauthenticated
from domain.ids import Kind, new_id
from models import RefreshToken, Session, User
from resolvers.audit.writing import audit, audit_failure
from resolvers.clients import printable
from resolvers.context import RequestContext
from resolvers.guessing import guess_of
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

    Where both are right it may be an `EmailNotVerified`, or a `SecondFactorRequired` where a code is missing.
    """
    device = clean_device(context, device)
    known, renewed = await _check(context, email, normal_password(password))
    if context.services.account_rules.require_verified_email and not known.is_verified:
        raise EmailNotVerified
    await ask_for_code(context, known, renewed)
    async with context.unit() as unit:
        user = await _lock_user(unit, known.id, known.password_hash)
        if user is None:
            raise _wrong(context, email, known)
        user.password_hash = renewed
        return await enter(unit, context, user, device)


@guess_of("email")
async def _check(context: RequestContext, email: str, password: str) -> tuple[User, str | None]:
    """Whose address and password these are, and the hash that is to be kept of the password from now on."""
    known = await _find_user(context, email)
    checked = known.password_hash if known else None
    verdict = await context.services.passwords.check(password, checked)
    if known is None or verdict is Verdict.WRONG:
        raise _wrong(context, email, known)
    if verdict is Verdict.RIGHT_BUT_OUTDATED:
        return known, await context.services.passwords.hash(password)
    return known, checked


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
    return await issue_tokens(unit, context, user, session.id, new_refresh_token())


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


async def _find_user(context: RequestContext, email: str) -> User | None:
    wanted = email_or_none(email)
    if wanted is None:
        return None
    statement = select(User).where(func.lower(User.email) == func.lower(wanted), User.is_active)
    async with context.early_unit() as unit:
        return await unit.session.scalar(statement)


async def _lock_user(unit: Unit, user_id: UUID, checked: str | None) -> User | None:
    """The user, unless the password or the account was changed while the password was being verified."""
    statement = select(User).where(User.id == user_id, User.is_active, User.password_hash == checked)
    return await unit.session.scalar(statement.with_for_update(read=True).execution_options(populate_existing=True))


def _wrong(context: RequestContext, email: str, known: User | None) -> Unauthenticated:
    details = {"email": email_or_none(email)}  # what is no address may be a password in the wrong place
    subject = None if known is None else known.id
    audit_failure(context, AuditAction.SESSION_LOGIN_FAILED, subject=subject, details=details)
    return Unauthenticated("The e-mail address or the password is wrong.")
