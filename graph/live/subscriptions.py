"""Root fields of Subscription about live lists."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.live.aggregates import LiveAggregate, LiveAggregateStream
from graph.live.streams import LiveRecordsStream
from graph.live.types import LiveRecords
from graph.node import read_id, read_optional_id
from graph.records.aggregates.arguments import (
    FirstGroupsArgument,
    GroupByArgument,
    GroupOrderArgument,
    LastGroupsArgument,
    MetricsArgument,
    read_grouping,
)
from graph.records.aggregates.reads import AggregateRead
from graph.records.list_arguments import (
    AfterArgument,
    BeforeArgument,
    DaysArgument,
    FilterArgument,
    FirstArgument,
    LastArgument,
    OrderArgument,
    SearchArgument,
    ViewArgument,
)
from graph.records.reads import list_records


@strawberry.type
class LiveSubscriptions:
    """Lists that stay right."""

    @strawberry.subscription(
        description="A page of the records of a table, and then the patches that keep it as it would be if it were "
        "read again. A client that fell behind gets the whole page anew. Ends with an error when the caller may not "
        "see the table any longer.",
        graphql_type=LiveRecords,
    )
    def live_records(
        self,
        info: Info,
        table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")],
        view_id: ViewArgument = None,
        filter_: FilterArgument = None,
        order_by: OrderArgument = None,
        search: SearchArgument = None,
        first: FirstArgument = None,
        after: AfterArgument = None,
        last: LastArgument = None,
        before: BeforeArgument = None,
        days: DaysArgument = None,
    ) -> LiveRecordsStream:
        id, view = read_id(table_id, "tableId"), read_optional_id(view_id, "viewId")
        page = list_records(info.context, id, filter_, order_by, search, first, after, last, before, view, days)
        return LiveRecordsStream(page)

    @strawberry.subscription(
        description="A page of groups of the records of a table, as `aggregate` has it, and then the patches that keep "
        "it as it would be if it were read again. A client that fell behind gets the whole page anew. Ends with an "
        "error when the caller may not see the table any longer.",
        graphql_type=LiveAggregate,
    )
    def live_aggregate(
        self,
        info: Info,
        table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")],
        view_id: ViewArgument = None,
        filter_: FilterArgument = None,
        search: SearchArgument = None,
        group_by: GroupByArgument = None,
        metrics: MetricsArgument = None,
        order_by: GroupOrderArgument = None,
        first: FirstGroupsArgument = None,
        after: AfterArgument = None,
        last: LastGroupsArgument = None,
        before: BeforeArgument = None,
    ) -> LiveAggregateStream:
        id, view = read_id(table_id, "tableId"), read_optional_id(view_id, "viewId")
        list = list_records(info.context, id, filter_, None, search, first, after, last, before, view)
        grouping = read_grouping(group_by, metrics, order_by, info.context.services)
        return LiveAggregateStream(AggregateRead(list, grouping))
