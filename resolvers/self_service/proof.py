"""The password, asked for again where much is at stake: a session may have been left open, or stolen."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from adapters.passwords import Verdict
from domain.accounts.passwords import normal_password
from domain.errors import Conflict, Problem, Unauthenticated, ValidationFailed
from models import User
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.guessing import guess_of
from resolvers.permissions.changing import lock_rights
from resolvers.self_service.tokens import lock_user


@dataclass(frozen=True, slots=True)
class Proven:
    """The caller's account as it was when its password was found right."""

    user_id: UUID
    email: str
    password_hash: str | None = field(repr=False)


@guess_of(wrong=(ValidationFailed,))
async def prove(context: RequestContext, password: str, *, loc: str = "password") -> Proven:
    """Raises `Forbidden` for an API key and `ValidationFailed` for a wrong password, which stands at `loc`."""
    require_session(context)
    async with context.early_unit() as unit:
        user = await unit.session.get_one(User, context.user_id, populate_existing=True)
        proven = Proven(user.id, user.email, user.password_hash)
    if await context.services.passwords.check(normal_password(password), proven.password_hash) is Verdict.WRONG:
        raise ValidationFailed([Problem((loc,), "The current password is wrong.", "value_error.password")])
    return proven


async def lock_proven(unit: Unit, proven: Proven) -> User:
    """The account, locked; raises `Unauthenticated` when it was changed while the password was being verified."""
    user = await lock_user(unit, proven.user_id)
    if user is None or not user.is_active or user.password_hash != proven.password_hash:
        raise Unauthenticated("This account was changed meanwhile; sign in again.")
    return user


async def require_another_superuser(unit: Unit, user_id: UUID) -> None:
    """Raise `Conflict` when this is the last superuser who can sign in; rights stay locked from here on."""
    await lock_rights(unit)
    statement = select(User.id).where(User.is_superuser, User.is_active).order_by(User.id)
    found = list(await unit.session.scalars(statement.limit(2)))
    if found == [user_id]:
        raise Conflict("A server keeps a superuser: make somebody else one first.")
