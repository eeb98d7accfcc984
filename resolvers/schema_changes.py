"""What stands around every change of tables or fields: timeouts for its locks, the base's version, fresh caches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.database import Unit
from models import Base
from resolvers.context import RequestContext
from resolvers.services import Limits


@asynccontextmanager
async def schema_change(context: RequestContext) -> AsyncIterator[Unit]:
    """A unit inside the operation's transaction that is fit for DDL; at the end what was loaded before is forgotten.

    DDL that waits for a lock holds up everybody who comes after it: so it soon gives up, and the operation is rolled
    back and tried again. Once it has its locks it may take longer than a query, for it may have a big table to fill.
    """
    async with context.unit() as unit:
        await unit.connection.execute(timeouts(context.services.limits))
        yield unit
        await unit.session.flush()
    context.forget_loaded()


def timeouts(limits: Limits) -> str:
    """The statement that gives the rest of the transaction the timeouts of a schema change."""
    lock, statement = limits.schema_lock_timeout_ms, limits.schema_statement_timeout_ms
    return f"SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {statement}"


def changed(context: RequestContext, unit: Unit, base: Base) -> None:
    """Give the base, which must be locked, its next schema version; caches forget it once that is committed."""
    base.schema_version += 1
    base_id = base.id
    unit.after_commit(lambda: context.services.metadata.forget(base_id))
