"""Root fields of Mutation that take changes back."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from domain.records.selection import RecordMembers
from graph.history.inputs import RestoreRecordsInput, UndoInput
from graph.history.payloads import RestoreRecordsPayload, UndoPayload
from graph.info import Info
from graph.node import read_id, read_ids
from graph.records.writes import Outcome, RecordWrite
from resolvers.context import RequestContext
from resolvers.records.restoring import restore_records
from resolvers.records.undoing import undo_mutation


@strawberry.type
class HistoryMutations:
    """Restoring and undoing."""

    @strawberry.mutation(
        description="Bring deleted records of one table back, all or none: with their ids, the values that they had "
        "and who created them when. Their revision goes on, and events tell that they were created.",
        graphql_type=RestoreRecordsPayload,
    )
    def restore_records(
        self, input: Annotated[RestoreRecordsInput, strawberry.argument(description="The records.")]
    ) -> RecordWrite:
        table_id = read_id(input.table_id, "tableId")
        ids = read_ids(input.ids, "ids")

        async def write(context: RequestContext, selections: Sequence[RecordMembers]) -> Outcome:
            done = await restore_records(context, table_id, ids, selections)
            scalars = {
                "restored_ids": _texts(done.created),
                "event_cursor": done.event_cursor,
                "mutation_id": str(done.mutation_id),
            }
            return Outcome(done.table, done.rendered, scalars)

        return RecordWrite(RestoreRecordsPayload, write)

    @strawberry.mutation(
        description="Undo what a recent mutation of the caller's has done to records, all of it or nothing: created "
        "ones are deleted, deleted ones restored, and changed values set back. CONFLICT names the records and fields "
        "that have changed since. To undo what `undo` has done is to do it again."
    )
    async def undo(
        self, info: Info, input: Annotated[UndoInput, strawberry.argument(description="The mutation.")]
    ) -> UndoPayload:
        done = await undo_mutation(info.context, read_id(input.mutation_id, "mutationId"))
        return UndoPayload(
            restored_ids=_ids(done.restored),
            updated_ids=_ids(done.updated),
            deleted_ids=_ids(done.deleted),
            event_cursor=done.event_cursor,
            mutation_id=strawberry.ID(str(done.mutation_id)),
        )


def _texts(ids: Sequence[UUID]) -> list[str]:
    return [str(id) for id in ids]


def _ids(ids: Sequence[UUID]) -> list[strawberry.ID]:
    return [strawberry.ID(text) for text in _texts(ids)]
