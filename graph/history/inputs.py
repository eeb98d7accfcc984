"""Inputs of the mutations that take changes back."""

import strawberry


@strawberry.input(description="Deleted records that are to come back.")
class RestoreRecordsInput:
    """Input of restoreRecords."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    ids: list[strawberry.ID] = strawberry.field(
        description="Ids of the records; one that is there already stays as it is."
    )


@strawberry.input(description="A mutation that is to be undone.")
class UndoInput:
    """Input of undo."""

    mutation_id: strawberry.ID = strawberry.field(
        description="What the mutation's payload, its events or the history of a record tell as `mutationId`."
    )
