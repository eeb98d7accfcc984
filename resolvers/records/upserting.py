"""Upserts: records that agree with existing ones on the merge fields change those, the others are created."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest, Conflict, Problem
from domain.fields.operators import FilterOperator
from domain.fields.storage import encode_rows
from domain.records import faults
from domain.records.match import compile_match
from domain.records.values import Row, raise_problems
from resolvers.access import require
from resolvers.records.answers import Written
from resolvers.records.reading import read_list
from resolvers.records.tables import Stale
from resolvers.records.uniqueness import numbered
from resolvers.records.writing import Batch, Selections
from resolvers.turns import in_turns

MAX_MERGE_FIELDS = 10


async def upsert(
    batch: Batch, merge_on: Sequence[str], records: Sequence[object], selections: Selections, *, typecast: bool
) -> Written:
    """Write the records of one upsert, in the order given.

    Upserts of one table wait for each other: two never create the same record.
    """
    fields = merge_fields(batch.table, merge_on)
    problems: list[Problem] = []
    rows = await in_turns(batch.writer(typecast).patches(records, problems))
    await batch.want_choices(problems)
    keys = merge_keys(fields, rows, problems)
    await batch.require_sound(rows, problems)
    await lock_upserts(batch)
    existing = await match(batch, fields, keys)
    new = [i for i in range(len(rows)) if i not in existing]
    _complete(batch, rows, new, typecast=typecast)
    return await _write(batch, rows, existing, new, selections)


def merge_fields(table: TableMeta, merge_on: Sequence[str]) -> list[FieldMeta]:
    """The fields that an upsert merges on; raises `BadRequest` for what it cannot merge on."""
    if not 1 <= len(merge_on) <= MAX_MERGE_FIELDS:
        message = f"An upsert merges on 1 to {MAX_MERGE_FIELDS} fields; {len(merge_on)} are given."
        raise BadRequest(message, argument="mergeOn")
    fields = [table.field(key) for key in merge_on]
    for field in fields:
        if not _is_key(field):
            message = f"An upsert cannot merge on field {field.name!r} of type {field.type.key.upper()}."
            raise BadRequest(message, argument="mergeOn", field=field.name)
    return list(dict.fromkeys(fields))


def _is_key(field: FieldMeta) -> bool:
    """Whether values of the field agree when they are equal; lists agree in any order, so they are none."""
    is_list = field.type.column_type_for(field.options).endswith("[]")
    return FilterOperator.EQ in field.type.conditions and field.type.is_writable and not is_list


def merge_keys(fields: Sequence[FieldMeta], rows: Sequence[Row], problems: list[Problem]) -> list[Row]:
    """The stored values of the merge fields of each record; every record needs all of them, and no two the same."""
    first: dict[str, int] = {}
    keys: list[Row] = []
    faulty = {problem.record_index for problem in problems}
    for i, row in enumerate(rows):
        if i in faulty:
            continue
        key = {field.column: row.get(field.column) for field in fields}
        if None in key.values():
            problems.extend(_needs_value(field, i) for field in fields if key[field.column] is None)
        elif (same := first.setdefault(encode_rows([key]), i)) != i:
            message = f"The record has the same values to merge on as record {same}."
            problems.append(Problem((fields[0].name,), message, faults.DUPLICATE_RECORD, i))
        keys.append({**key, "i": i})
    return keys


def _needs_value(field: FieldMeta, index: int) -> Problem:
    return Problem((field.name,), "A field that is merged on needs a value.", faults.REQUIRED, index)


async def lock_upserts(batch: Batch) -> None:
    """Lock out all other upserts of the table until the transaction ends."""
    number = batch.table.number - (1 << 31)
    await batch.unit.connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _UPSERT_LOCK, number)


async def match(
    batch: Batch, fields: Sequence[FieldMeta], keys: Sequence[Row], gone: Collection[UUID] = ()
) -> dict[int, UUID]:
    """The id of the existing record, one of those `gone` aside, for each index that has one."""
    table = batch.table
    shape = ("match", tuple(field.column for field in fields))
    statement = batch.context.statements_of(table).get(table, shape, lambda: compile_match(table, fields))
    inputs = [batch.user_id, encode_rows(list(keys))]
    rows = await batch.unit.connection.fetch(statement.sql, *statement.parameters.bind(inputs))
    if not rows:
        raise batch.missing()
    if rows[0]["schema_version"] != table.schema_version:
        raise Stale
    require(WorkspaceRole(rows[0]["role"]), Action.WRITE_RECORDS)
    found: dict[int, UUID] = {}
    for row in rows:
        if row["id"] in gone:
            continue
        if row["i"] in found:
            message = f"Record {row['i']} agrees with more than one existing record on the merge fields."
            raise Conflict(message, recordIndex=row["i"], recordId=row["id"])
        if row["i"] is not None:
            found[row["i"]] = row["id"]
    return found


def _complete(batch: Batch, rows: list[Row], new: Sequence[int], *, typecast: bool) -> None:
    """Fill the defaults of the rows that become new records, and ask for their required values."""
    problems: list[Problem] = []
    writer = batch.writer(typecast)
    for i in new:
        rows[i] = writer.completed(rows[i], i, problems)
    raise_problems(problems)


async def _write(
    batch: Batch, rows: Sequence[Row], existing: dict[int, UUID], new: Sequence[int], selections: Selections
) -> Written:
    ids: list[Any] = [existing.get(i) for i in range(len(rows))]
    written: Written | None = None
    if existing:
        changed = sorted(existing)
        with numbered(changed):
            written = await batch.change([(existing[i], None) for i in changed], [rows[i] for i in changed], ())
    if new:
        with numbered(new):
            written = await batch.insert([rows[i] for i in new], ())
        for i, id in zip(new, written.ids, strict=True):
            ids[i] = id
    assert written is not None  # a batch is never empty
    rendered = [await read_list(batch.context, batch.unit, batch.table, ids, each) for each in selections]
    return replace(written, ids=ids, rendered=rendered, created=[ids[i] for i in new])


_UPSERT_LOCK = 0x7570_7365
"""First key of the advisory lock of a table's upserts; the second is the table's number."""
