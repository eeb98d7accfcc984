"""Accounts: how they come to be, and how their password changes."""

from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from adapters.passwords import Verdict
from domain.accounts.passwords import normal_password
from domain.accounts.registration import NewAccount, clean_account
from domain.audit.actions import AuditAction
from domain.errors import DuplicateValue, Forbidden, Problem, ValidationFailed
from domain.ids import Kind, new_id
from models import Session, User
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.guessing import guess_of
from resolvers.self_service.letters import notice, post
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
    account = await _clean(services, email, password, name)
    device = clean_device(context, device)
    password_hash = await services.passwords.hash(account.password)
    async with context.unit() as unit:
        user = await add_user(unit, account, password_hash, is_superuser=False)
        await post_verification(unit, services, user)
        signed_in = await start_session(unit, context, user, device)
        session = signed_in.session_id
        await audit(unit, context, AuditAction.USER_REGISTERED, subject=user.id, actor=user.id, session=session)
    return signed_in


async def create_superuser(services: Services, email: str, password: str, name: str | None = None) -> User:
    """A new account that may administer the server; for the command line. Raises as `register` does."""
    account = await _clean(services, email, password, name)
    password_hash = await services.passwords.hash(account.password)
    async with services.database.transaction() as unit:
        user = await add_user(unit, account, password_hash, is_superuser=True)
        await audit(unit, None, AuditAction.USER_CREATED, subject=user.id, details={"isSuperuser": True})
    return user


async def change_password(context: RequestContext, current_password: str, new_password: str) -> User:
    """Replace the caller's password and end their other sessions; API keys stay, they are deleted one by one.

    A mail tells of it, and links that were mailed before open nothing any more.
    """
    session_id = require_session(context)
    async with context.early_unit() as unit:
        user = await unit.session.get_one(User, context.user_id)
    new_password = await context.services.password_policy.clean(new_password, user.email, loc="newPassword")
    new_hash = await _verified_hash(context, user, current_password, new_password)
    async with context.unit() as unit:
        user = await unit.session.get_one(User, context.user_id, with_for_update=True, populate_existing=True)
        user.password_hash = new_hash
        others = (Session.user_id == user.id) & (Session.id != session_id)
        await unit.session.flush()
        await end_tokens(unit, user.id)
        post(unit, context.services, notice(context, "password_changed", user))
        ended = await end_sessions(unit, context.services.authenticator, others)
        details = {"endedSessions": ended}
        await audit(unit, context, AuditAction.USER_PASSWORD_CHANGED, subject=user.id, details=details)
    context.forget_loaded()
    return user


async def _clean(services: Services, email: str, password: str, name: str | None) -> NewAccount:
    """The account as it is kept; raises `ValidationFailed`."""
    policy, limit = services.password_policy, services.limits.max_name_length
    account = clean_account(email, password, name, max_name_length=limit, min_password_length=policy.min_length)
    await policy.check(account.password, account.email)
    return account


@guess_of(wrong=(ValidationFailed,))
async def _verified_hash(context: RequestContext, user: User, current_password: str, new_password: str) -> str:
    """The hash of the new password, once the current one was found right."""
    passwords = context.services.passwords
    verdict = await passwords.check(normal_password(current_password), user.password_hash)
    if verdict is Verdict.WRONG:
        problem = Problem(("currentPassword",), "The current password is wrong.", "value_error.password")
        raise ValidationFailed([problem])
    return await passwords.hash(new_password)


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
