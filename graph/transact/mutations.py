"""The root field `transact` of Mutation."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from graph.node import read_id, read_ids
from graph.transact.inputs import (
    TransactCreate,
    TransactDelete,
    TransactInput,
    TransactOperation,
    TransactRecord,
    TransactUpdate,
    TransactUpsert,
)
from graph.transact.payloads import TransactPayload
from graph.transact.writes import TransactWrite
from resolvers.records.writing import Patch
from resolvers.transact.operations import Asked, Create, Delete, Draft, Update, Upsert


@strawberry.type
class TransactMutations:
    """Changes of several tables at once."""

    @strawberry.mutation(
        description="Create, change and delete records of several tables, all or none; new records may be linked with "
        "each other before they have ids. An error says by `operationIndex` which operation it is about.",
        graphql_type=TransactPayload,
    )
    def transact(
        self, input: Annotated[TransactInput, strawberry.argument(description="The operations.")]
    ) -> TransactWrite:
        operations = [_asked(each, f"operations.{i}") for i, each in enumerate(input.operations)]
        return TransactWrite(operations, input.dry_run, input.idempotency_key)


def _asked(operation: TransactOperation, path: str) -> Asked:
    if operation.create:
        return _create(operation.create, f"{path}.create")
    if operation.update:
        return _update(operation.update, f"{path}.update")
    if operation.upsert:
        return _upsert(operation.upsert, f"{path}.upsert")
    assert operation.delete  # there is exactly one of them
    return _delete(operation.delete, f"{path}.delete")


def _create(asked: TransactCreate, path: str) -> Create:
    table_id = read_id(asked.table_id, f"{path}.tableId")
    return Create(table_id, _drafts(asked.records), asked.typecast, asked.create_missing_choices)


def _update(asked: TransactUpdate, path: str) -> Update:
    table_id = read_id(asked.table_id, f"{path}.tableId")
    patches = [
        Patch(read_id(each.id, f"{path}.records.{i}.id"), each.fields, each.if_revision)
        for i, each in enumerate(asked.records)
    ]
    return Update(table_id, patches, asked.typecast, asked.create_missing_choices)


def _upsert(asked: TransactUpsert, path: str) -> Upsert:
    table_id = read_id(asked.table_id, f"{path}.tableId")
    records = _drafts(asked.records)
    return Upsert(table_id, asked.merge_on, records, asked.typecast, asked.create_missing_choices)


def _delete(asked: TransactDelete, path: str) -> Delete:
    return Delete(read_id(asked.table_id, f"{path}.tableId"), read_ids(asked.ids, f"{path}.ids"))


def _drafts(records: Sequence[TransactRecord]) -> list[Draft]:
    return [Draft(each.fields, each.temp_id) for each in records]
