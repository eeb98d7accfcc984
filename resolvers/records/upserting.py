"""Upserts: records that agree with existing ones on the merge fields change those, the others are created."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.access.roles import Action
from domain.bases.catalog import FieldMeta
from domain.errors import BadRequest, Conflict, Problem
from domain.fields.operators import FilterOperator
from domain.fields.storage import encode_rows
from domain.records import faults
from domain.records.match import compile_match
from domain.records.values import Row, raise_problems
from resolvers.records.answers import Written
from resolvers.records.reading import read_list, require_role
from resolvers.records.tables import Stale, no_table
from resolvers.records.writing import Batch, Patch, Selections

MAX_MERGE_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Upserted:
    """The outcome of an upsert: `written` has the records in the order in which they were sent."""

    written: Written
    created: Sequence[UUID]
    updated: Sequence[UUID]


async def upsert(
    batch: Batch, merge_on: Sequence[str], records: Sequence[object], selections: Selections, *, typecast: bool
) -> Upserted:
    """Write the records of one upsert. Those of one table wait for each other: two never create the same record."""
    fields = _merge_fields(batch, merge_on)
    keys = _merge_keys(batch, fields, records, typecast=typecast)
    existing = await _match(batch, fields, keys)
    created = [i for i in range(len(records)) if i not in existing]
    updated = [i for i in range(len(records)) if i in existing]
    ids: list[Any] = [existing.get(i) for i in range(len(records))]
    cursor = ""
    if created:
        made = await batch.create([records[i] for i in created], (), typecast=typecast)
        cursor = made.event_cursor
        for i, id in zip(created, made.ids, strict=True):
            ids[i] = id
    if updated:
        patches = [Patch(existing[i], records[i]) for i in updated]
        cursor = (await batch.update(patches, (), typecast=typecast)).event_cursor
    rendered = [await read_list(batch.context, batch.unit, batch.table, ids, each) for each in selections]
    return Upserted(Written(ids, rendered, cursor), [ids[i] for i in created], [ids[i] for i in updated])


def _merge_fields(batch: Batch, merge_on: Sequence[str]) -> list[FieldMeta]:
    if not 1 <= len(merge_on) <= MAX_MERGE_FIELDS:
        message = f"An upsert merges on 1 to {MAX_MERGE_FIELDS} fields; {len(merge_on)} are given."
        raise BadRequest(message, argument="mergeOn")
    fields = [batch.table.field(key) for key in merge_on]
    for field in fields:
        if FilterOperator.EQ not in field.type.conditions or not field.type.is_writable:
            message = f"An upsert cannot merge on field {field.name!r} of type {field.type.key.upper()}."
            raise BadRequest(message, argument="mergeOn", field=field.name)
    return list(dict.fromkeys(fields))


def _merge_keys(batch: Batch, fields: Sequence[FieldMeta], records: Sequence[object], *, typecast: bool) -> list[Row]:
    """The stored values of the merge fields of each record; every record needs all of them, and no two the same."""
    rows = batch.writer(typecast).patches(records)
    problems: list[Problem] = []
    first: dict[str, int] = {}
    keys: list[Row] = []
    for i, row in enumerate(rows):
        key = {field.column: row.get(field.column) for field in fields}
        problems.extend(
            Problem((field.name,), "A field that is merged on needs a value.", faults.REQUIRED, i)
            for field in fields
            if key[field.column] is None
        )
        same = first.setdefault(encode_rows([key]), i)
        if same != i:
            message = f"The record has the same values to merge on as record {same}."
            problems.append(Problem((fields[0].name,), message, faults.DUPLICATE_RECORD, i))
        keys.append({**key, "i": i})
    raise_problems(problems)
    return keys


async def _match(batch: Batch, fields: Sequence[FieldMeta], keys: Sequence[Row]) -> dict[int, UUID]:
    """The id of the existing record for each index that has one; the table's upserts are locked out until the end."""
    table = batch.table
    await batch.unit.connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _UPSERT_LOCK, table.number - (1 << 31))
    shape = ("match", tuple(field.column for field in fields))
    statement = batch.context.services.statements.get(table, shape, lambda: compile_match(table, fields))
    inputs = [batch.context.user_id, encode_rows(list(keys))]
    rows = await batch.unit.connection.fetch(statement.sql, *statement.parameters.bind(inputs))
    if not rows:
        raise no_table(table.id)
    if rows[0]["schema_version"] != table.schema_version:
        raise Stale
    require_role(rows[0]["role"], Action.WRITE_RECORDS)
    found: dict[int, UUID] = {}
    for row in rows:
        if row["i"] in found:
            message = f"Record {row['i']} agrees with more than one existing record on the merge fields."
            raise Conflict(message, recordIndex=row["i"], recordId=row["id"])
        if row["i"] is not None:
            found[row["i"]] = row["id"]
    return found


_UPSERT_LOCK = 0x7570_7365
"""First key of the advisory lock of a table's upserts; the second is the table's number."""
