"""The arguments that streams and pages of changes take."""

from typing import Annotated

import strawberry

from graph.changes.event_type import RecordEventType
from graph.records.inputs import RecordFilter

EventViewArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Id of a view of the table: its filter must hold too, as it is when the event is read. That the "
        "view itself is changed makes no events."
    ),
]
EventFilterArgument = Annotated[
    RecordFilter | None,
    strawberry.argument(
        name="filter",
        description="Only records for which this holds. One that comes to match it arrives as CREATED, one that no "
        "longer does as DELETED, both with `isFilterTransition`. Where the filter looks at linked records, either may "
        "come again for a record that the stream has told of already: it says what is true now.",
    ),
]
EventTypesArgument = Annotated[
    list[RecordEventType] | None, strawberry.argument(description="Which events to deliver; all by default.")
]
AfterCursorArgument = Annotated[
    str | None,
    strawberry.argument(
        description="`cursor` of an event, or `eventCursor` of a read or a mutation: begin right behind it, with what "
        "has happened since. By default the stream begins now. RESYNC_REQUIRED when the log does not reach back so far."
    ),
]
