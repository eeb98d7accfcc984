"""Asking for a code once the password was right."""

from sqlalchemy import update

from domain.accounts.secrets import digest
from domain.errors import SecondFactorRequired
from models import User
from resolvers.context import RequestContext
from resolvers.second_factor.challenges import Purpose, new_challenge
from resolvers.second_factor.codes import has_second_factor


async def ask_for_code(context: RequestContext, user: User, password_hash: str | None) -> None:
    """Raise `SecondFactorRequired`, with a challenge, for a user whose password was right and who has an app.

    `password_hash` is that of now, a newer one of the same password perhaps: a challenge that was made for another
    password lets nobody in.
    """
    async with context.early_unit() as unit:
        if not await has_second_factor(unit, user.id):
            return
    async with context.lasting_unit() as unit:
        if password_hash != user.password_hash:
            statement = update(User).where(User.id == user.id, User.password_hash == user.password_hash)
            await unit.session.execute(statement.values(password_hash=password_hash))
        token = await new_challenge(unit, Purpose.SIGN_IN, digest(password_hash or ""), user.id)
    raise SecondFactorRequired(token)
