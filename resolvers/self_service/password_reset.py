"""A new password for who has forgotten the old one."""

from adapters.database import Unit
from adapters.mail import Mail
from domain.accounts.emails import clean_email
from domain.accounts.one_time import Purpose
from domain.audit.actions import AuditAction
from domain.errors import NotFound
from models import Session, User
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.guessing import guess_of, require_patience
from resolvers.mailing.posting import post, post_addressed
from resolvers.self_service.keys import end_keys, end_other_ways_in
from resolvers.self_service.letters import notice, with_link
from resolvers.self_service.tokens import Used, end_tokens, lock_addressee, make_token, peek, use_token
from resolvers.services import Services
from resolvers.sessions import end_sessions


async def request_password_reset(context: RequestContext, email: str) -> int:
    """Mail the link to the account of an address; returns for how many seconds it is good.

    Whether there is an account is looked up behind the answer, so that neither the answer nor its time tells. The
    mail goes to the address that the account has, not to the one that was sent. Raises `RateLimited`.
    """
    services = context.services
    wanted = clean_email(email)
    await require_patience(context, "password_reset", wanted)
    async with context.lone_unit() as unit:
        await post_addressed(unit, services, "password_reset", wanted)
    return round(services.account_rules.password_reset_lifetime.total_seconds())


@guess_of(wrong=(NotFound,))
async def reset_password(context: RequestContext, token: str, new_password: str) -> User:
    """Replace the password of the token's account and end all of its sessions, and whatever else was mailed to it.

    Raises `NotFound` for a token that opens nothing, and `ValidationFailed`, which leaves it unused.
    """
    services = context.services
    async with context.early_unit() as unit:
        owner = await unit.session.get_one(User, await peek(unit.connection, token, Purpose.RESET_PASSWORD))
    password = await services.password_policy.clean(new_password, owner.email, loc="newPassword")
    new_hash = await services.passwords.hash(password)
    async with context.unit() as unit:
        used = await use_token(unit, token, Purpose.RESET_PASSWORD)
        used.user.password_hash = new_hash
        await _take_over(unit, context, used)
        await post(unit, services, notice(context, "password_changed", used.user))
        await audit(unit, context, AuditAction.USER_PASSWORD_RESET, subject=used.user.id, actor=used.user.id)
    context.forget_loaded()
    return used.user


async def _take_over(unit: Unit, context: RequestContext, used: Used) -> None:
    """Shut out whoever else was in the account. Who has the mail has the address, so it is confirmed.

    If it was not before, somebody else may have made the account and waits in it with a key, or with another way in:
    all of them go too, then.
    """
    user = used.user
    if not user.is_verified:
        await end_keys(unit, context, user.id)
        await end_other_ways_in(unit, user.id)
    user.is_verified = user.is_verified or used.email == user.email
    await unit.session.flush()
    await end_tokens(unit, user.id)
    await end_sessions(unit, context.services.authenticator, Session.user_id == user.id)


async def write_reset(unit: Unit, services: Services, email: str) -> Mail | None:
    """The mail for an address, unless nobody has it or it was sent often enough."""
    rules = services.account_rules
    lifetime = rules.password_reset_lifetime
    user = await lock_addressee(unit, email, rules.max_account_mails_per_hour)
    if user is None:
        return None
    token = await make_token(unit, user, Purpose.RESET_PASSWORD, lifetime)
    return with_link(services, "password_reset", "reset-password", token, lifetime, user.email)
