"""Root fields of Subscription about changes."""

from typing import Annotated

import strawberry

from domain.changes.cursor import read_cursor
from domain.changes.selection import RecordEventType
from graph.changes.streams import RecordEventStream
from graph.changes.types import RecordEvent
from graph.node import read_id


@strawberry.type
class ChangeSubscriptions:
    """Changes, as they are committed."""

    @strawberry.subscription(
        description="The changes of a table's records, each once and in order, as they are committed. Ends with an "
        "error when the caller may not see the table any longer.",
        graphql_type=RecordEvent,
    )
    def record_events(
        self,
        table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")],
        types: Annotated[
            list[RecordEventType] | None, strawberry.argument(description="Which events to deliver; all by default.")
        ] = None,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="`cursor` of an event, or `eventCursor` of a read or a mutation: begin right behind it, "
                "with what has happened since. By default the stream begins now."
            ),
        ] = None,
    ) -> RecordEventStream:
        cursor = None if after is None else read_cursor(after)
        return RecordEventStream(read_id(table_id, "tableId"), types, cursor)
