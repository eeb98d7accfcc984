"""Root fields of Query about aggregates."""

import strawberry

from graph.info import Info
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
from graph.records.aggregates.types import AggregateConnection
from graph.records.list_arguments import AfterArgument, BeforeArgument, FilterArgument, SearchArgument, ViewArgument
from graph.records.queries import TableId
from graph.records.reads import list_records


@strawberry.type
class AggregateQueries:
    """Records in groups, and what is made of them."""

    @strawberry.field(
        description="The records of a table in groups, with counts, sums and the like; without `groupBy` they are one "
        "group, even when there are none.",
        graphql_type=AggregateConnection,
    )
    def aggregate(
        self,
        info: Info,
        table_id: TableId,
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
    ) -> AggregateRead:
        id, view = read_id(table_id, "tableId"), read_optional_id(view_id, "viewId")
        list = list_records(info.context, id, filter_, None, search, first, after, last, before, view)
        return AggregateRead(list, read_grouping(group_by, metrics, order_by, info.context.services))
