"""What stands around every change of rights on the server: one after the other, checked against what then holds.

Otherwise one who is just losing a permission could still pass it on, and two superusers could make each other none.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from adapters.database import Unit
from domain.access.holdings import Holdings
from domain.access.permissions import Permission
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.permissions.holdings import permitted

LOCK: Final = 0x616363657373
"""Key of the advisory lock: "access" in ASCII."""


@asynccontextmanager
async def rights_change(context: RequestContext, permission: Permission) -> AsyncIterator[tuple[Unit, Holdings]]:
    """The operation's unit and what the caller holds, who must hold this permission, while nobody else changes rights.

    Raises `Forbidden`, also for an API key.
    """
    require_session(context)
    async with context.unit() as unit:
        await lock_rights(unit)
        mine = await permitted(unit, context, permission)
        yield unit, mine
        await unit.session.flush()
    context.forget_loaded()


async def lock_rights(unit: Unit) -> None:
    """Wait for those who change rights, and have others wait until this transaction ends."""
    await unit.connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
