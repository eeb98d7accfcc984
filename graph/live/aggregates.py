"""`liveAggregate`: its types, its selection and its stream; the events are finished JSON, whatever is selected."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

import strawberry
from graphql.execution.collect_fields import FieldDetailsList

from domain.aggregates.query import AggregateQuery
from domain.bases.catalog import TableMeta
from domain.records.live_selection import GROUPS, LiveMembers
from domain.records.selection import ConnectionMembers
from domain.views.meta import ViewMeta
from graph.execution.deferred import NotCovered
from graph.execution.deferred_stream import DeferredStream
from graph.execution.operation import Operation
from graph.live.selection import LiveNames, live_members
from graph.live.types import LiveRecordsType, RecordListPatchType
from graph.paging import PageInfo
from graph.records.aggregates.reads import AggregateRead
from graph.records.aggregates.selection import aggregate_members, group_members
from graph.records.aggregates.types import AggregateConnection, AggregateGroup
from resolvers.context import RequestContext
from resolvers.streams.live_records import LiveEvent, LiveRecords, LiveSelection


@strawberry.type(description="One step from a list of groups to a newer one. Take them one after the other.")
class AggregatePatch:
    """A step, and the group as it is after all steps."""

    type: RecordListPatchType = strawberry.field(description="What happens.")
    hash: str = strawberry.field(description="The group's `hash`.")
    index: int | None = strawberry.field(
        description="The group's place behind this step, from 0; null when it is removed."
    )
    previous_index: int | None = strawberry.field(
        description="The group's place before this step, from 0; null when it is inserted."
    )
    group: AggregateGroup | None = strawberry.field(description="The group; null when it is removed.")


@strawberry.type(
    description="An event of a live aggregate: first the groups, then the patches that make them what they would be if "
    "they were read again."
)
class LiveAggregate:
    """An event."""

    type: LiveRecordsType = strawberry.field(description="Whether it brings the whole page or patches.")
    page: AggregateConnection | None = strawberry.field(description="The whole page; null when there are patches.")
    patches: list[AggregatePatch] = strawberry.field(description="The patches in their order; none with a page.")
    total_count: int = strawberry.field(
        description="How many groups there are in all now; looked after only when selected here."
    )
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list now.")
    event_cursor: str = strawberry.field(
        description="Subscribe to recordEvents after it: nothing between this event and the stream is missed."
    )


GROUP_NAMES: Final = LiveNames("LiveAggregate", "AggregatePatch", "group", "hash", aggregate_members, group_members)


@dataclass(frozen=True, slots=True)
class LiveAggregateStream(DeferredStream[LiveMembers]):
    """A page of groups, and then what changes of it."""

    page: AggregateRead

    def plan(self, operation: Operation, details: FieldDetailsList) -> LiveMembers:
        """What is selected of each event."""
        return live_members(operation, details, GROUP_NAMES)

    async def open(self, context: RequestContext, plan: LiveMembers) -> AsyncGenerator[LiveEvent, None]:
        """The events' JSON."""
        page, secret_key = self.page, context.services.secret_key

        def make_query(table: TableMeta, view: ViewMeta | None, selected: ConnectionMembers) -> AggregateQuery:
            return page.query(table, view, selected, secret_key)

        table, view = page.list.table_id, page.list.view_id
        live = LiveRecords(context, LiveSelection(table, view, page.arguments, make_query, plan, GROUPS))
        await live.start()
        return live.events()

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """Never asked for: there is no selection that is not covered."""
        del context
        raise NotCovered(self)
