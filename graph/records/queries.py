"""Root fields of Query about records."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id, read_optional_id
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
from graph.records.reads import ConnectionRead, RecordRead, list_records
from graph.records.types import Record, RecordConnection

TableId = Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]


@strawberry.type
class RecordQueries:
    """Records, one or a page of them."""

    @strawberry.field(description="A record by its id.", graphql_type=Record | None)
    def record(self, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the record.")]) -> RecordRead:
        return RecordRead(read_id(id))

    @strawberry.field(description="A page of the records of a table.", graphql_type=RecordConnection)
    def records(
        self,
        info: Info,
        table_id: TableId,
        view_id: ViewArgument = None,
        filter_: FilterArgument = None,
        order_by: OrderArgument = None,
        search: SearchArgument = None,
        first: FirstArgument = None,
        after: AfterArgument = None,
        last: LastArgument = None,
        before: BeforeArgument = None,
        days: DaysArgument = None,
    ) -> ConnectionRead:
        id, view = read_id(table_id, "tableId"), read_optional_id(view_id, "viewId")
        return list_records(info.context, id, filter_, order_by, search, first, after, last, before, view, days)
