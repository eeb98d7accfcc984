"""What the mutations of records answer."""

import strawberry

from graph.records.types import Record

_CURSOR = "Subscribe to recordEvents after it to see what happens after this mutation."
_MUTATION = "Names the operation in events and in the history of records; pass it to `undo` to take it back."


@strawberry.type(description="The record that was created.")
class CreateRecordPayload:
    """Answer of createRecord."""

    record: Record = strawberry.field(description="The new record.")
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)


@strawberry.type(description="The records that were created.")
class CreateRecordsPayload:
    """Answer of createRecords."""

    records: list[Record] = strawberry.field(description="The new records, in the order in which they were sent.")
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)


@strawberry.type(description="The record that was changed.")
class UpdateRecordPayload:
    """Answer of updateRecord."""

    record: Record = strawberry.field(description="The record as it is now.")
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)


@strawberry.type(description="The records that were changed.")
class UpdateRecordsPayload:
    """Answer of updateRecords."""

    records: list[Record] = strawberry.field(
        description="The records as they are now, in the order in which they were sent."
    )
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)


@strawberry.type(description="The records that an upsert created or changed.")
class UpsertRecordsPayload:
    """Answer of upsertRecords."""

    records: list[Record] = strawberry.field(
        description="The records as they are now, in the order in which they were sent."
    )
    created_ids: list[strawberry.ID] = strawberry.field(description="Ids of the records that were created.")
    updated_ids: list[strawberry.ID] = strawberry.field(description="Ids of the records that were there before.")
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)


@strawberry.type(description="The records that were deleted.")
class DeleteRecordsPayload:
    """Answer of deleteRecords."""

    deleted_ids: list[strawberry.ID] = strawberry.field(description="Ids of the deleted records.")
    event_cursor: str = strawberry.field(description=_CURSOR)
    mutation_id: strawberry.ID = strawberry.field(description=_MUTATION)
