"""The deferred write of `transact`: it waits for its selection, and answers it as finished JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import strawberry
from graphql.execution.collect_fields import FieldDetailsList

from domain.errors import BadRequest
from domain.records.rendered import Rendered
from domain.records.rendering import json_string
from domain.records.selection import WHOLE_RECORD, RecordMembers
from domain.records.stored import decode, stored_record
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation
from graph.records.selection import record_members
from graph.records.types import Record
from graph.transact.payloads import TempId, TransactPayload, TransactResult
from resolvers.context import RequestContext
from resolvers.transact.mutation import transact
from resolvers.transact.operations import Asked
from resolvers.transact.results import OperationResult, Transacted


@dataclass(frozen=True, slots=True)
class Member:
    """A selected field: key, name, what is selected of it, and for records the number of their selection."""

    key: str
    name: str
    members: "Sequence[Member]" = ()
    selection: int = 0


@dataclass(frozen=True, slots=True)
class TransactPlan:
    """What is selected of the payload, and each selection of records in it."""

    members: Sequence[Member]
    selections: Sequence[RecordMembers]


@dataclass(frozen=True, slots=True)
class TransactWrite(Deferred[TransactPlan]):
    """The operations of a call."""

    operations: Sequence[Asked]
    is_dry_run: bool
    idempotency_key: str | None

    def plan(self, operation: Operation, details: FieldDetailsList) -> TransactPlan:
        """What is selected of the payload."""
        selections: list[RecordMembers] = []
        return TransactPlan(list(_members(operation, "TransactPayload", details, selections)), selections)

    async def run(self, context: RequestContext, plan: TransactPlan) -> Rendered:
        """The payload's JSON."""
        done = await self._transact(context, plan.selections)
        return Rendered(_payload(plan.members, done))

    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> object:
        """The payload with everything that is stored of its records; resolvers read what is not, and may yet fail."""
        del operation, details  # resolvers pick what is selected
        if self.is_dry_run:
            raise BadRequest("A dry run can only answer what records store and compute: leave out the other fields.")
        done = await self._transact(context, [WHOLE_RECORD])
        return TransactPayload(
            results=[_result(done, result) for result in done.results],
            temp_ids=[TempId(temp_id=temp_id, id=strawberry.ID(str(id))) for temp_id, id in done.temp_ids.items()],
            is_dry_run=False,
            mutation_id=strawberry.ID(str(done.mutation_id)),
            event_cursor=done.event_cursor,
        )

    async def _transact(self, context: RequestContext, selections: Sequence[RecordMembers]) -> Transacted:
        return await transact(
            context,
            self.operations,
            selections,
            is_dry_run=self.is_dry_run,
            idempotency_key=self.idempotency_key,
        )


# --- what is selected ---

_INNER = {"results": "TransactResult", "tempIds": "TempId"}


def _members(
    operation: Operation, type_name: str, details: FieldDetailsList, selections: list[RecordMembers]
) -> Iterator[Member]:
    for each in operation.selected(type_name, details):
        if each.name == "records":
            selections.append(record_members(operation, each.details))
            yield Member(each.key, each.name, selection=len(selections) - 1)
        elif each.name in _INNER:
            inner = _members(operation, _INNER[each.name], each.details, selections)
            yield Member(each.key, each.name, list(inner))
        else:
            yield Member(each.key, each.name)


# --- finished JSON ---


def _payload(members: Sequence[Member], done: Transacted) -> str:
    def value(member: Member) -> str:
        match member.name:
            case "results":
                return _list(_result_json(member.members, result) for result in done.results)
            case "tempIds":
                return _list(_temp_id_json(member.members, *each) for each in done.temp_ids.items())
            case "isDryRun":
                return _json(done.is_dry_run)
            case "mutationId":
                return _json(done.mutation_id)
            case "eventCursor":
                return _json(done.event_cursor)
        return _json("TransactPayload")

    return _object((member.key, value(member)) for member in members)


def _result_json(members: Sequence[Member], result: OperationResult) -> str:
    scalars = {
        "createdIds": result.created,
        "updatedIds": result.updated,
        "deletedIds": result.deleted,
        "__typename": "TransactResult",
    }
    return _object(
        (each.key, f"[{result.rendered[each.selection]}]" if each.name == "records" else _json(scalars[each.name]))
        for each in members
    )


def _temp_id_json(members: Sequence[Member], temp_id: str, id: object) -> str:
    scalars = {"tempId": temp_id, "id": id, "__typename": "TempId"}
    return _object((each.key, _json(scalars[each.name])) for each in members)


def _object(values: Iterator[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{json_string(key)}:{json}" for key, json in values) + "}"


def _list(items: Iterator[str]) -> str:
    return f"[{','.join(items)}]"


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


# --- objects for ordinary resolvers ---


def _result(done: Transacted, result: OperationResult) -> TransactResult:
    table = done.tables[result.table_id]
    rows: list[Any] = decode(f"[{result.rendered[0]}]", orjson.Fragment)
    return TransactResult(
        records=[Record.from_stored(stored_record(row, table)) for row in rows],
        created_ids=[strawberry.ID(str(id)) for id in result.created],
        updated_ids=[strawberry.ID(str(id)) for id in result.updated],
        deleted_ids=[strawberry.ID(str(id)) for id in result.deleted],
    )
