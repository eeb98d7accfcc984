"""Root fields of Mutation about records."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry

from domain.records.selection import RecordMembers
from graph.node import read_id, read_ids
from graph.records.payloads import (
    CreateRecordPayload,
    CreateRecordsPayload,
    DeleteRecordsPayload,
    UpdateRecordPayload,
    UpdateRecordsPayload,
    UpsertRecordsPayload,
)
from graph.records.write_inputs import (
    CreateRecordInput,
    CreateRecordsInput,
    DeleteRecordsInput,
    UpdateRecordInput,
    UpdateRecordsInput,
    UpsertRecordsInput,
)
from graph.records.writes import Outcome, RecordWrite, Write
from resolvers.context import RequestContext
from resolvers.records import mutations
from resolvers.records.answers import Written
from resolvers.records.writing import Patch

Selections = Sequence[RecordMembers]


@strawberry.type
class RecordMutations:
    """Creating, changing and deleting records."""

    @strawberry.mutation(description="Create a record.", graphql_type=CreateRecordPayload)
    def create_record(
        self, input: Annotated[CreateRecordInput, strawberry.argument(description="The record.")]
    ) -> RecordWrite:
        return RecordWrite(CreateRecordPayload, _create(input, [input.fields]))

    @strawberry.mutation(description="Create records, all or none.", graphql_type=CreateRecordsPayload)
    def create_records(
        self, input: Annotated[CreateRecordsInput, strawberry.argument(description="The records.")]
    ) -> RecordWrite:
        return RecordWrite(CreateRecordsPayload, _create(input, input.records))

    @strawberry.mutation(description="Change a record.", graphql_type=UpdateRecordPayload)
    def update_record(
        self, input: Annotated[UpdateRecordInput, strawberry.argument(description="The changes.")]
    ) -> RecordWrite:
        patch = Patch(read_id(input.id), input.fields, input.if_revision)

        async def write(context: RequestContext, selections: Selections) -> Outcome:
            return _outcome(
                await mutations.update_record(
                    context,
                    patch,
                    selections,
                    typecast=input.typecast,
                    makes_choices=input.create_missing_choices,
                    idempotency_key=input.idempotency_key,
                )
            )

        return RecordWrite(UpdateRecordPayload, write)

    @strawberry.mutation(description="Change records of one table, all or none.", graphql_type=UpdateRecordsPayload)
    def update_records(
        self, input: Annotated[UpdateRecordsInput, strawberry.argument(description="The changes.")]
    ) -> RecordWrite:
        table_id = read_id(input.table_id, "tableId")
        patches = [
            Patch(read_id(each.id, f"records.{i}.id"), each.fields, each.if_revision)
            for i, each in enumerate(input.records)
        ]

        async def write(context: RequestContext, selections: Selections) -> Outcome:
            return _outcome(
                await mutations.update_records(
                    context,
                    table_id,
                    patches,
                    selections,
                    typecast=input.typecast,
                    makes_choices=input.create_missing_choices,
                    idempotency_key=input.idempotency_key,
                )
            )

        return RecordWrite(UpdateRecordsPayload, write)

    @strawberry.mutation(
        description="Change the records that agree with the sent ones on some fields, create the others; all or none.",
        graphql_type=UpsertRecordsPayload,
    )
    def upsert_records(
        self, input: Annotated[UpsertRecordsInput, strawberry.argument(description="The records.")]
    ) -> RecordWrite:
        table_id = read_id(input.table_id, "tableId")

        async def write(context: RequestContext, selections: Selections) -> Outcome:
            done = await mutations.upsert_records(
                context,
                table_id,
                input.merge_on,
                input.records,
                selections,
                typecast=input.typecast,
                makes_choices=input.create_missing_choices,
                idempotency_key=input.idempotency_key,
            )
            created = set(done.created)
            ids = {
                "created_ids": [str(id) for id in done.ids if id in created],
                "updated_ids": [str(id) for id in done.ids if id not in created],
            }
            return _outcome(done, ids)

        return RecordWrite(UpsertRecordsPayload, write)

    @strawberry.mutation(description="Delete records of one table, all or none.", graphql_type=DeleteRecordsPayload)
    def delete_records(
        self, input: Annotated[DeleteRecordsInput, strawberry.argument(description="The records.")]
    ) -> RecordWrite:
        table_id = read_id(input.table_id, "tableId")
        ids = read_ids(input.ids, "ids")

        async def write(context: RequestContext, selections: Selections) -> Outcome:
            del selections  # deleted records are answered by their ids only
            done = await mutations.delete_records(context, table_id, ids, idempotency_key=input.idempotency_key)
            return _outcome(done, {"deleted_ids": list(map(str, done.ids))})

        return RecordWrite(DeleteRecordsPayload, write)


def _outcome(written: Written, scalars: Mapping[str, object] | None = None) -> Outcome:
    own = {"event_cursor": written.event_cursor, "mutation_id": str(written.mutation_id)}
    return Outcome(written.table, written.rendered, {**(scalars or {}), **own})


def _create(input: CreateRecordInput | CreateRecordsInput, records: Sequence[object]) -> Write:
    table_id = read_id(input.table_id, "tableId")

    async def write(context: RequestContext, selections: Selections) -> Outcome:
        written = await mutations.create_records(
            context,
            table_id,
            records,
            selections,
            typecast=input.typecast,
            makes_choices=input.create_missing_choices,
            idempotency_key=input.idempotency_key,
        )
        return _outcome(written)

    return write
