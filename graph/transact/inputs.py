"""Inputs of `transact`."""

import strawberry
from strawberry.scalars import JSON

from graph.records.write_inputs import MAKES_CHOICES, RecordPatch

_TABLE = "Id of the table."
_TYPECAST = "Convert values that can be understood, such as the text '12' for a number, instead of refusing them."


@strawberry.input(description="A record to create, or to change where an upsert finds it.")
class TransactRecord:
    """An item of a create or an upsert."""

    fields: JSON = strawberry.field(
        description="Values by field id or name, as in createRecord. In the value of a LINKED_RECORD field, an object "
        '`{tempId: "a"}` in place of an id names the record of this call that has the temporary id `a`, in whichever '
        "operation it stands, also a later one."
    )
    temp_id: str | None = strawberry.field(
        default=None,
        description="A text of your choice, of 1 to 255 characters, by which values of LINKED_RECORD fields in this "
        "call name this record; each is given once in a call.",
    )


@strawberry.input(description="Create records of one table.")
class TransactCreate:
    """An operation of a call."""

    table_id: strawberry.ID = strawberry.field(description=_TABLE)
    records: list[TransactRecord] = strawberry.field(description="The new records.")
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)


@strawberry.input(description="Change records of one table.")
class TransactUpdate:
    """An operation of a call."""

    table_id: strawberry.ID = strawberry.field(description=_TABLE)
    records: list[RecordPatch] = strawberry.field(
        description="The changes. Values of LINKED_RECORD fields may name records of this call by `{tempId: …}`."
    )
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)


@strawberry.input(description="Create records of one table, or change them where they are there already.")
class TransactUpsert:
    """An operation of a call."""

    table_id: strawberry.ID = strawberry.field(description=_TABLE)
    merge_on: list[str] = strawberry.field(
        description="Ids or names of 1 to 10 fields: a record that agrees on all of them is changed, not created. "
        "Records that the call deletes, or creates by other operations, are not looked at."
    )
    records: list[TransactRecord] = strawberry.field(description="The records; the fields of `mergeOn` need a value.")
    typecast: bool = strawberry.field(default=False, description=_TYPECAST)
    create_missing_choices: bool = strawberry.field(default=False, description=MAKES_CHOICES)


@strawberry.input(description="Delete records of one table.")
class TransactDelete:
    """An operation of a call."""

    table_id: strawberry.ID = strawberry.field(description=_TABLE)
    ids: list[strawberry.ID] = strawberry.field(description="Ids of the records.")


@strawberry.input(one_of=True, description="One operation of a call: exactly one of these.")
class TransactOperation:
    """What is to be done with records of one table."""

    create: TransactCreate | None = strawberry.field(default=strawberry.UNSET, description="Create records.")
    update: TransactUpdate | None = strawberry.field(default=strawberry.UNSET, description="Change records.")
    upsert: TransactUpsert | None = strawberry.field(
        default=strawberry.UNSET, description="Change the records that are there, create the others."
    )
    delete: TransactDelete | None = strawberry.field(default=strawberry.UNSET, description="Delete records.")


@strawberry.input(
    description="Operations over records of several tables, also of several bases, done together or not at all. Their "
    "order does not matter: what is deleted goes first, then come the changes, then the new records."
)
class TransactInput:
    """Input of transact."""

    operations: list[TransactOperation] = strawberry.field(
        description="The operations; each record may stand in one of them."
    )
    dry_run: bool = strawberry.field(
        default=False,
        description="Do everything, answer what came of it, and undo it all: no event is seen, and no idempotency key "
        "is taken. The ids of new records in the answer are not those that they get when it is done for real, and "
        "numbers of AUTONUMBER fields that a dry run has used are left out later.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="A text of your choice: the same call with the same key is done once, a retry gets the first "
        "answer.",
    )
