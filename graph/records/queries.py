"""Root fields of Query about records."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.records.arguments import PageArguments, read_filter, read_order, read_search
from graph.records.inputs import RecordFilter, RecordOrder
from graph.records.reads import ConnectionRead, RecordRead
from graph.records.types import Record, RecordConnection

TableId = Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
FilterArgument = Annotated[
    RecordFilter | None, strawberry.argument(name="filter", description="Only records for which this holds.")
]
OrderArgument = Annotated[
    list[RecordOrder] | None, strawberry.argument(description="The keys to sort by; by creation when there are none.")
]
SearchArgument = Annotated[
    str | None, strawberry.argument(description="Only records with a field that contains this text, whatever the case.")
]
FirstArgument = Annotated[int | None, strawberry.argument(description="How many records, from the start of the list.")]
AfterArgument = Annotated[str | None, strawberry.argument(description="Cursor that the page starts behind.")]
LastArgument = Annotated[int | None, strawberry.argument(description="How many records, from the end of the list.")]
BeforeArgument = Annotated[str | None, strawberry.argument(description="Cursor that the page ends before.")]


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
        filter_: FilterArgument = None,
        order_by: OrderArgument = None,
        search: SearchArgument = None,
        first: FirstArgument = None,
        after: AfterArgument = None,
        last: LastArgument = None,
        before: BeforeArgument = None,
    ) -> ConnectionRead:
        limits = info.context.services.limits
        page = PageArguments(first, after, last, before)
        return ConnectionRead(
            table_id=read_id(table_id, "tableId"),
            filter=read_filter(filter_, limits),
            sorts=read_order(order_by),
            search=read_search(search),
            page=page,
            size=page.size(limits),
        )
