"""Deleted records, as objects for ordinary resolvers; most are rendered by PostgreSQL instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from domain.bases.catalog import TableMeta
from domain.records.stored import stored_record
from graph.accounts.types import User, load_user
from graph.info import Info
from graph.paging import PageInfo, page_info
from graph.records.types import Record


@strawberry.type(description="A record that was deleted and can be restored.")
class DeletedRecord:
    """A deleted record, made from the decoded JSON of `WHOLE_TRASH`."""

    deleted_by_id: strawberry.Private[UUID | None]
    record: Record = strawberry.field(
        description="The record as it was; fields that were deleted or got another type since are left out or empty."
    )
    deleted_at: datetime = strawberry.field(description="When it was deleted.")
    restorable_until: datetime = strawberry.field(description="Until when `restoreRecords` brings it back.")
    mutation_id: strawberry.ID | None = strawberry.field(description="Names the operation that deleted it.")

    @classmethod
    def from_json(cls, deleted: Mapping[str, Any], table: TableMeta) -> "DeletedRecord":
        """The GraphQL object of a deleted record, and the metadata that it was rendered with."""
        actor = deleted["deletedBy"]
        return cls(
            deleted_by_id=None if actor is None else UUID(actor["id"]),
            record=Record.from_stored(stored_record(deleted["record"], table)),
            deleted_at=datetime.fromisoformat(deleted["deletedAt"]),
            restorable_until=datetime.fromisoformat(deleted["restorableUntil"]),
            mutation_id=deleted["mutationId"],
        )

    @strawberry.field(description="Who deleted it; null when that account is gone.")
    async def deleted_by(self, info: Info) -> User | None:
        return await load_user(info, self.deleted_by_id)


@strawberry.type(description="A deleted record in a list, with its place in it.")
class DeletedRecordEdge:
    """A deleted record and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` for what comes behind it.")
    node: DeletedRecord = strawberry.field(description="The deleted record.")


@strawberry.type(description="A page of the deleted records of a table, the last deleted first.")
class DeletedRecordConnection:
    """A page, made from the decoded JSON of `WHOLE_TRASH`; what was not selected is left empty."""

    edges: list[DeletedRecordEdge] = strawberry.field(description="The records of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many there are in all; counted only when selected.")

    @strawberry.field(description="The records of the page.")
    def nodes(self) -> list[DeletedRecord]:
        return [edge.node for edge in self.edges]

    @classmethod
    def from_page(cls, page: Mapping[str, Any], table: TableMeta) -> "DeletedRecordConnection":
        """The connection of a page's decoded JSON, and the metadata that it was rendered with."""
        return cls(
            edges=[
                DeletedRecordEdge(cursor=edge["cursor"], node=DeletedRecord.from_json(edge["node"], table))
                for edge in page["edges"]
            ],
            page_info=page_info(page["pageInfo"]),
            total_count=page.get("totalCount", 0),
        )
