"""Deferred reads of records: they wait for their selection, and are one statement whatever it is."""

from dataclasses import dataclass
from uuid import UUID

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.bases.catalog import TableMeta
from domain.records.filters import Filter
from domain.records.paging import CursorCodec, Sort
from domain.records.query import ConnectionQuery, Direction, Page
from domain.records.rendered import Rendered
from domain.records.selection import (
    WHOLE_RECORD,
    ConnectionMember,
    ConnectionMembers,
    EdgeCursor,
    EdgeNode,
    Edges,
    EventCursor,
    PageInfo,
    PageProperty,
    Property,
    RecordMembers,
    TotalCount,
)
from domain.records.stored import decode, stored_record
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation
from graph.records.arguments import PageArguments, read_filter, read_order, read_search
from graph.records.inputs import RecordFilter, RecordOrder
from graph.records.selection import connection_members, record_members
from graph.records.types import Record, RecordConnection
from resolvers.context import RequestContext
from resolvers.records.reading import Found, read_record, read_table


@dataclass(frozen=True, slots=True)
class RecordRead(Deferred[RecordMembers]):
    """One record, by its id."""

    id: UUID

    def plan(self, operation: Operation, details: FieldDetailsList) -> RecordMembers:
        """What is selected of the record."""
        return record_members(operation, details)

    async def run(self, context: RequestContext, plan: RecordMembers) -> Rendered:
        """The record's JSON."""
        return Rendered((await read_record(context, self.id, plan)).json)

    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> Record:
        """The record with everything that is stored of it, whatever is selected."""
        del operation, details
        return await self.load(context)

    async def load(self, context: RequestContext) -> Record:
        """The record as an object."""
        found = await read_record(context, self.id, WHOLE_RECORD)
        return Record.from_stored(stored_record(decode(found.json, orjson.Fragment), found.table))


_PAGE = PageInfo("pageInfo", tuple(Property(each.value, each) for each in PageProperty))
_EDGES = Edges("edges", (EdgeCursor("cursor"), EdgeNode("node", WHOLE_RECORD)))


@dataclass(frozen=True, slots=True)
class ConnectionRead(Deferred[ConnectionMembers]):
    """A page of the records of a table."""

    table_id: UUID
    filter: Filter | None
    sorts: tuple[Sort, ...]
    search: str | None
    page: PageArguments
    size: int

    def plan(self, operation: Operation, details: FieldDetailsList) -> ConnectionMembers:
        """What is selected of the connection."""
        return connection_members(operation, details)

    async def run(self, context: RequestContext, plan: ConnectionMembers) -> Rendered:
        """The connection's JSON."""
        return Rendered((await self._read(context, plan)).json)

    async def object(
        self, context: RequestContext, operation: Operation, details: FieldDetailsList
    ) -> RecordConnection:
        """The page with everything that is stored of its records; counted only when that is selected."""
        names = {each.name for each in operation.selected("RecordConnection", details)}
        count: tuple[ConnectionMember, ...] = (TotalCount("totalCount"),) if "totalCount" in names else ()
        found = await self._read(context, (_EDGES, _PAGE, EventCursor("eventCursor"), *count))
        page = decode(found.json, orjson.Fragment)
        records = [stored_record(edge["node"], found.table) for edge in page["edges"]]
        return RecordConnection.from_page(page, records)

    async def _read(self, context: RequestContext, members: ConnectionMembers) -> Found:
        def make_query(table: TableMeta) -> ConnectionQuery:
            return ConnectionQuery(members, self._page(context, table), self.filter, self.sorts, self.search)

        return await read_table(context, self.table_id, make_query)

    def _page(self, context: RequestContext, table: TableMeta) -> Page:
        direction = Direction.BACKWARD if self.page.is_backward else Direction.FORWARD
        cursor = self.page.cursor
        if cursor is None:
            return Page(direction, self.size)
        codec = CursorCodec(context.services.secret_key, table, self.sorts)
        argument = "before" if self.page.is_backward else "after"
        return Page(direction, self.size, codec.read(cursor, argument))


def list_records(
    context: RequestContext,
    table_id: UUID,
    filter: RecordFilter | None,
    order_by: list[RecordOrder] | None,
    search: str | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> ConnectionRead:
    """The read that a list field's arguments ask for; every argument is checked here."""
    limits = context.services.limits
    page = PageArguments(first, after, last, before)
    return ConnectionRead(
        table_id=table_id,
        filter=read_filter(filter, limits),
        sorts=read_order(order_by),
        search=read_search(search),
        page=page,
        size=page.size(limits),
    )
