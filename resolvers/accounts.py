"""Accounts: how they come to be, and how their password changes."""

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import Unit
from domain.accounts.registration import NewAccount, clean_account
from domain.audit.actions import AuditAction
from domain.errors import DuplicateValue, Forbidden
from domain.ids import Kind, new_id
from models import Session, User
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.mailing.posting import post
from resolvers.self_service.letters import notice
from resolvers.self_service.proof import lock_proven, prove
from resolvers.self_service.tokens import end_tokens
from resolvers.self_service.verification import post_verification
from resolvers.services import Services
from resolvers.sessions import end_sessions
from resolvers.sign_in import SignedIn, clean_device, start_session


async def register(
    context: RequestContext, email: str, password: str, *, name: str | None = None, device: str | None = None
) -> SignedIn:
    """A new account, signed in, with a mail on its way that has its address confirmed.

    Raises `Forbidden` where registration is closed, `ValidationFailed`, and `DuplicateValue` for a known address.
    """
    services = context.services
    if not services.registration_open:
        raise Forbidden("Registration is closed on this server.")
    account = await clean_new_account(services, email, password, name)
    device = clean_device(context, device)
    password_hash = await services.passwords.hash(account.password)
    async with context.unit() as unit:
        user = await add_user(unit, account, password_hash, is_superuser=False)
        await post_verification(unit, services, user)
        signed_in = await start_session(unit, context, user, device)
        session = signed_in.session_id
        await audit(unit, context, AuditAction.USER_REGISTERED, subject=user.id, actor=user.id, session=session)
    return signed_in


async def has_users(connection: AsyncConnection) -> bool:
    """Whether anybody has an account; for the command line."""
    return await connection.scalar(select(exists().select_from(User))) is True


async def create_superuser(services: Services, email: str, password: str, name: str | None = None) -> User:
    """A new account that may administer the server; for the command line. Raises as `register` does."""
    account = await clean_new_account(services, email, password, name)
    password_hash = await services.passwords.hash(account.password)
    async with services.database.transaction() as unit:
        user = await add_user(unit, account, password_hash, is_superuser=True)
        await audit(unit, None, AuditAction.USER_CREATED, subject=user.id, details={"isSuperuser": True})
    return user


async def change_password(context: RequestContext, current_password: str, new_password: str) -> User:
    """Replace the caller's password and end their other sessions; API keys stay, they are deleted one by one.

    A mail tells of it, and links that were mailed before open nothing any more.
    """
    services, session_id = context.services, require_session(context)
    proven = await prove(context, current_password, loc="currentPassword")
    new_password = await services.password_policy.clean(new_password, proven.email, loc="newPassword")
    new_hash = await services.passwords.hash(new_password)
    async with context.unit() as unit:
        user = await lock_proven(unit, proven)
        user.password_hash = new_hash
        others = (Session.user_id == user.id) & (Session.id != session_id)
        await unit.session.flush()
        await end_tokens(unit, user.id)
        await post(unit, services, notice(context, "password_changed", user))
        ended = await end_sessions(unit, services.authenticator, others)
        details = {"endedSessions": ended}
        await audit(unit, context, AuditAction.USER_PASSWORD_CHANGED, subject=user.id, details=details)
    context.forget_loaded()
    return user


async def clean_new_account(services: Services, email: str, password: str, name: str | None) -> NewAccount:
    """The account as it is kept; raises `ValidationFailed`."""
    policy, limit = services.password_policy, services.limits.max_name_length
    account = clean_account(email, password, name, max_name_length=limit, min_password_length=policy.min_length)
    await policy.check(account.password, account.email)
    return account


async def add_user(unit: Unit, account: NewAccount, password_hash: str, *, is_superuser: bool) -> User:
    """The account's row; the unique index on the address decides, also between two who register it at once."""
    statement = (
        insert(User)
        .values(
            id=new_id(Kind.USER),
            email=account.email,
            name=account.name,
            password_hash=password_hash,
            is_superuser=is_superuser,
            is_verified=is_superuser,  # who commands the server says so
        )
        .on_conflict_do_nothing()
        .returning(User)
    )
    user = await unit.session.scalar(statement)
    if user is None:
        message = "There is an account with this e-mail address already."
        raise DuplicateValue(message, field="email", value=account.email)
    return user
