"""Finding the metadata of a table for a statement over its records, and doing it again when it was stale."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.access.membership import join_member
from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, FixedField, NotFound, QueryTooComplex, Unavailable, ValidationFailed
from domain.ids import table_number_of
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.metadata import TableKey, load_base
from resolvers.narrowing import for_caller
from resolvers.reach import reaches, require_reach

T = TypeVar("T")

MAX_RELOADS = 5
"""How often a statement is made anew because the schema changed under it."""


class Stale(Exception):
    """The metadata that a statement was made from is not the current one."""


SCHEMA_MOVED = (
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedTableError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
"""What PostgreSQL says to a statement over a column or table that has gone since it was compiled."""

Work = Callable[[TableMeta], Awaitable[T]]
Missing = Callable[[], NotFound]
"""Makes the error for a caller who may not see the table: it names what was asked for, nothing else."""
CurrentVersion = Callable[[TableMeta], Awaitable[int]]
"""The schema version of a table's base as it is now; raises what a statement of a caller who may not would raise."""


async def with_table(context: RequestContext, unit: Unit, table_id: UUID, work: Work[T], action: Action) -> T:
    """`work` done with the table's metadata, again with new metadata as long as it raises `Stale`.

    `work` checks access by its statement; `action` is what it does. What it refuses before it comes to the statement
    is told only to those who may do that, and only when the metadata is not stale.
    """

    def missing() -> NotFound:
        return no_table(table_id)

    async def current_version(table: TableMeta) -> int:
        return await schema_version(context, unit, table, action, missing)

    work = _within_reach(context, unit, work, missing)
    return await with_metadata(context, unit, TableKey(id=table_id), work, current_version, missing)


async def with_table_of_record(
    context: RequestContext, unit: Unit, record_id: UUID, work: Work[T], action: Action
) -> T:
    """As `with_table`, for the table whose number the record's id carries."""
    number = table_number_of(record_id)
    if number is None:
        raise no_record(record_id)

    def missing() -> NotFound:
        return no_record(record_id)

    async def current_version(table: TableMeta) -> int:
        return await schema_version(context, unit, table, action, missing)

    work = _within_reach(context, unit, work, missing)
    return await with_metadata(context, unit, TableKey(number=number), work, current_version, missing)


def _within_reach(context: RequestContext, unit: Unit, work: Work[T], missing: Missing) -> Work[T]:
    """The work, for a table that the caller's API key reaches, with as much of it as the caller may see.

    What a statement checks is the membership alone.
    """

    async def checked(table: TableMeta) -> T:
        require_reach(context, table, missing)
        return await work(await for_caller(context, unit, table))

    return checked


def no_table(table_id: UUID) -> NotFound:
    """The error for a table that is not there, or may not be seen."""
    return NotFound(f"There is no table with id {table_id}.", tableId=table_id)


def no_record(record_id: UUID) -> NotFound:
    """The error for a record that is not there, or may not be seen."""
    return NotFound(f"There is no record with id {record_id}.", recordId=record_id)


async def schema_version(
    context: RequestContext, unit: Unit, table: TableMeta, action: Action, missing: Missing
) -> int:
    """The current schema version of the table's base, for a caller who may do this; raises as the statements do."""
    table = await for_caller(context, unit, table)
    access = f"SELECT b.schema_version, m.role FROM bases b {join_member(table, '$2')} WHERE b.id = $1"
    row = await unit.connection.fetchrow(access, table.base_id, context.user_id)
    if row is None or not reaches(context, table):
        raise missing()
    require(WorkspaceRole(row["role"]), action)
    version: int = row["schema_version"]
    return version


async def require_current(
    context: RequestContext, unit: Unit, table: TableMeta, action: Action, missing: Missing
) -> None:
    """Raise `Stale` where the table's metadata are not the current ones; and what `schema_version` raises."""
    if await schema_version(context, unit, table, action, missing) != table.schema_version:
        raise Stale


async def with_metadata(
    context: RequestContext,
    unit: Unit,
    key: TableKey,
    work: Work[T],
    current_version: CurrentVersion,
    missing: Missing,
) -> T:
    """`work` done with the metadata of the table with this key; see `with_table`."""
    table = context.known_table(key)
    for _ in range(MAX_RELOADS):
        table = table or await load_table(context, unit, key)
        if table is None:
            raise missing()
        try:
            return await work(table)
        except Stale:
            table = None
        except (BadRequest, FixedField, QueryTooComplex, ValidationFailed) as refused:
            if isinstance(refused.__cause__, asyncpg.PostgresError):
                raise  # the statement has run, with all that it checks
            if await current_version(table) == table.schema_version:
                raise
            table = None
        except SCHEMA_MOVED:
            context.services.metadata.forget(table.base_id)
            if unit.connection.is_in_transaction():
                raise  # the transaction is lost; the engine tries the whole operation again
            table = None
    raise Unavailable("The table's fields are being changed right now; try again.")


async def load_table(context: RequestContext, unit: Unit, key: TableKey) -> TableMeta | None:
    """The table's metadata from the database, kept with those of its base; None when there is no such table."""
    loaded = await load_base(unit, key)
    if loaded is None:
        return None
    context.keep_base(loaded.base, is_uncommitted=loaded.is_uncommitted)
    return next(t for t in loaded.base.tables.values() if key.id == t.id or key.number == t.number)
