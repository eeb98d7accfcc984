"""Links in a batch of writes: the records that they name are found and locked, whichever way they are named."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest, DuplicateValue, Problem
from domain.fields.types.linked_record import LinkedRecordOptions, Named, Title
from domain.records.linking import compile_titles, lock_records, present_links
from domain.records.values import Row, mentioned_records, place_records


async def settle_links(
    unit: Unit, table: TableMeta, rows: Sequence[Row], own: Sequence[UUID], ids: Sequence[str] | None
) -> list[Problem]:
    """Put ids in place of titles and lock all records that links change; a problem for each that is not there.

    `own` are the records that are written, where they are there already; `ids` the same as texts, for the problems.
    The unit must be in a transaction.
    """
    fields = link_fields(table, rows)
    if not fields:
        return []
    require_one_side(fields)
    mentioned = mentioned_records(table, rows)
    titled = {field: await by_title(unit, field, names) for field, names in mentioned.items()}
    wanted = {field: named_ids(names) | set(titled[field].values()) for field, names in mentioned.items()}
    there = await _lock(unit, table, own, fields, wanted)
    known: dict[FieldMeta, Mapping[Named, UUID]] = {
        field: {**titled[field], **{id: id for id in wanted[field] & there[linked_table(field).id]}}
        for field in mentioned
    }
    return place_records(rows, known, ids)


def has_links(table: TableMeta, rows: Sequence[Row]) -> bool:
    """Whether any of the rows sets a linked record field."""
    return bool(link_fields(table, rows))


def link_fields(table: TableMeta, rows: Sequence[Row]) -> list[FieldMeta]:
    """The linked record fields that rows set."""
    return [field for field in table.link_fields if any(field.column in row for row in rows)]


def require_one_side(fields: Sequence[FieldMeta]) -> None:
    """A table that is linked to itself shows each link twice; what both sides say in one write may differ."""
    for field in fields:
        if shows_same_links(field, fields):
            raise BadRequest(
                f"{field.name!r} and the field of its other side cannot be written together.", field=field.name
            )


def shows_same_links(field: FieldMeta, fields: Sequence[FieldMeta]) -> bool:
    """Whether one of the fields is the other side of a linked record field, in a table that is linked to itself."""
    options = field.options
    return isinstance(options, LinkedRecordOptions) and options.symmetric_field_id in {each.id for each in fields}


def linked_table(field: FieldMeta) -> TableMeta:
    """The table that a linked record field leads to."""
    assert isinstance(field.options, LinkedRecordOptions)
    return field.options.linked_table


def named_ids(names: set[Named]) -> set[UUID]:
    """Those of the records that are named by their ids."""
    return {name for name in names if isinstance(name, UUID)}


async def by_title(unit: Unit, field: FieldMeta, names: set[Named]) -> dict[Named, UUID]:
    """The first record of each title."""
    titles = [name.text for name in names if isinstance(name, Title)]
    if not titles:
        return {}
    statement = compile_titles(linked_table(field))
    return {
        Title(row[0]): row[1]
        for row in await unit.connection.fetch(statement.sql, *statement.parameters.bind([titles]))
    }


async def _lock(
    unit: Unit,
    table: TableMeta,
    own: Sequence[UUID],
    fields: Sequence[FieldMeta],
    wanted: Mapping[FieldMeta, set[UUID]],
) -> Mapping[UUID, set[UUID]]:
    """Lock the written records for this transaction, and those that they are or will be linked to; which are there."""
    tables = {linked_table(field).id: linked_table(field) for field in fields} | {table.id: table}
    ids: defaultdict[UUID, set[UUID]] = defaultdict(set)
    ids[table.id].update(own)
    for field in fields:
        ids[linked_table(field).id].update(wanted.get(field, ()))
        if own:
            rows = await unit.connection.fetch(present_links(field), list(own))
            ids[linked_table(field).id].update(row[0] for row in rows)
    there: dict[UUID, set[UUID]] = {}
    for each in sorted(tables.values(), key=lambda each: each.number):
        statement = lock_records(each, for_update=each.id == table.id)
        there[each.id] = {row[0] for row in await unit.connection.fetch(statement, list(ids[each.id]))}
    return there


@contextmanager
def refusing_taken(table: TableMeta, rows: Sequence[Row], hidden: Collection[str] = ()) -> Iterator[None]:
    """Turn PostgreSQL's refusal of a second link, where a record takes one, into `DuplicateValue`.

    Of a field that the caller may not see nothing is told, see `refusing_duplicates`.
    """
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        for field in table.whole.fields:
            if not isinstance(field.options, LinkedRecordOptions) or not _is_taken(field.options, error):
                continue
            if field.column in hidden or table.find_field(str(field.id)) is None:
                raise DuplicateValue(_UNSEEN) from error
            raise _taken(field, rows, error) from error
        raise


_UNSEEN: Final = "A record is linked by another one already, by a field that you may not see, and takes one link."


def _is_taken(options: LinkedRecordOptions, error: asyncpg.UniqueViolationError) -> bool:
    return (error.constraint_name or "").startswith(f"l_{options.side.number}_")


def _taken(field: FieldMeta, rows: Sequence[Row], error: asyncpg.UniqueViolationError) -> DuplicateValue:
    """The record that is linked already is the one of the key that PostgreSQL names."""
    _, _, key = (error.detail or "").partition(")=(")
    id = key[:36]
    linked = ((i, row.get(field.column)) for i, row in enumerate(rows))
    index = next((i for i, value in linked if isinstance(value, list) and id in map(str, value)), None)
    message = f"Record {id} is linked by another record already, and {linked_table(field).name!r} takes one link each."
    return DuplicateValue(message, field=field.name, value=id, recordIndex=index)
