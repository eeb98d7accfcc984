"""The deferred stream of a live list: it waits for its selection, and is read as just that."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.bases.catalog import TableMeta
from domain.records.live_selection import WHOLE_LIVE, LiveMembers
from domain.records.query import ConnectionQuery
from domain.records.selection import ConnectionMembers
from domain.records.stored import decode
from domain.views.meta import ViewMeta
from graph.execution.deferred_stream import DeferredStream
from graph.execution.operation import Operation
from graph.live.selection import live_members
from graph.live.types import LiveRecords as LiveRecordsObject
from graph.records.reads import ConnectionRead
from resolvers.context import RequestContext
from resolvers.streams.live_records import LiveEvent, LiveRecords, LiveSelection


@dataclass(frozen=True, slots=True)
class LiveRecordsStream(DeferredStream[LiveMembers]):
    """A page of the records of a table, and then what changes of it."""

    page: ConnectionRead

    def plan(self, operation: Operation, details: FieldDetailsList) -> LiveMembers:
        """What is selected of each event."""
        return live_members(operation, details)

    async def open(self, context: RequestContext, plan: LiveMembers) -> AsyncGenerator[LiveEvent, None]:
        """The events' JSON."""
        return await self._start(context, plan)

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events with everything that there is of them."""
        return _objects(await self._start(context, WHOLE_LIVE))

    async def _start(self, context: RequestContext, members: LiveMembers) -> AsyncGenerator[LiveEvent, None]:
        page, secret_key = self.page, context.services.secret_key

        def make_query(table: TableMeta, view: ViewMeta | None, selected: ConnectionMembers) -> ConnectionQuery:
            return page.query(table, view, selected, secret_key)

        live = LiveRecords(context, LiveSelection(page.table_id, page.view_id, page.arguments, make_query, members))
        await live.start()
        return live.events()


async def _objects(events: AsyncGenerator[LiveEvent, None]) -> AsyncGenerator[object, None]:
    async with aclosing(events):
        async for event in events:
            yield LiveRecordsObject.from_event(decode(event.json, orjson.Fragment), event.table)
