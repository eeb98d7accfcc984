"""The links of a call: temporary ids and titles give way to ids, and all records that links change are locked.

The existing records of all operations are locked at once, table by table and in the order of ids, before anything is
written: two calls that write each other's records, in whatever order, never deadlock.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import Problem
from domain.fields.types.linked_record import Named, NewRecord
from domain.records.linking import lock_records, present_links
from domain.records.values import mentioned_records, place_records
from domain.records.write import Operation
from resolvers.records.linking import by_title, link_fields, linked_table, named_ids, require_one_side
from resolvers.transact.entries import Entry, Part, placed, refusals_of

NewRecords = Mapping[UUID, Mapping[Named, UUID]]
"""The ids of records with a temporary id, by table."""

Mentioned = dict[FieldMeta, set[Named]]


def new_records(parts: Sequence[Part]) -> NewRecords:
    """What temporary ids stand for."""
    return {
        part.batch.table.id: {
            NewRecord(entry.temp_id): entry.known_id for entry in part.entries if entry.temp_id is not None
        }
        for part in parts
    }


async def settle_links(unit: Unit, parts: Sequence[Part], new: NewRecords) -> list[Problem]:
    """Put ids in place of whatever links name records by; a problem for each record that is not there.

    Of a record that the call deletes the same is said. What is written and what is linked stays locked.
    """
    locks = _Locks()
    mentioned: list[Mentioned] = []
    titled: dict[FieldMeta, Mapping[Named, UUID]] = {}
    for part in parts:
        _require_one_side(part)
        named = mentioned_records(part.batch.table, [entry.row for entry in part.entries])
        mentioned.append(named)
        locks.write(part)
        for field, names in named.items():
            titled[field] = await by_title(unit, field, names)
            locks.share(linked_table(field), named_ids(names) | set(titled[field].values()))
        await _find_present_links(unit, part, locks)
    there = await locks.take(unit)
    gone = {entry.known_id for part in parts for entry in part.of(Operation.DELETE)}
    problems: list[Problem] = []
    for part, named in zip(parts, mentioned, strict=True):
        known = {field: _known(field, there, gone, titled[field], new) for field in named}
        problems += placed(place_records([entry.row for entry in part.entries], known), part.entries)
    return problems


def awaits_new_records(part: Part) -> bool:
    """Whether links of a table's entries name records by temporary ids; asked before these give way to ids."""
    mentioned = mentioned_records(part.batch.table, [entry.row for entry in part.entries])
    return any(isinstance(name, NewRecord) for names in mentioned.values() for name in names)


class _Locks:
    """The records to lock: those of tables that are written for this transaction alone, those of the others shared."""

    def __init__(self) -> None:
        self._tables: dict[UUID, TableMeta] = {}
        self._ids: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._written: set[UUID] = set()

    def write(self, part: Part) -> None:
        """Have the existing records of a table's entries locked."""
        ids = {entry.known_id for entry in part.of(Operation.UPDATE, Operation.DELETE)}
        if ids:
            self._written.add(part.batch.table.id)
            self.share(part.batch.table, ids)

    def share(self, table: TableMeta, ids: set[UUID]) -> None:
        """Have records kept as they are."""
        if ids:
            self._tables[table.id] = table
            self._ids[table.id] |= ids

    async def take(self, unit: Unit) -> Mapping[UUID, set[UUID]]:
        """Take the locks; which of the records are there, by table."""
        there: dict[UUID, set[UUID]] = {}
        for table in sorted(self._tables.values(), key=lambda table: table.number):
            statement = lock_records(table, for_update=table.id in self._written)
            there[table.id] = {row[0] for row in await unit.connection.fetch(statement, list(self._ids[table.id]))}
        return there


def _require_one_side(part: Part) -> None:
    """Creates and updates of a table are written apart."""
    for effect in (Operation.CREATE, Operation.UPDATE):
        entries = part.of(effect)
        with refusals_of(entries):
            require_one_side(link_fields(part.batch.table, [entry.row for entry in entries]))


async def _find_present_links(unit: Unit, part: Part, locks: _Locks) -> None:
    """Have the records kept that updated ones are linked to now."""
    updates: list[Entry] = part.of(Operation.UPDATE)
    for field in link_fields(part.batch.table, [entry.row for entry in updates]):
        ids = [entry.known_id for entry in updates if field.column in entry.row]
        rows = await unit.connection.fetch(present_links(field), ids)
        locks.share(linked_table(field), {row[0] for row in rows})


def _known(
    field: FieldMeta,
    there: Mapping[UUID, set[UUID]],
    gone: set[UUID],
    titled: Mapping[Named, UUID],
    new: NewRecords,
) -> Mapping[Named, UUID]:
    """The ids of the records that a field may name, by what they are named by."""
    table = linked_table(field)
    present = there.get(table.id, set()) - gone
    by_name = {title: id for title, id in titled.items() if id in present}
    return {**by_name, **new.get(table.id, {}), **{id: id for id in present}}
