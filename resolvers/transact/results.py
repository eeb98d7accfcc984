"""What a call answers: of each operation the records as they are when all is done, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.records.selection import RecordMembers
from domain.records.write import Operation
from resolvers.context import RequestContext
from resolvers.records.reading import read_each, require_records
from resolvers.transact.entries import Entry
from resolvers.transact.operations import Asked

Selections = Sequence[RecordMembers]


@dataclass(slots=True)
class OperationResult:
    """`ids` are those of the records that are there afterwards; `rendered` has one text a selection, as `Written`."""

    table_id: UUID
    ids: list[UUID]
    created: list[UUID]
    deleted: list[UUID]
    rendered: list[str]

    @property
    def updated(self) -> list[UUID]:
        """Those that were there before."""
        created = set(self.created)
        return [id for id in self.ids if id not in created]


@dataclass(frozen=True, slots=True)
class Transacted:
    """The outcome of a call. Of a dry run, of which nothing is kept, it has no id of the mutation and no cursor."""

    tables: Mapping[UUID, TableMeta]
    results: Sequence[OperationResult]
    temp_ids: Mapping[str, UUID]
    mutation_id: UUID | None
    event_cursor: str | None

    @property
    def is_dry_run(self) -> bool:
        """Whether all was undone."""
        return self.event_cursor is None


def results_of(operations: Sequence[Asked], read: Sequence[Sequence[Entry]]) -> list[OperationResult]:
    """The results of operations that are done, without their records."""
    return [_result(asked.table_id, entries) for asked, entries in zip(operations, read, strict=True)]


def _result(table_id: UUID, entries: Sequence[Entry]) -> OperationResult:
    def ids(*effects: Operation) -> list[UUID]:
        return [entry.known_id for entry in entries if entry.effect in effects]

    present = ids(Operation.CREATE, Operation.UPDATE)
    return OperationResult(table_id, present, ids(Operation.CREATE), ids(Operation.DELETE), [])


async def render_results(
    context: RequestContext,
    unit: Unit,
    tables: Mapping[UUID, TableMeta],
    results: Sequence[OperationResult],
    selections: Selections,
) -> None:
    """Read the records of all results: one statement for each selection of each table."""
    for table in tables.values():
        mine = [result for result in results if result.table_id == table.id]
        ids = [id for result in mine for id in result.ids]
        for selection in selections:
            texts = iter(await read_each(context, unit, table, ids, selection) if ids else ())
            for result in mine:
                result.rendered.append(",".join(next(texts) for _ in result.ids))


def kept_results(transacted: Transacted, shape: str) -> dict[str, object]:
    """What is kept for an idempotency key; `shape` stands for the selections."""
    return {
        "results": transacted.results,
        "tempIds": transacted.temp_ids,
        "mutation": transacted.mutation_id,
        "cursor": transacted.event_cursor,
        "shape": shape,
    }


async def results_again(
    context: RequestContext,
    unit: Unit,
    tables: Mapping[UUID, TableMeta],
    answer: Mapping[str, Any],
    shape: str,
    selections: Selections,
) -> Transacted:
    """The first answer; with the records as they are now for one who selects something else this time."""
    results = [_kept_result(each) for each in answer["results"]]
    if answer["shape"] != shape:
        for result in results:
            result.rendered.clear()
            await require_records(context, unit, tables[result.table_id], result.ids)
        await render_results(context, unit, tables, results, selections)
    temp_ids = {temp_id: UUID(id) for temp_id, id in answer["tempIds"].items()}
    return Transacted(tables, results, temp_ids, UUID(answer["mutation"]), answer["cursor"])


def _kept_result(kept: Mapping[str, Any]) -> OperationResult:
    ids, created, deleted = ([UUID(id) for id in kept[key]] for key in ("ids", "created", "deleted"))
    return OperationResult(UUID(kept["table_id"]), ids, created, deleted, kept["rendered"])
