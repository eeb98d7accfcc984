"""From operations as they were sent to entries: every value is parsed, and all that is wrong is found."""

from collections.abc import Mapping, Sequence
from itertools import count
from uuid import UUID

from domain.bases.catalog import FieldMeta
from domain.errors import Problem
from domain.fields.faults import MAX_LENGTH
from domain.records import faults
from domain.records.choices import set_missing_apart
from domain.records.values import Row
from domain.records.write import Operation
from resolvers.records.writing import Batch
from resolvers.transact.entries import Entry, placed, problem_of
from resolvers.transact.operations import Asked, Create, Delete, Draft, Update, Upsert, makes_choices
from resolvers.turns import in_turns

MAX_TEMP_ID_LENGTH = 255
Lacking = dict[FieldMeta, list[Problem]]
"""Problems that choices which are yet to be made would mend, by the fields that lack them."""


async def read_operations(
    operations: Sequence[Asked], batches: Mapping[UUID, Batch], problems: list[Problem], missing: Lacking | None = None
) -> list[list[Entry]]:
    """The entries of each operation; what is wrong with them is added to `problems`.

    With `missing`, choices that operations lack which want them made are noted there instead.
    """
    read: list[list[Entry]] = []
    for index, asked in enumerate(operations):
        found: list[Problem] = []
        batch = batches[asked.table_id]
        entries = await _read(batch, index, asked, found)
        if missing is not None and makes_choices(asked):
            for field, apart in set_missing_apart(batch.table, found).items():
                missing.setdefault(field, []).extend(placed(apart, entries))
        problems += placed(found, entries)
        read.append(entries)
    everything = [entry for entries in read for entry in entries]
    problems += _bad_temp_ids(everything)
    return read


async def _read(batch: Batch, index: int, asked: Asked, problems: list[Problem]) -> list[Entry]:
    path: tuple[str | int, ...] = ("operations", index)
    if isinstance(asked, Delete):
        path = (*path, "delete", "ids")
        first = {id: i for i, id in reversed(list(enumerate(asked.ids)))}
        return [Entry(index, i, (*path, i), Operation.DELETE, {}, id) for id, i in reversed(first.items())]
    writer = batch.writer(asked.typecast)
    fields = [each.fields for each in asked.records]
    match asked:
        case Create(records=drafts):
            rows = await in_turns(writer.new_rows(fields, problems))
            return _new_entries(index, (*path, "create"), rows, drafts)
        case Upsert(records=drafts):
            rows = await in_turns(writer.patches(fields, problems))
            return _new_entries(index, (*path, "upsert"), rows, drafts)
        case Update(records=patches):
            rows = await in_turns(writer.patches(fields, problems, [str(patch.id) for patch in patches]))
            path = (*path, "update", "records")
            each = zip(count(), rows, patches, strict=False)
            return [Entry(index, i, (*path, i), Operation.UPDATE, row, p.id, p.if_revision) for i, row, p in each]


def _new_entries(
    operation: int, path: tuple[str | int, ...], rows: Sequence[Row], drafts: Sequence[Draft]
) -> list[Entry]:
    return [
        Entry(operation, i, (*path, "records", i), Operation.CREATE, row, temp_id=draft.temp_id)
        for i, (row, draft) in enumerate(zip(rows, drafts, strict=True))
    ]


def _bad_temp_ids(entries: Sequence[Entry]) -> list[Problem]:
    """A temporary id names one record of the call."""
    seen: set[str] = set()
    problems: list[Problem] = []
    for entry in entries:
        temp_id = entry.temp_id
        if temp_id is None:
            continue
        if not 1 <= len(temp_id) <= MAX_TEMP_ID_LENGTH:
            message = f"A temporary id has from 1 to {MAX_TEMP_ID_LENGTH} characters, not {len(temp_id):,}."
            problems.append(problem_of(entry, message, MAX_LENGTH, temp_id, "tempId"))
        elif temp_id in seen:
            message = f"The temporary id {temp_id!r} is given to another record of the call."
            problems.append(problem_of(entry, message, faults.DUPLICATE_TEMP_ID, temp_id, "tempId"))
        seen.add(temp_id)
    return problems


def repeats(entries: Sequence[Entry]) -> list[Problem]:
    """One record can be written once in a call: which write would win is nobody's guess."""
    first: dict[UUID, Entry] = {}
    return [
        problem_of(entry, f"Record {entry.id} stands in the call twice.", faults.DUPLICATE_RECORD, str(entry.id))
        for entry in entries
        if entry.id is not None and first.setdefault(entry.id, entry) is not entry
    ]
