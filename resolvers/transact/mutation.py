"""The use case of `transact`: operations over several tables, done together or not at all, or just tried."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

from adapters.database import Unit
from domain.errors import BadRequest, Problem
from domain.ids import new_ids
from domain.records.values import raise_problems
from domain.records.write import Operation
from resolvers.context import RequestContext
from resolvers.records.idempotency import keep_answer, kept_answer, shape_of
from resolvers.records.tables import Missing, no_table
from resolvers.records.writing import Batch, check_size
from resolvers.transact.choices import making_choices, require_may_make, want_choices
from resolvers.transact.entries import Entry, Part, in_operation, placed
from resolvers.transact.links import awaits_new_records, new_records, settle_links
from resolvers.transact.operations import Asked, count_records, request_of
from resolvers.transact.reading import Lacking, read_operations, repeats
from resolvers.transact.results import Selections, Transacted, kept_results, render_results, results_again, results_of
from resolvers.transact.tables import Tables, lock_tables
from resolvers.transact.upserts import group_upserts, settle_upserts
from resolvers.transact.writing import write_parts


class _Tried(Exception):
    """Carries the outcome of a dry run out of what is rolled back."""

    def __init__(self, outcome: Transacted) -> None:
        self.outcome = outcome


async def transact(
    context: RequestContext,
    operations: Sequence[Asked],
    selections: Selections,
    *,
    is_dry_run: bool = False,
    idempotency_key: str | None = None,
) -> Transacted:
    """Do all operations, in one transaction. A dry run takes no key, and leaves nothing behind."""
    user_id = context.user_id
    _check_sizes(context, operations)
    is_making = require_may_make(context, operations)
    key = None if is_dry_run else idempotency_key
    async with context.unit() as unit:

        async def attempt(wants_choices: bool) -> Transacted:
            tables = await lock_tables(context, unit, operations)
            batches = {id: Batch(context, user_id, unit, table, _missing(id)) for id, table in tables.items()}

            async def work() -> Transacted:
                return await _carry_out(context, unit, batches, operations, selections, wants_choices)

            return await (work() if key is None else _once(context, unit, tables, operations, selections, key, work))

        async def done() -> Transacted:
            return await (making_choices(context, unit, attempt) if is_making else attempt(False))

        return await (_tried(context, unit, done) if is_dry_run else done())


def _check_sizes(context: RequestContext, operations: Sequence[Asked]) -> None:
    most = context.services.limits.max_transact_operations
    if not 1 <= len(operations) <= most:
        message = f"A call has from 1 to {most:,} operations; this one has {len(operations):,}."
        raise BadRequest(message, argument="operations")
    for index, asked in enumerate(operations):
        with in_operation(index):
            check_size(context, count_records(asked))
    check_size(context, sum(map(count_records, operations)), "operations")


def _missing(table_id: UUID) -> Missing:
    return lambda: no_table(table_id)


async def _tried(context: RequestContext, unit: Unit, work: Callable[[], Awaitable[Transacted]]) -> Transacted:
    try:
        async with unit.connection.transaction():
            raise _Tried(await work())
    except _Tried as tried:
        unit.session.expunge_all()  # fields with choices that are no more
        context.forget_undone()
        return replace(tried.outcome, mutation_id=None, event_cursor=None)


async def _once(
    context: RequestContext,
    unit: Unit,
    tables: Tables,
    operations: Sequence[Asked],
    selections: Selections,
    key: str,
    work: Callable[[], Awaitable[Transacted]],
) -> Transacted:
    """See `resolvers.records.idempotency.once`."""
    shape = shape_of(selections, *tables.values())
    request = ["transact", list(map(request_of, operations))]
    first = await kept_answer(context, unit, key, request)
    if first is not None:
        return await results_again(context, unit, tables, first, shape, selections)
    outcome = await work()
    await keep_answer(context, unit, key, kept_results(outcome, shape))
    return outcome


async def _carry_out(
    context: RequestContext,
    unit: Unit,
    batches: dict[UUID, Batch],
    operations: Sequence[Asked],
    selections: Selections,
    wants_choices: bool,
) -> Transacted:
    """Find all that is wrong before anything is written, then write; `wants_choices` as in `Attempt`."""
    problems: list[Problem] = []
    missing: Lacking = {}
    read = await read_operations(operations, batches, problems, missing if wants_choices else None)
    want_choices(missing, problems, [batch.table for batch in batches.values()])
    groups = group_upserts(operations, read, batches)
    everything = [entry for entries in read for entry in entries]
    gone = {entry.known_id for entry in everything if entry.effect is Operation.DELETE}
    await settle_upserts(groups, batches, gone, problems)
    problems += repeats(everything)
    parts = _parts(operations, read, batches)
    for part in parts:
        _give_ids(part)
    is_awaited = any(awaits_new_records(part) for part in parts)
    problems += await _settle_references(unit, parts)
    raise_problems(problems)
    cursor = await write_parts(unit, parts, is_awaited=is_awaited)
    results = results_of(operations, read)
    tables = {id: batch.table for id, batch in batches.items()}
    await render_results(context, unit, tables, results, selections)
    return Transacted(tables, results, _temp_ids(everything), context.mutation_id, cursor)


def _parts(operations: Sequence[Asked], read: Sequence[list[Entry]], batches: dict[UUID, Batch]) -> list[Part]:
    parts = {id: Part(batch, []) for id, batch in batches.items()}
    for asked, entries in zip(operations, read, strict=True):
        parts[asked.table_id].entries.extend(entries)
    return list(parts.values())


def _give_ids(part: Part) -> None:
    """Ids of new records are made before anything is written, so that links can name them."""
    new = part.of(Operation.CREATE)
    for entry, id in zip(new, new_ids(part.batch.table.number, len(new)), strict=True):
        entry.id = id


async def _settle_references(unit: Unit, parts: Sequence[Part]) -> list[Problem]:
    """What is wrong with the users and the records that the entries refer to."""
    problems: list[Problem] = []
    for part in parts:
        rows = [entry.row for entry in part.entries]
        problems += placed(await part.batch.find_strangers(rows), part.entries)
    return problems + await settle_links(unit, parts, new_records(parts))


def _temp_ids(entries: Sequence[Entry]) -> dict[str, UUID]:
    return {entry.temp_id: entry.known_id for entry in entries if entry.temp_id is not None}
