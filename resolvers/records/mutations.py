"""The use cases that change records: each finds its table, and writes its batch once."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from resolvers.context import RequestContext
from resolvers.records.answers import Written
from resolvers.records.choices import making_choices
from resolvers.records.idempotency import once
from resolvers.records.tables import no_record, no_table, with_table, with_table_of_record
from resolvers.records.upserting import upsert
from resolvers.records.writing import Batch, Patch, Selections, check_size

Work = Callable[[Batch], Awaitable[Written]]


async def create_records(
    context: RequestContext,
    table_id: UUID,
    records: Sequence[object],
    selections: Selections,
    *,
    typecast: bool = False,
    makes_choices: bool = False,
    idempotency_key: str | None = None,
) -> Written:
    """Create records in a table, all or none."""

    async def work(batch: Batch) -> Written:
        check_size(context, len(records))
        return await batch.create(records, selections, typecast=typecast)

    request = ["createRecords", table_id, records, typecast]
    return await _write(
        context, table_id, work, selections, request, idempotency_key, typecast=typecast, makes_choices=makes_choices
    )


async def update_records(
    context: RequestContext,
    table_id: UUID,
    patches: Sequence[Patch],
    selections: Selections,
    *,
    typecast: bool = False,
    makes_choices: bool = False,
    idempotency_key: str | None = None,
) -> Written:
    """Change records of a table, all or none."""

    async def work(batch: Batch) -> Written:
        check_size(context, len(patches))
        return await batch.update(patches, selections, typecast=typecast)

    request = ["updateRecords", table_id, [[p.id, p.fields, p.if_revision] for p in patches], typecast]
    return await _write(
        context, table_id, work, selections, request, idempotency_key, typecast=typecast, makes_choices=makes_choices
    )


async def update_record(
    context: RequestContext,
    patch: Patch,
    selections: Selections,
    *,
    typecast: bool = False,
    makes_choices: bool = False,
    idempotency_key: str | None = None,
) -> Written:
    """Change one record; its id says which table it is in."""
    user_id = context.user_id
    request = _asked(["updateRecord", patch.id, patch.fields, patch.if_revision, typecast], makes_choices)

    async def work(batch: Batch) -> Written:
        return await batch.update([patch], selections, typecast=typecast)

    async def write(makes_choices: bool) -> Written:
        async with _unit(context, idempotency_key) as unit:

            async def in_table(table: TableMeta) -> Written:
                missing = partial(no_record, patch.id)
                batch = Batch(context, user_id, unit, table, missing, makes_choices=makes_choices)
                return await _once(batch, work, selections, request, idempotency_key)

            return await with_table_of_record(context, unit, patch.id, in_table, Action.WRITE_RECORDS)

    return await making_choices(context, write, typecast=typecast, makes_choices=makes_choices)


async def delete_records(
    context: RequestContext, table_id: UUID, ids: Sequence[UUID], *, idempotency_key: str | None = None
) -> Written:
    """Delete records of a table, all or none."""

    async def work(batch: Batch) -> Written:
        check_size(context, len(ids), "ids")
        return await batch.delete(ids)

    return await _write(context, table_id, work, (), ["deleteRecords", table_id, list(ids)], idempotency_key)


async def upsert_records(
    context: RequestContext,
    table_id: UUID,
    merge_on: Sequence[str],
    records: Sequence[object],
    selections: Selections,
    *,
    typecast: bool = False,
    makes_choices: bool = False,
    idempotency_key: str | None = None,
) -> Written:
    """Change the records that agree with the sent ones on the fields of `merge_on`, create the others, all or none."""

    async def work(batch: Batch) -> Written:
        check_size(context, len(records))
        return await upsert(batch, merge_on, records, selections, typecast=typecast)

    context.join_transaction()  # an upsert is several statements
    request = ["upsertRecords", table_id, merge_on, records, typecast]
    return await _write(
        context, table_id, work, selections, request, idempotency_key, typecast=typecast, makes_choices=makes_choices
    )


def _unit(context: RequestContext, idempotency_key: str | None) -> AbstractAsyncContextManager[Unit]:
    """One statement commits by itself; with an idempotency key there are several, which belong together."""
    return context.lone_unit() if idempotency_key is None else context.unit()


def _asked(request: Sequence[object], makes_choices: bool) -> Sequence[object]:
    """What makes it the same request; without the option it is hashed as before there was one."""
    return [*request, "createMissingChoices"] if makes_choices else request


async def _write(
    context: RequestContext,
    table_id: UUID,
    work: Work,
    selections: Selections,
    request: Sequence[object],
    idempotency_key: str | None,
    *,
    typecast: bool = False,
    makes_choices: bool = False,
) -> Written:
    request = _asked(request, makes_choices)

    async def write(makes_choices: bool) -> Written:
        user_id = context.user_id
        async with _unit(context, idempotency_key) as unit:

            async def in_table(table: TableMeta) -> Written:
                batch = Batch(context, user_id, unit, table, partial(no_table, table_id), makes_choices=makes_choices)
                return await _once(batch, work, selections, request, idempotency_key)

            return await with_table(context, unit, table_id, in_table, Action.WRITE_RECORDS)

    return await making_choices(context, write, typecast=typecast, makes_choices=makes_choices)


async def _once(
    batch: Batch, work: Work, selections: Selections, request: Sequence[object], idempotency_key: str | None
) -> Written:
    if idempotency_key is None:
        return await work(batch)
    return await once(batch, idempotency_key, request, selections, lambda: work(batch))
