"""The tables of a call: found for a caller who may write in all, and kept from changes of their fields."""

from collections.abc import Sequence
from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.errors import Unavailable
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.metadata import TableKey
from resolvers.narrowing import for_caller, role_in
from resolvers.reach import reaches
from resolvers.records.tables import MAX_RELOADS, load_table, no_table
from resolvers.transact.entries import in_operation
from resolvers.transact.operations import Asked

Tables = dict[UUID, TableMeta]

_LOCK = """
SELECT b.id, b.schema_version, m.role
  FROM bases b JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = $2
 WHERE b.id = ANY($1::uuid[]) ORDER BY b.id FOR SHARE OF b
"""


async def lock_tables(context: RequestContext, unit: Unit, operations: Sequence[Asked]) -> Tables:
    """The metadata of the tables by id, current until the transaction ends.

    Raises `NotFound` or `Forbidden` for the first operation whose table the caller may not see or not write.
    """
    ids = list(dict.fromkeys(asked.table_id for asked in operations))
    tables = {id: context.known_table(TableKey(id=id)) for id in ids}
    for _ in range(MAX_RELOADS):
        await _load(context, unit, tables)
        found = {id: table for id, table in tables.items() if table is not None}
        versions = await _versions(context, unit, operations, found)
        stale = [id for id, table in found.items() if table.schema_version != versions[table.base_id]]
        if not stale:
            return {id: await for_caller(context, unit, table) for id, table in found.items()}
        tables.update(dict.fromkeys(stale))
    raise Unavailable("The fields of the tables are being changed right now; try again.")


async def _load(context: RequestContext, unit: Unit, tables: dict[UUID, TableMeta | None]) -> None:
    """Find the tables that are not known, with one statement a base."""
    loaded: set[UUID] = set()
    for id in [id for id, table in tables.items() if table is None]:
        table = context.known_table(TableKey(id=id))
        if table is None or table.base_id not in loaded:
            table = await load_table(context, unit, TableKey(id=id))
        if table is not None:
            loaded.add(table.base_id)
        tables[id] = table


async def _versions(
    context: RequestContext, unit: Unit, operations: Sequence[Asked], tables: Tables
) -> dict[UUID, int]:
    """The current schema versions of the bases."""
    bases = list({table.base_id for table in tables.values()})
    rows = {row["id"]: row for row in await unit.connection.fetch(_LOCK, bases, context.user_id)}
    for index, asked in enumerate(operations):
        table = tables.get(asked.table_id)
        row = None if table is None else rows.get(table.base_id)
        with in_operation(index):
            if table is None or row is None or not reaches(context, table):
                raise no_table(asked.table_id)
            if table.schema_version == row["schema_version"]:  # else it is looked at again, with newer metadata
                role = await role_in(context, unit, table, WorkspaceRole(row["role"]))
                if role is None:
                    raise no_table(asked.table_id)
                require(role, Action.WRITE_RECORDS)
    return {id: row["schema_version"] for id, row in rows.items()}
