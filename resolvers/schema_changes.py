"""What stands around every change of tables or fields: timeouts for its locks, the base's version, fresh caches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

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
    async with context.unit() as unit, changing_schema(context, unit):
        yield unit


@asynccontextmanager
async def changing_schema(context: RequestContext, unit: Unit) -> AsyncIterator[None]:
    """As `schema_change`, in a unit that is at hand."""
    seconds = context.services.limits.schema_statement_timeout_ms / 1000
    context.allow_seconds(seconds)
    unit.connection.allow_seconds(seconds)
    await unit.connection.execute(timeouts(context.services.limits))
    await sign_changes(context, unit)
    yield
    await unit.session.flush()
    context.forget_loaded()


async def sign_changes(context: RequestContext, unit: Unit, mutation_id: UUID | None = None) -> None:
    """Have the log of what the rest of the transaction changes in bases, tables and fields say who did it.

    It is a part of the operation, or else of the mutation with this id. The rows themselves are written by triggers,
    see migrations/versions/0002_change_log.py.
    """
    await unit.connection.execute(_SIGN, str(context.user_id), str(mutation_id or context.mutation_id))


_SIGN = "SELECT set_config('tablegraph.actor_id', $1, true), set_config('tablegraph.mutation_id', $2, true)"


def timeouts(limits: Limits) -> str:
    """The statement that gives the rest of the transaction the timeouts of a schema change."""
    lock, statement = limits.schema_lock_timeout_ms, limits.schema_statement_timeout_ms
    return f"SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {statement}"


def changed(context: RequestContext, unit: Unit, base: Base) -> None:
    """Give the base, which must be locked, its next schema version.

    Once that is committed caches forget it, and those who follow the base or its tables are woken.
    """
    base.schema_version += 1
    context.forget_base(base.id)
    base_id, services = base.id, context.services
    unit.after_commit(lambda: services.metadata.forget(base_id))
    unit.after_commit(lambda: services.bus.publish(base_id))
