"""The deferred read of an aggregate: one statement whatever is selected."""

from collections.abc import Hashable
from dataclasses import dataclass

from graphql.execution.collect_fields import FieldDetailsList

from domain.aggregates.compile import group_codec
from domain.aggregates.query import AggregateQuery, Grouping
from domain.bases.catalog import TableMeta
from domain.records.query import ConnectionQuery
from domain.records.rendered import Rendered
from domain.records.selection import ConnectionMembers
from domain.views.meta import ViewMeta, narrowed
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation
from graph.records.aggregates.selection import aggregate_members
from graph.records.reads import ConnectionRead
from resolvers.context import RequestContext
from resolvers.records.reading import read_table


@dataclass(frozen=True, slots=True)
class AggregateRead(Deferred[ConnectionMembers]):
    """A page of the groups of a table's records, or of a view's; `list` says which records, and which page."""

    list: ConnectionRead
    grouping: Grouping

    def plan(self, operation: Operation, details: FieldDetailsList) -> ConnectionMembers:
        """What is selected of the connection."""
        return aggregate_members(operation, details)

    async def run(self, context: RequestContext, plan: ConnectionMembers) -> Rendered:
        """The connection's JSON."""
        secret_key = context.services.secret_key

        def make_query(table: TableMeta, view: ViewMeta | None) -> AggregateQuery:
            return self.query(table, view, plan, secret_key)

        found = await read_table(context, self.list.table_id, make_query, self.list.view_id)
        return Rendered(found.json)

    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> Rendered:
        """The JSON here too: there is no selection that is not covered."""
        return await self.run(context, self.plan(operation, details))

    @property
    def arguments(self) -> Hashable:
        """Equal for equal pages of the same groups."""
        return self.list.arguments, self.grouping

    def query(
        self, table: TableMeta, view: ViewMeta | None, members: ConnectionMembers, secret_key: str
    ) -> AggregateQuery:
        """The query, for the table and the view as they are now; raises `BadRequest` for a cursor that does not fit."""
        page = self.list.position(group_codec(self.grouping, table, secret_key))
        records = ConnectionQuery(members, page, narrowed(view, self.list.filter), (), self.list.search)
        return AggregateQuery(self.grouping, records)
