"""Deferred writes of records: they wait for their selection, so that one statement can write and answer it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.utils.str_converters import to_camel_case

from domain.bases.catalog import TableMeta
from domain.records.rendered import Rendered
from domain.records.rendering import json_string
from domain.records.selection import WHOLE_RECORD, RecordMembers
from domain.records.stored import decode, stored_record
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation
from graph.records.selection import record_members
from graph.records.types import Record
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write has done: the records' JSON, joined by commas, for each selection; and the payload's scalars.

    `table` is the metadata that the JSON was made with.
    """

    table: TableMeta
    rendered: Sequence[str]
    scalars: Mapping[str, object]


Write = Callable[[RequestContext, Sequence[RecordMembers]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class WritePlan:
    """What is selected of a payload: its members by response key and name, and each selection of records."""

    members: Sequence[tuple[str, str]]
    selections: Sequence[RecordMembers]


@dataclass(frozen=True, slots=True)
class RecordWrite(Deferred[WritePlan]):
    """A write that answers a payload of this class, whose `record` or `records` are the written ones."""

    payload: Callable[..., object]
    write: Write

    @property
    def _type_name(self) -> str:
        return getattr(self.payload, "__name__", "")

    def plan(self, operation: Operation, details: FieldDetailsList) -> WritePlan:
        """What is selected of the payload."""
        selected = list(operation.selected(self._type_name, details))
        selections = [record_members(operation, each.details) for each in selected if each.name in _RECORDS]
        return WritePlan([(each.key, each.name) for each in selected], selections)

    async def run(self, context: RequestContext, plan: WritePlan) -> Rendered:
        """The payload's JSON."""
        outcome = await self.write(context, plan.selections)
        rendered = iter(outcome.rendered)
        scalars = {_graphql_name(name): value for name, value in outcome.scalars.items()}
        scalars["__typename"] = self._type_name
        members = (f"{json_string(key)}:{_member(name, scalars, rendered)}" for key, name in plan.members)
        return Rendered("{" + ",".join(members) + "}")

    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> object:
        """The payload with everything that is stored of its records; resolvers may yet fail."""
        context.join_transaction()
        names = {each.name for each in operation.selected(self._type_name, details)}
        outcome = await self.write(context, [WHOLE_RECORD])
        rows: list[Any] = decode(f"[{outcome.rendered[0]}]", orjson.Fragment)
        records = [Record.from_stored(stored_record(row, outcome.table)) for row in rows]
        if "record" in names:
            return self.payload(record=records[0], **outcome.scalars)
        return self.payload(records=records, **outcome.scalars)


_RECORDS = ("record", "records")
_graphql_name = cache(to_camel_case)


def _member(name: str, scalars: Mapping[str, object], rendered: Iterator[str]) -> str:
    if name == "record":
        return next(rendered)
    if name == "records":
        return f"[{next(rendered)}]"
    return orjson.dumps(scalars[name]).decode()
