"""The server's own passwords, as a backend."""

from sqlalchemy import func, select

from adapters.passwords import Verdict
from domain.accounts.emails import email_or_none
from domain.accounts.passwords import normal_password
from models import User
from resolvers.backends.answers import KnownUser, Refused
from resolvers.context import RequestContext


async def check_password(context: RequestContext, email: str, password: str) -> KnownUser | Refused:
    """Whose address and password these are; it takes as long where there is no such account."""
    password = normal_password(password)
    known = await _find_user(context, email)
    checked = known.password_hash if known else None
    verdict = await context.services.passwords.check(password, checked)
    if known is None or verdict is Verdict.WRONG:
        return Refused(known)
    if verdict is Verdict.RIGHT_BUT_OUTDATED:
        return KnownUser(known, await context.services.passwords.hash(password))
    return KnownUser(known, checked)


async def _find_user(context: RequestContext, email: str) -> User | None:
    wanted = email_or_none(email)
    if wanted is None:
        return None
    statement = select(User).where(func.lower(User.email) == func.lower(wanted), User.is_active)
    async with context.early_unit() as unit:
        return await unit.session.scalar(statement)
