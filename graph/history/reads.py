"""The deferred read of the deleted records of a table."""

from dataclasses import dataclass
from uuid import UUID

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.changes.trash import WHOLE_TRASH, TrashMembers
from domain.records.rendered import Rendered
from domain.records.selection import TotalCount
from domain.records.stored import decode
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation, Selected
from graph.history.deleted import DeletedRecordConnection
from graph.history.selection import deleted_members, page_members
from resolvers.context import RequestContext
from resolvers.records.history import read_trash


@dataclass(frozen=True, slots=True)
class TrashRead(Deferred[TrashMembers]):
    """A page of the deleted records of a table."""

    table_id: UUID
    size: int
    place: int | None

    def plan(self, operation: Operation, details: FieldDetailsList) -> TrashMembers:
        """What is selected of the connection."""
        return page_members(operation, Selected("", "", {}, details), "DeletedRecord", deleted_members)

    async def run(self, context: RequestContext, plan: TrashMembers) -> Rendered:
        """The connection's JSON."""
        return Rendered((await read_trash(context, self.table_id, self.size, self.place, plan)).json)

    async def object(
        self, context: RequestContext, operation: Operation, details: FieldDetailsList
    ) -> DeletedRecordConnection:
        """The page with everything that is stored of its records; counted only when that is selected."""
        names = {each.name for each in operation.selected("DeletedRecordConnection", details)}
        count = (TotalCount("totalCount"),) if "totalCount" in names else ()
        found = await read_trash(context, self.table_id, self.size, self.place, (*WHOLE_TRASH, *count))
        return DeletedRecordConnection.from_page(decode(found.json, orjson.Fragment), found.table)
