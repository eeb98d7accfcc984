"""What the mutations answer that take changes back."""

import strawberry

from graph.records.types import Record

_CURSOR = "Subscribe to recordEvents after it to see what happens after this mutation."
_MUTATION = "Names this operation in its turn; to undo it is to do again what it took back."


@strawberry.type(description="The records that were brought back.")
class RestoreRecordsPayload:
    """Answer of restoreRecords."""

    records: list[Record] = strawberry.field(description="The records as they are now, in the order of the ids.")
    restored_ids: list[strawberry.ID] = strawberry.field(
        description="Ids of those that were deleted until now; the others were there already."
    )
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)


@strawberry.type(description="What was undone.")
class UndoPayload:
    """Answer of undo."""

    restored_ids: list[strawberry.ID] = strawberry.field(
        description="Ids of the records that the mutation had deleted, and that are there again."
    )
    updated_ids: list[strawberry.ID] = strawberry.field(
        description="Ids of the records that have the values again that they had before."
    )
    deleted_ids: list[strawberry.ID] = strawberry.field(
        description="Ids of the records that the mutation had created, and that are deleted now."
    )
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)
