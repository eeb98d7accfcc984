"""Records and their connections, as objects for ordinary resolvers.

Most selections never reach this code: the compiler renders them in PostgreSQL (graph/records/reads.py). These
classes declare the schema, and answer the selections that the compiler does not cover.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

import graph.tables.types as table_types
from domain.bases.catalog import TableMeta
from domain.changes.pages import read_place
from domain.records.selection import WHOLE_PAGE, TotalCount
from domain.records.stored import StoredRecord, stored_record
from graph.accounts.types import User, load_user
from graph.history.types import RecordChangeConnection
from graph.info import Info
from graph.node import Node
from graph.paging import PageInfo, page_info
from graph.presence.types import PresenceMember
from graph.records.arguments import PageArguments
from graph.records.inputs import FieldKey, RecordOrder
from graph.records.linked import linked_page
from graph.records.list_arguments import AfterArgument, FilterArgument, FirstArgument
from resolvers.presence.members import RecordPresenceLoader
from resolvers.records.history import HistoryKey, HistoryLoader
from resolvers.records.linked import LinkedPage, LinkedPageLoader
from resolvers.records.tables import no_record
from resolvers.tables import get_table

if TYPE_CHECKING:
    from graph.tables.types import Table


@strawberry.type(description="A record of a table. Its id alone is enough to find it.")
class Record(Node):
    """A record; `stored` holds everything but what belongs to other entities."""

    stored: strawberry.Private[StoredRecord]
    revision: int = strawberry.field(description="Starts at 1 and grows with every change; for `ifRevision`.")
    created_at: datetime = strawberry.field(description="When the record was created.")
    updated_at: datetime = strawberry.field(description="When the record was last changed.")

    @classmethod
    def from_stored(cls, stored: StoredRecord) -> "Record":
        """The GraphQL object of a stored record."""
        return cls(
            id=strawberry.ID(str(stored.id)),
            stored=stored,
            revision=stored.revision,
            created_at=stored.created_at,
            updated_at=stored.updated_at,
        )

    @strawberry.field(description="The table that the record belongs to.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, self.stored.table.id))

    @strawberry.field(description="The values of the record's fields, as an object. Every field by default.")
    def fields(
        self,
        only: Annotated[
            list[str] | None, strawberry.argument(description="Ids or names of the fields to return.")
        ] = None,
        key_by: Annotated[
            FieldKey | None, strawberry.argument(description="What the object's keys are.")
        ] = FieldKey.NAME,
    ) -> JSON:
        named = self.stored.values_of(only)
        return JSON({str(field.id) if key_by is FieldKey.ID else field.name: value for field, value in named})

    @strawberry.field(description="The value of one field.")
    def value(self, field: Annotated[str, strawberry.argument(description="Id or name of the field.")]) -> JSON | None:
        [(_, value)] = self.stored.values_of([field])
        return None if value is None else JSON(value)

    @strawberry.field(description="A page of the records that the record is linked to by a LINKED_RECORD field.")
    async def linked(
        self,
        info: Info,
        field: Annotated[str, strawberry.argument(description="Id or name of the field.")],
        filter_: FilterArgument = None,
        order_by: Annotated[
            list[RecordOrder] | None,
            strawberry.argument(description="The keys to sort by; in the order of the links when there are none."),
        ] = None,
        first: FirstArgument = None,
        after: AfterArgument = None,
    ) -> Annotated["RecordConnection", strawberry.lazy("graph.records.types")]:
        limits = info.context.services.limits
        members = (*WHOLE_PAGE, TotalCount("totalCount"))
        page = linked_page(
            "page", members, limits, field=field, filter=filter_, order_by=order_by, first=first, after=after
        )
        key = LinkedPage(self.stored.table.id, self.stored.id, page)
        found = await info.context.loader(LinkedPageLoader).load(key)
        if found is None:
            raise no_record(self.stored.id)
        return RecordConnection.from_page(*found)

    @strawberry.field(description="Who created the record; null when that account is gone.")
    async def created_by(self, info: Info) -> User | None:
        return await load_user(info, self.stored.created_by)

    @strawberry.field(description="Who changed the record last; null when that account is gone.")
    async def updated_by(self, info: Info) -> User | None:
        return await load_user(info, self.stored.updated_by)

    @strawberry.field(description="Who is in the record's presence channel, or has the record in focus.")
    async def presence(self, info: Info) -> list[PresenceMember]:
        found = await info.context.loader(RecordPresenceLoader).load(self.stored.id)
        return [PresenceMember.from_json(member) for member in found or ()]

    @strawberry.field(description="The changes of the record that the log still has, the newest first.")
    async def history(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many changes.")] = None,
        after: AfterArgument = None,
    ) -> RecordChangeConnection:
        size = PageArguments(first=first).size(info.context.services.limits)
        key = HistoryKey(self.stored.table.id, self.stored.id, size, read_place(after))
        page = await info.context.loader(HistoryLoader).load(key)
        assert page is not None  # a table that is gone raises
        return RecordChangeConnection.from_page(page)


@strawberry.type(description="A record in a list, with its place in it.")
class RecordEdge:
    """A record and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` or `before` with the same order.")
    node: Record = strawberry.field(description="The record.")


@strawberry.type(description="A page of a list of records.")
class RecordConnection:
    """A page, made from the decoded JSON of `WHOLE_PAGE`; what was not selected is left empty."""

    edges: list[RecordEdge] = strawberry.field(description="The records of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many records the whole list has; counted only when selected.")
    event_cursor: str = strawberry.field(
        description="Subscribe to recordEvents after it: nothing between this read and the stream is missed."
    )

    @strawberry.field(description="The records of the page.")
    def nodes(self) -> list[Record]:
        return [edge.node for edge in self.edges]

    @classmethod
    def from_page(cls, page: Mapping[str, Any], table: TableMeta) -> "RecordConnection":
        """The connection of a page's decoded JSON, and the metadata that it was rendered with."""
        return cls(
            edges=[
                RecordEdge(cursor=edge["cursor"], node=Record.from_stored(stored_record(edge["node"], table)))
                for edge in page["edges"]
            ],
            page_info=page_info(page["pageInfo"]),
            total_count=page.get("totalCount", 0),
            event_cursor=page["eventCursor"],
        )
