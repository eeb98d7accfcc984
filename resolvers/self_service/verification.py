"""Confirming that an account's e-mail address is its holder's."""

from adapters.database import Unit
from adapters.mail import Mail
from domain.accounts.emails import clean_email
from domain.accounts.one_time import Purpose
from domain.audit.actions import AuditAction
from domain.errors import Conflict, NotFound
from models import User
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.guessing import guess_of, require_patience
from resolvers.mailing.posting import post, post_addressed
from resolvers.self_service.letters import with_link
from resolvers.self_service.tokens import lock_addressee, lock_user, make_token, require_room, use_token
from resolvers.services import Services


async def post_verification(unit: Unit, services: Services, user: User) -> None:
    """Mail the link to an account, which must be locked or new."""
    await post(unit, services, await _letter(unit, services, user))


async def request_verification(context: RequestContext, email: str | None) -> int:
    """Mail the link anew, to the caller's account or to that of an address; returns for how many seconds it is good.

    For an address the answer is the same, and as early, whether there is an account. For the caller's own it raises
    `Conflict` when the address is confirmed already. Raises `RateLimited` for either.
    """
    services = context.services
    if email is not None:
        wanted = clean_email(email)
        await require_patience(context, "verify_email", wanted)
        async with context.lone_unit() as unit:
            await post_addressed(unit, services, "verify_email", wanted)
    else:
        require_session(context)
        async with context.unit() as unit:
            user = await lock_user(unit, context.user_id)
            if user is None or user.is_verified:
                raise Conflict("The e-mail address of this account is confirmed already.")
            await require_room(unit, user.id, services.account_rules.max_account_mails_per_hour)
            await post_verification(unit, services, user)
    return round(services.account_rules.email_verification_lifetime.total_seconds())


@guess_of(wrong=(NotFound,))
async def verify_email(context: RequestContext, token: str) -> User:
    """Confirm the address that the token was sent to; raises `NotFound` for a token that opens nothing."""
    async with context.unit() as unit:
        used = await use_token(unit, token, Purpose.VERIFY_EMAIL)
        if used.email != used.user.email:
            raise NotFound("This link is for an e-mail address that the account has no longer.")
        used.user.is_verified = True
        await unit.session.flush()
        await audit(unit, context, AuditAction.USER_EMAIL_VERIFIED, subject=used.user.id, actor=used.user.id)
        unit.after_commit(context.services.authenticator.forget)
    context.forget_loaded()
    return used.user


async def write_verification(unit: Unit, services: Services, email: str) -> Mail | None:
    """The mail for an address, unless nobody has it, it is confirmed, or it was sent often enough."""
    user = await lock_addressee(unit, email, services.account_rules.max_account_mails_per_hour)
    return None if user is None or user.is_verified else await _letter(unit, services, user)


async def _letter(unit: Unit, services: Services, user: User) -> Mail:
    lifetime = services.account_rules.email_verification_lifetime
    token = await make_token(unit, user, Purpose.VERIFY_EMAIL, lifetime)
    return with_link(services, "verify_email", "verify-email", token, lifetime, user.email)
