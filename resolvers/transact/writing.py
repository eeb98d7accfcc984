"""Writes of the entries of a call: one statement a table for what goes, what changes and what is new."""

from collections.abc import Sequence

from adapters.database import Unit
from domain.records.linking import insert_links
from domain.records.write import Operation
from resolvers.records.answers import Written
from resolvers.records.linking import link_fields, refusing_taken
from resolvers.transact.entries import Part, refusals_of


async def write_parts(unit: Unit, parts: Sequence[Part], *, is_awaited: bool) -> str:
    """Write all entries, which must be sound; the cursor behind them.

    What is deleted goes first and what is created comes last, in whatever order the operations stand: so a value that
    must be unique, and a record that takes one link, are free before they are taken. Where records are linked before
    they are there (`is_awaited`), foreign keys wait until all is written.
    """
    cursor = ""
    if is_awaited:
        await unit.connection.execute("SET CONSTRAINTS ALL DEFERRED")
    for effect in (Operation.DELETE, Operation.UPDATE, Operation.CREATE):
        if is_awaited and effect is Operation.CREATE:
            await _link_new(unit, parts)
        for part in parts:
            written = await _write(part, effect, is_awaited=is_awaited)
            cursor = cursor if written is None else written.event_cursor
    if is_awaited:
        await unit.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return cursor


async def _link_new(unit: Unit, parts: Sequence[Part]) -> None:
    """Write the links of all new records, so that each of these shows those of the other side too in the change log."""
    for part in parts:
        entries = part.of(Operation.CREATE)
        rows = [entry.row for entry in entries]
        for field in link_fields(part.batch.table, rows):
            links = [
                (entry.id, id, position)
                for entry in entries
                for position, id in enumerate(_linked(entry.row.get(field.column)), 1)
            ]
            if links:
                with refusals_of(entries), refusing_taken(part.batch.table, rows):
                    await unit.connection.execute(insert_links(field), *map(list, zip(*links, strict=True)))


def _linked(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


async def _write(part: Part, effect: Operation, *, is_awaited: bool) -> Written | None:
    entries = part.of(effect)
    if not entries:
        return None
    batch, rows, ids = part.batch, [entry.row for entry in entries], [entry.known_id for entry in entries]
    with refusals_of(entries):
        match effect:
            case Operation.DELETE:
                return await batch.delete(ids)
            case Operation.UPDATE:
                return await batch.change([(entry.known_id, entry.revision) for entry in entries], rows, ())
            case Operation.CREATE:
                return await batch.insert(rows, (), ids, is_awaited=is_awaited)
