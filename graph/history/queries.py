"""Root fields of Query about deleted records."""

from typing import Annotated

import strawberry

from domain.changes.pages import read_place
from graph.history.deleted import DeletedRecordConnection
from graph.history.reads import TrashRead
from graph.info import Info
from graph.node import read_id
from graph.records.arguments import PageArguments
from graph.records.list_arguments import AfterArgument, FirstArgument


@strawberry.type
class TrashQueries:
    """Deleted records."""

    @strawberry.field(
        description="The deleted records of a table that can still be restored, the last deleted first.",
        graphql_type=DeletedRecordConnection,
    )
    def deleted_records(
        self,
        info: Info,
        table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")],
        first: FirstArgument = None,
        after: AfterArgument = None,
    ) -> TrashRead:
        size = PageArguments(first=first).size(info.context.services.limits)
        return TrashRead(read_id(table_id, "tableId"), size, read_place(after))
