"""Undoing what a mutation of the caller's has done to records, in one transaction that is a mutation itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.undo import SUMMARY, Step, compile_lock, compile_locks_of_linked, compile_undo, hold
from domain.errors import BadRequest, Conflict, Forbidden, NotFound
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.records.linking import shows_same_links
from resolvers.records.restoring import hold_restorations, present_cursor
from resolvers.records.tables import Stale, with_table
from resolvers.records.writing import Batch

Rows = Sequence[asyncpg.Record]

MAX_CONFLICTS: Final = 100
"""How many records a conflict names."""


@dataclass(slots=True)
class Undone:
    """What was undone; `mutation_id` names the undoing itself."""

    mutation_id: UUID
    event_cursor: str = ""
    restored: list[UUID] = field(default_factory=list)
    updated: list[UUID] = field(default_factory=list)
    deleted: list[UUID] = field(default_factory=list)


async def undo_mutation(context: RequestContext, mutation_id: UUID) -> Undone:
    """Undo a mutation of the caller's, all of it or nothing.

    Raises `NotFound` where there is none within the time, `Conflict` where its cells have changed since, and
    `BadRequest` for one that changed too much, or what is no record.
    """
    user_id = context.user_id
    done = Undone(context.mutation_id)
    context.join_transaction()
    async with context.unit() as unit:
        hold = partial(_hold, context, unit, mutation_id, user_id)
        tables = await _tables(context, unit, mutation_id)
        batches = [await with_table(context, unit, table_id, hold, Action.WRITE_RECORDS) for table_id in tables]
        found = [(batch, await _find(batch, mutation_id)) for batch in batches]  # once all records are locked
        await _write(unit, found, done)
        done.event_cursor = done.event_cursor or await present_cursor(unit)
    return done


async def _tables(context: RequestContext, unit: Unit, mutation_id: UUID) -> Sequence[UUID]:
    """The tables whose records the mutation changed, the one that it changed last first."""
    limits = context.services.limits
    rows = await unit.connection.fetch(SUMMARY, mutation_id, context.user_id, limits.undo_window)
    if not rows:
        raise _no_mutation(mutation_id)
    if not all(row["is_of_record"] for row in rows):
        message = "The mutation changed bases, tables, fields or views too; only changes of records can be undone."
        raise BadRequest(message, argument="mutationId")
    count, most = sum(row["records"] for row in rows), limits.max_undo_records
    if count > most:
        message = f"The mutation changed {count:,} records; at most {most:,} can be undone."
        raise BadRequest(message, argument="mutationId")
    return [row["table_id"] for row in rows]


def _no_mutation(mutation_id: UUID) -> NotFound:
    return NotFound(f"There is no recent mutation of yours with id {mutation_id}.", mutationId=mutation_id)


async def _hold(context: RequestContext, unit: Unit, mutation_id: UUID, user_id: UUID, table: TableMeta) -> Batch:
    """Lock what undoing the mutation concerns of one table.

    The base's schema stays as it is meanwhile, and who comes first to a record is the only one: whatever others have
    committed until then is seen, and nobody changes it any more.
    """
    if table.rule is not None:
        raise Forbidden("Whom policies limit in a table of the mutation undoes it not; nothing was undone.")
    hidden = frozenset(field.column for field in table.whole.fields if table.find_field(str(field.id)) is None)
    fixed = frozenset(field.column for field in table.fields if field.id in table.fixed_fields)
    table = table.whole
    batch = Batch(context, user_id, unit, table, lambda: _no_mutation(mutation_id), None, hidden, fixed)
    await _hold_base(batch)
    statements = context.statements_of(table)
    lock = statements.get(table, "undo lock", lambda: compile_lock(table))
    for statement in [lock, *statements.get(table, "undo links", lambda: compile_locks_of_linked(table))]:
        await unit.connection.execute(statement.sql, *statement.parameters.bind([user_id, mutation_id]))
    return batch


async def _hold_base(batch: Batch) -> None:
    row = await batch.unit.connection.fetchrow(hold(batch.table), batch.table.base_id, batch.user_id)
    if row is None:
        raise batch.missing()
    require(WorkspaceRole(row["role"]), Action.WRITE_RECORDS)
    if row["schema_version"] != batch.table.schema_version:
        raise Stale
    await hold_restorations(batch.unit, batch.table)


async def _find(batch: Batch, mutation_id: UUID) -> Rows:
    """What it takes to undo what the mutation did to the records of one table, and nothing in the way of it."""
    table = batch.table
    find = batch.context.statements_of(table).get(table, "undo", lambda: compile_undo(table))
    rows = await batch.unit.connection.fetch(find.sql, *find.parameters.bind([batch.user_id, mutation_id]))
    cells = set[str]().union(*(row["cells"] for row in rows if row["step"] == Step.UPDATE.value))
    if not cells.isdisjoint(batch.hidden_columns):
        raise Forbidden("The mutation changed fields that you may not see any longer; nothing was undone.")
    if not cells.isdisjoint(batch.fixed_columns):
        raise Forbidden("The mutation changed fields that you may not write any longer; nothing was undone.")
    _require_untouched(batch, rows)
    return rows


def _require_untouched(batch: Batch, rows: Rows) -> None:
    """Raise `Conflict` for records that were changed since, `RequiredField` where a value is needed by now."""
    names = {each.column: each.name for each in batch.table.fields if each.column not in batch.hidden_columns}
    conflicts = [
        {"recordId": str(row["id"]), "fields": [names[column] for column in row["touched"] if column in names]}
        for row in rows
        if row["touched"] or row["is_misplaced"]
    ]
    if conflicts:
        first, count = conflicts[0], len(conflicts)
        more = f" (and {count - 1:,} more)" if count > 1 else ""
        message = f"Record {first['recordId']} was changed since{more}; nothing was undone."
        raise Conflict(message, recordId=first["recordId"], conflicts=conflicts[:MAX_CONFLICTS])
    emptied = [(i, column) for i, row in enumerate(rows) for column in row["emptied"]]
    if emptied:
        raise batch.emptied_fields(emptied, [row["id"] for row in rows])


async def _write(unit: Unit, found: Sequence[tuple[Batch, Rows]], done: Undone) -> None:
    """Deletions come first, for they may hold values that others take back, and restorations last, for the same reason.

    So records are linked before they are there, and foreign keys wait until all is written.
    """
    await unit.connection.execute("SET CONSTRAINTS ALL DEFERRED")
    for step in Step:
        for batch, rows in found:
            taken = [row for row in rows if row["step"] == step.value]
            if taken:
                await _take(batch, step, taken, done)
    await unit.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


async def _take(batch: Batch, step: Step, rows: Rows, done: Undone) -> None:
    ids = [row["id"] for row in rows]
    match step:
        case Step.DELETE:
            done.event_cursor = (await batch.delete(ids)).event_cursor
            done.deleted += ids
        case Step.UPDATE:
            for columns in _by_side(batch.table, set().union(*(row["cells"] for row in rows))):
                done.event_cursor = (await batch.set_back(columns, _array(rows), ids)).event_cursor
            done.updated += ids
        case Step.RESTORE:
            done.event_cursor = (await batch.restore(_array(rows), ids, is_awaited=True)).event_cursor
            done.restored += ids


def _by_side(table: TableMeta, cells: set[str]) -> list[list[str]]:
    """The columns, those of links apart that others show from the other side: one statement writes a link once."""
    first: list[FieldMeta] = []
    second: list[FieldMeta] = []
    for each in table.fields:
        if each.column in cells:
            (second if shows_same_links(each, first) else first).append(each)
    return [[each.column for each in fields] for fields in (first, second) if fields]


def _array(rows: Rows) -> str:
    return f"[{','.join(row['row'] for row in rows)}]"
