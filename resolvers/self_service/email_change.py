"""Another e-mail address for an account, once it is known to be its holder's."""

from domain.accounts.emails import clean_email
from domain.accounts.one_time import Purpose
from domain.audit.actions import AuditAction
from domain.errors import NotFound, Problem, ValidationFailed
from models import User
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.duplicate_names import EMAILS, refusing_duplicates
from resolvers.guessing import guess_of
from resolvers.mailing.posting import post
from resolvers.self_service.letters import notice, with_link
from resolvers.self_service.proof import lock_proven, prove
from resolvers.self_service.tokens import end_tokens, make_token, require_room, use_token


async def request_email_change(context: RequestContext, new_email: str, password: str) -> int:
    """Mail a link to the new address and a notice to the old one; returns for how many seconds the link is good.

    Nobody learns here whether the new address has an account: who has its mailbox is told by `confirm_email_change`.
    Raises `ValidationFailed` and `RateLimited`.
    """
    services = context.services
    rules = services.account_rules
    wanted = clean_email(new_email, loc="newEmail")
    proven = await prove(context, password)
    if wanted == proven.email:
        raise ValidationFailed([Problem(("newEmail",), "This is the address of the account.", "value_error.unchanged")])
    async with context.unit() as unit:
        user = await lock_proven(unit, proven)
        await require_room(unit, user.id, rules.max_account_mails_per_hour)
        lifetime = rules.email_change_lifetime
        token = await make_token(unit, user, Purpose.CHANGE_EMAIL, lifetime, email=wanted)
        await post(unit, services, with_link(services, "email_change", "confirm-email", token, lifetime, wanted))
        await post(unit, services, notice(context, "email_change_requested", user, new_email=wanted))
    return round(lifetime.total_seconds())


@guess_of(wrong=(NotFound,))
async def confirm_email_change(context: RequestContext, token: str) -> User:
    """Give the token's account the address that the token was sent to, and tell the old one.

    Raises `NotFound` for a token that opens nothing, and `DuplicateValue` when the address has an account by now.
    """
    async with context.unit() as unit:
        used = await use_token(unit, token, Purpose.CHANGE_EMAIL)
        user, old = used.user, used.user.email
        user.email, user.is_verified = used.email, True
        message = "There is an account with this e-mail address already."
        with refusing_duplicates(EMAILS, message, field="email", value=used.email):
            await unit.session.flush()
        await end_tokens(unit, user.id)  # they lead to a mailbox that is another's from now on
        unit.after_commit(context.services.authenticator.forget)
        await post(unit, context.services, notice(context, "email_changed", user, to=old))
        details = {"from": old, "to": user.email}
        await audit(unit, context, AuditAction.USER_EMAIL_CHANGED, subject=user.id, actor=user.id, details=details)
    context.forget_loaded()
    return user
