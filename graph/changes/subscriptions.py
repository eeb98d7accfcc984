"""Root fields of Subscription about changes."""

from typing import Annotated

import strawberry

from domain.changes.cursor import read_cursor
from graph.changes.arguments import AfterCursorArgument, EventFilterArgument, EventTypesArgument, EventViewArgument
from graph.changes.streams import RecordEventStream
from graph.changes.types import RecordEvent
from graph.info import Info
from graph.node import read_id, read_optional_id
from graph.records.arguments import read_filter


@strawberry.type
class ChangeSubscriptions:
    """Changes, as they are committed."""

    @strawberry.subscription(
        description="The changes of a table's records, each once and in order, as they are committed. With a filter, "
        "of those records that match it before or after the change. Ends with an error when the caller may not see "
        "the table any longer.",
        graphql_type=RecordEvent,
    )
    def record_events(
        self,
        info: Info,
        table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")],
        view_id: EventViewArgument = None,
        filter_: EventFilterArgument = None,
        types: EventTypesArgument = None,
        after: AfterCursorArgument = None,
    ) -> RecordEventStream:
        cursor = None if after is None else read_cursor(after)
        filter = read_filter(filter_, info.context.services.limits)
        view = read_optional_id(view_id, "viewId")
        return RecordEventStream(read_id(table_id, "tableId"), filter, types, cursor, view)
