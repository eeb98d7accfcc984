"""Deferred reads of records: they wait for their selection, and are one statement whatever it is."""

from collections.abc import Hashable
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
    WHOLE_PAGE,
    WHOLE_RECORD,
    ConnectionMember,
    ConnectionMembers,
    RecordMembers,
    TotalCount,
)
from domain.records.stored import decode, stored_record
from domain.views.days import Days, on_days
from domain.views.meta import ViewMeta, both, narrowed, ordered
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation
from graph.records.arguments import PageArguments, read_filter, read_order, read_search
from graph.records.days import ViewDays, read_days
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


@dataclass(frozen=True, slots=True)
class ConnectionRead(Deferred[ConnectionMembers]):
    """A page of the records of a table, or of a view of it."""

    table_id: UUID
    filter: Filter | None
    sorts: tuple[Sort, ...]
    search: str | None
    page: PageArguments
    size: int
    view_id: UUID | None = None
    days: Days | None = None

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
        found = await self._read(context, (*WHOLE_PAGE, *count))
        return RecordConnection.from_page(decode(found.json, orjson.Fragment), found.table)

    async def _read(self, context: RequestContext, members: ConnectionMembers) -> Found:
        secret_key = context.services.secret_key

        def make_query(table: TableMeta, view: ViewMeta | None) -> ConnectionQuery:
            return self.query(table, view, members, secret_key)

        return await read_table(context, self.table_id, make_query, self.view_id)

    def query(
        self, table: TableMeta, view: ViewMeta | None, members: ConnectionMembers, secret_key: str
    ) -> ConnectionQuery:
        """The query, for the table and the view as they are now; raises `BadRequest` for a cursor that does not fit."""
        sorts = ordered(view, self.sorts)
        page = self.position(CursorCodec(secret_key, table, sorts))
        on = None if self.days is None else on_days(view, self.days, table)
        return ConnectionQuery(members, page, narrowed(view, both(on, self.filter)), sorts, self.search)

    @property
    def arguments(self) -> Hashable:
        """Equal for equal pages of the table."""
        filter = self.filter and self.filter.key
        return filter, self.sorts, self.search, self.page, self.size, self.view_id, self.days

    def position(self, codec: CursorCodec) -> Page:
        """The page, behind the cursor as this codec reads it."""
        direction = Direction.BACKWARD if self.page.is_backward else Direction.FORWARD
        cursor = self.page.cursor
        if cursor is None:
            return Page(direction, self.size)
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
    view_id: UUID | None = None,
    days: ViewDays | None = None,
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
        view_id=view_id,
        days=read_days(days, context.services.profile.time_zone),
    )
