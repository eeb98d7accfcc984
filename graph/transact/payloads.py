"""What `transact` answers."""

import strawberry

from graph.records.types import Record


@strawberry.type(description="What one operation of a call has done.")
class TransactResult:
    """The result of an operation."""

    records: list[Record] = strawberry.field(
        description="The created and changed records in the order in which they were sent, as they are when all "
        "operations are done, computed values included; none for a delete."
    )
    created_ids: list[strawberry.ID] = strawberry.field(description="Ids of the records that were created.")
    updated_ids: list[strawberry.ID] = strawberry.field(description="Ids of the records that were there before.")
    deleted_ids: list[strawberry.ID] = strawberry.field(description="Ids of the deleted records.")


@strawberry.type(description="What a temporary id stands for.")
class TempId:
    """A temporary id and the id."""

    temp_id: str = strawberry.field(description="As it was sent.")
    id: strawberry.ID = strawberry.field(description="The id of the record; not a real one in a dry run.")


@strawberry.type(description="What a call of several operations has done, or would do.")
class TransactPayload:
    """Answer of transact."""

    results: list[TransactResult] = strawberry.field(description="One for each operation, in the order of the call.")
    temp_ids: list[TempId] = strawberry.field(
        description="The ids of all records that were sent with a temporary id, in the order of the call."
    )
    is_dry_run: bool = strawberry.field(description="Whether it was all undone.")
    mutation_id: strawberry.ID | None = strawberry.field(
        description="Names the operation in events and in the history of records; pass it to `undo` to take it back. "
        "Null in a dry run."
    )
    event_cursor: str | None = strawberry.field(
        description="Subscribe to recordEvents after it to see what happens after this mutation; null in a dry run."
    )
