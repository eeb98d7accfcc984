"""How often codes may be guessed: a few times, then with delays that grow."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete

from adapters.database import Unit
from domain.errors import RateLimited
from models import SecondFactorFailures
from resolvers.context import RequestContext

FREE: Final = 5
"""Guesses that are not delayed."""
FIRST_DELAY: Final = 30
MAX_DELAY: Final = 900
"""Seconds, doubled from guess to guess. A million codes, three of which are good, take decades so."""
_DELAY: Final = f"least({FIRST_DELAY} * power(2, least(f.failures - {FREE}, 20)), {MAX_DELAY}) * interval '1 second'"
_NOTE: Final = f"""
INSERT INTO second_factor_failures AS f (user_id, failures, last_at) VALUES ($1, 1, clock_timestamp())
ON CONFLICT (user_id) DO UPDATE SET failures = f.failures + 1, last_at = clock_timestamp()
WHERE f.failures < {FREE} OR f.last_at + {_DELAY} < clock_timestamp()
RETURNING f.failures
"""
_LEFT: Final = f"""
SELECT ceil(extract(epoch FROM f.last_at + {_DELAY} - clock_timestamp()))::int
  FROM second_factor_failures f WHERE f.user_id = $1
"""


async def note_attempt(context: RequestContext, user_id: UUID) -> None:
    """Count a guess before it is looked at, whatever becomes of the operation; raises `RateLimited` for one too many.

    So of any number of guesses at once, no more get through than of those one after the other.
    """
    async with context.lasting_unit() as unit:
        if await unit.connection.fetchval(_NOTE, user_id) is None:
            seconds = max(1, await unit.connection.fetchval(_LEFT, user_id) or 1)
            raise RateLimited(f"Too many wrong codes; try again in {seconds} seconds.", retryAfter=seconds)


async def forget_failures(unit: Unit, user_id: UUID) -> None:
    """The guess was right."""
    statement = delete(SecondFactorFailures).where(SecondFactorFailures.user_id == user_id)
    await unit.session.execute(statement.execution_options(synchronize_session=False))
