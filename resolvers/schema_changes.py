"""What stands around every change of tables or fields: timeouts for its locks, the base's version, fresh caches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from adapters.database import Unit
from models import Base
from resolvers.context import RequestContext

LOCK_TIMEOUT_MS: Final = 3_000
"""How long DDL waits for a lock before the operation is rolled back and tried again: while it waits, it holds up
everybody who comes after it."""
STATEMENT_TIMEOUT_MS: Final = 300_000
"""How long one statement of a schema change may take; filling a column of a big table takes longer than a query may."""


@asynccontextmanager
async def schema_change(context: RequestContext) -> AsyncIterator[Unit]:
    """A unit inside the operation's transaction that is fit for DDL; at the end what was loaded before is forgotten."""
    async with context.unit() as unit:
        await unit.connection.execute(
            f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"
        )
        yield unit
        await unit.session.flush()
    context.forget_loaded()


def changed(context: RequestContext, unit: Unit, base: Base) -> None:
    """Give the base, which must be locked, its next schema version; caches forget it once that is committed."""
    base.schema_version += 1
    base_id = base.id
    unit.after_commit(lambda: context.services.metadata.forget(base_id))
