"""The upserts of a call: which of their records are there already, whichever operations they stand in."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from domain.bases.catalog import FieldMeta
from domain.errors import Problem
from domain.records import faults
from domain.records.write import Operation
from resolvers.records.upserting import lock_upserts, match, merge_fields, merge_keys
from resolvers.records.writing import Batch
from resolvers.transact.entries import Entry, in_operation, placed, refusals_of
from resolvers.transact.operations import Asked, Upsert

Groups = dict[UUID, dict[tuple[FieldMeta, ...], list[Entry]]]
"""Entries by table and by the fields that they are merged on."""

_SAME = "The record has the same values to merge on as another one of the call."


def group_upserts(operations: Sequence[Asked], read: Sequence[list[Entry]], batches: Mapping[UUID, Batch]) -> Groups:
    """What can be looked for together; raises `BadRequest` for what an operation cannot merge on."""
    groups: Groups = {}
    for index, asked in enumerate(operations):
        if isinstance(asked, Upsert):
            with in_operation(index):
                fields = tuple(merge_fields(batches[asked.table_id].table, asked.merge_on))
            groups.setdefault(asked.table_id, defaultdict(list))[fields] += read[index]
    return groups


async def settle_upserts(
    groups: Groups, batches: Mapping[UUID, Batch], gone: Collection[UUID], problems: list[Problem]
) -> None:
    """Find the existing records, those `gone` aside, and complete the new ones; `problems` as in `read_operations`.

    Upserts of one table wait for each other, and tables are locked in the order of their numbers.
    """
    ordered = sorted(groups, key=lambda id: batches[id].table.number)
    for table_id in ordered:
        await lock_upserts(batches[table_id])
    for table_id in ordered:
        batch = batches[table_id]
        for fields, entries in groups[table_id].items():
            await _settle(batch, fields, entries, gone, problems)


async def _settle(
    batch: Batch, fields: Sequence[FieldMeta], entries: Sequence[Entry], gone: Collection[UUID], problems: list[Problem]
) -> None:
    sound = [entry for entry in entries if entry.is_sound]
    if not sound:
        return
    found: list[Problem] = []
    keys = merge_keys(fields, [entry.row for entry in sound], found)
    problems += placed([_of_the_call(problem) for problem in found], sound)
    with refusals_of(sound):
        existing = await match(batch, fields, keys, gone)
    found = []
    for i, entry in enumerate(sound):
        if i in existing:
            entry.effect, entry.id = Operation.UPDATE, existing[i]
        elif entry.is_sound:
            entry.row = batch.writer(typecast=False).completed(entry.row, i, found)
    problems += placed(found, sound)


def _of_the_call(problem: Problem) -> Problem:
    return replace(problem, message=_SAME) if problem.type == faults.DUPLICATE_RECORD else problem
