"""Inputs of the mutations of records."""

import strawberry
from strawberry.scalars import JSON

_FIELDS = "Values by field id or name. What is not named stays as it is, or gets its default in a new record."
_KEY = "A text of your choice: the same mutation with the same key is done once, a retry gets the first answer."
_TYPECAST = "Convert values that can be understood, such as the text '12' for a number, instead of refusing them."
MAKES_CHOICES = (
    "With `typecast`: make the choices that values of selects name and the fields lack, in the same transaction. Where "
    "one is missing it takes the right to change the schema, and an API key needs the scope `schema`."
)
_REVISION = "Refuse with CONFLICT when the record is at another revision than this."


@strawberry.input(description="A new record.")
class CreateRecordInput:
    """Input of createRecord."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    fields: JSON = strawberry.field(description=_FIELDS)
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="New records.")
class CreateRecordsInput:
    """Input of createRecords."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    records: list[JSON] = strawberry.field(description="The fields of each record, as in createRecord.")
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="Changes of one record.")
class UpdateRecordInput:
    """Input of updateRecord."""

    id: strawberry.ID = strawberry.field(description="Id of the record.")
    fields: JSON = strawberry.field(description=_FIELDS)
    if_revision: int | None = strawberry.field(default=None, description=_REVISION)
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="Changes of one record of a batch.")
class RecordPatch:
    """An item of updateRecords."""

    id: strawberry.ID = strawberry.field(description="Id of the record.")
    fields: JSON = strawberry.field(description=_FIELDS)
    if_revision: int | None = strawberry.field(default=None, description=_REVISION)


@strawberry.input(description="Changes of records of one table.")
class UpdateRecordsInput:
    """Input of updateRecords."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    records: list[RecordPatch] = strawberry.field(description="The changes, each record at most once.")
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="Records to create, or to change where they are there already.")
class UpsertRecordsInput:
    """Input of upsertRecords."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    merge_on: list[str] = strawberry.field(
        description="Ids or names of 1 to 10 fields: a record that agrees on all of them is changed, not created."
    )
    records: list[JSON] = strawberry.field(description="The fields of each record; those of `mergeOn` need a value.")
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="Records to delete.")
class DeleteRecordsInput:
    """Input of deleteRecords."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    ids: list[strawberry.ID] = strawberry.field(description="Ids of the records.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)
