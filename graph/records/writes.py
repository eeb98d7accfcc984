"""Deferred writes of records: they wait for their selection, so that one statement can write and answer it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.utils.str_converters import to_camel_case

from domain.records.rendered import Rendered
from domain.records.rendering import json_string
from domain.records.selection import WHOLE_RECORD, RecordMembers
from domain.records.stored import decode, stored_record
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation, Selected
from graph.records.selection import NotCovered, record_members
from graph.records.types import Record
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write has done: the records' JSON, joined by commas, for each selection; and the payload's scalars."""

    rendered: Sequence[str]
    scalars: Mapping[str, object]


Write = Callable[[RequestContext, Sequence[RecordMembers]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class RecordWrite(Deferred):
    """A write that answers a payload of this class, whose `record` or `records` are the written ones."""

    payload: Callable[..., object]
    write: Write

    @property
    def _type_name(self) -> str:
        return getattr(self.payload, "__name__", "")

    async def complete(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> object:
        """The payload's JSON, or the object for resolvers."""
        selected = list(operation.selected(self._type_name, details))
        of_records = [each for each in selected if each.name in ("record", "records")]
        try:
            selections = [record_members(operation, each.details) for each in of_records]
        except NotCovered:
            return await self._object(context, is_single=of_records[0].name == "record")
        return self._render(selected, await self.write(context, selections))

    def _render(self, selected: Sequence[Selected], outcome: Outcome) -> Rendered:
        rendered = iter(outcome.rendered)
        scalars = {to_camel_case(name): value for name, value in outcome.scalars.items()}
        scalars["__typename"] = self._type_name
        members = (f"{json_string(each.key)}:{_member(each.name, scalars, rendered)}" for each in selected)
        return Rendered("{" + ",".join(members) + "}")

    async def _object(self, context: RequestContext, *, is_single: bool) -> object:
        outcome = await self.write(context, [WHOLE_RECORD])
        rows: list[Any] = decode(f"[{outcome.rendered[0]}]", orjson.Fragment)
        records = [Record.from_stored(stored_record(row)) for row in rows]
        if is_single:
            return self.payload(record=records[0], **outcome.scalars)
        return self.payload(records=records, **outcome.scalars)


def _member(name: str, scalars: Mapping[str, object], rendered: Iterator[str]) -> str:
    if name == "record":
        return next(rendered)
    if name == "records":
        return f"[{next(rendered)}]"
    return orjson.dumps(scalars[name]).decode()
