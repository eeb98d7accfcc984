"""The deferred read of a page of a table's changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.changes.cursor import EventCursor
from domain.changes.selection import WHOLE_EVENT, EventMembers, RecordEventType
from domain.records.filters import Filter
from domain.records.rendered import Rendered
from domain.records.rendering import json_string
from domain.records.stored import decode
from graph.changes.selection import ChangesPlan, changes_plan
from graph.changes.types import RecordChanges, RecordEvent
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation
from resolvers.context import RequestContext
from resolvers.streams.log_stream import Batch
from resolvers.streams.polling import read_changes
from resolvers.streams.record_events import Event, RecordEventSelection


@dataclass(frozen=True, slots=True)
class RecordChangesRead(Deferred[ChangesPlan]):
    """The events of a table's records behind a cursor, of at most `size` changes."""

    table_id: UUID
    view_id: UUID | None
    filter: Filter | None
    types: Sequence[RecordEventType] | None
    after: EventCursor
    size: int

    def plan(self, operation: Operation, details: FieldDetailsList) -> ChangesPlan:
        """What is selected of the page."""
        return changes_plan(operation, details)

    async def run(self, context: RequestContext, plan: ChangesPlan) -> Rendered:
        """The page's JSON."""
        return Rendered(_json(await self._read(context, plan.events), plan))

    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> RecordChanges:
        """The page with everything that there is of its events, whatever is selected."""
        del operation, details
        batch = await self._read(context, WHOLE_EVENT)
        events = [RecordEvent.from_event(decode(each.json, orjson.Fragment), each.table) for each in batch.events]
        return RecordChanges(events=events, cursor=batch.cursor.encode(), has_more=not batch.is_last)

    async def _read(self, context: RequestContext, members: EventMembers) -> Batch[Event]:
        types = frozenset(RecordEventType if self.types is None else self.types)
        selection = RecordEventSelection(self.table_id, members, self.filter, types, self.view_id)
        return await read_changes(context, selection, self.after, self.size)


def _json(batch: Batch[Event], plan: ChangesPlan) -> str:
    values = {
        "__typename": json_string("RecordChanges"),
        "events": f"[{','.join(event.json for event in batch.events)}]",
        "cursor": json_string(batch.cursor.encode()),
        "hasMore": "false" if batch.is_last else "true",
    }
    return f"{{{','.join(f'{json_string(key)}:{values[name]}' for name, key in plan.fields)}}}"
