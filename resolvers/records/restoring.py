"""Restoring deleted records: they come back with their ids and values, all or none."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.changes.cursor import encode_cursor
from domain.changes.deletions import compile_deletions
from domain.changes.new import CURRENT
from domain.errors import Forbidden
from domain.records.restore import link_fields, lock_linked
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.records.answers import Written
from resolvers.records.reading import read_list
from resolvers.records.tables import Stale, no_record, no_table, with_table
from resolvers.records.writing import Batch, Selections, check_size

_RESTORE_LOCK = 0x7265_7374
"""First key of the advisory lock of a table's restorations ("rest" in ASCII); the second is the table's number."""


async def restore_records(
    context: RequestContext, table_id: UUID, ids: Sequence[UUID], selections: Selections
) -> Written:
    """Bring deleted records of a table back; `created` of what is answered are those that were not there.

    One that is there already stays as it is. Raises `NotFound` for one that was never deleted, or too long ago.
    """
    user_id = context.user_id
    context.join_transaction()  # a restoration is several statements
    async with context.unit() as unit:

        async def in_table(table: TableMeta) -> Written:
            check_size(context, len(ids), "ids")
            batch = Batch(context, user_id, unit, table, lambda: no_table(table_id))
            written = await _restore(batch, list(dict.fromkeys(ids)))
            rendered = [await read_list(context, unit, table, written.ids, each) for each in selections]
            return replace(written, rendered=rendered)

        return await with_table(context, unit, table_id, in_table, Action.WRITE_RECORDS)


async def hold_restorations(unit: Unit, table: TableMeta) -> None:
    """Have others who restore records of the table wait until the transaction ends: nobody restores a record twice."""
    await unit.connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _RESTORE_LOCK, table.number - (1 << 31))


async def _restore(batch: Batch, ids: Sequence[UUID]) -> Written:
    await hold_restorations(batch.unit, batch.table)
    images = await _images(batch, ids)
    if not images:
        return Written(batch.table, ids, (), await present_cursor(batch.unit), batch.context.mutation_id)
    restored, text = list(images), f"[{','.join(images.values())}]"
    for field in link_fields(batch.table.whole):
        await batch.unit.connection.execute(lock_linked(field, "SELECT jsonb_array_elements($1::jsonb)"), text)
    written = await batch.restore(text, restored)
    return replace(written, ids=ids, created=restored)


async def _images(batch: Batch, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The rows of the records that are not there, as JSON text; raises `NotFound` for one that cannot be restored."""
    table, context = batch.table, batch.context
    statement = context.statements_of(table).get(table, "deletions", lambda: compile_deletions(table))
    inputs = [batch.user_id, list(ids), context.services.limits.trash_retention]
    rows = await batch.unit.connection.fetch(statement.sql, *statement.parameters.bind(inputs))
    if not rows:
        raise batch.missing()
    if rows[0]["schema_version"] != table.schema_version:
        raise Stale
    require(WorkspaceRole(rows[0]["role"]), Action.WRITE_RECORDS)
    for row in rows:
        if row["image"] is None and not row["is_there"]:
            raise no_record(row["id"])
        if table.rule is not None and not (row["is_there"] or row["may_restore"]):
            raise Forbidden("What you may write does not include this record as it was.", recordId=row["id"])
    return {row["id"]: row["image"] for row in rows if not row["is_there"]}


async def present_cursor(unit: Unit) -> str:
    """The cursor for what has written nothing: of a transaction that is not in the log none can be made."""
    return encode_cursor(await unit.connection.fetchval(f"SELECT {CURRENT}"))
