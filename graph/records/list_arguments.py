"""The arguments that every list of records takes."""

from typing import Annotated

import strawberry

from graph.records.days import ViewDays
from graph.records.inputs import RecordFilter, RecordOrder

ViewArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Id of a view of the table: only its records, in its order unless another is asked for."
    ),
]
DaysArgument = Annotated[
    ViewDays | None,
    strawberry.argument(
        description="Only records on these days, by the fields that the config of a CALENDAR, GANTT or TIMELINE names."
    ),
]
FilterArgument = Annotated[
    RecordFilter | None, strawberry.argument(name="filter", description="Only records for which this holds.")
]
OrderArgument = Annotated[
    list[RecordOrder] | None, strawberry.argument(description="The keys to sort by; by creation when there are none.")
]
SearchArgument = Annotated[
    str | None, strawberry.argument(description="Only records with a field that contains this text, whatever the case.")
]
FirstArgument = Annotated[
    int | None,
    strawberry.argument(
        description="How many records, from the start of the list: 100 unless given, 1,000 at most, where the server "
        "is not set otherwise."
    ),
]
AfterArgument = Annotated[str | None, strawberry.argument(description="Cursor that the page starts behind.")]
LastArgument = Annotated[int | None, strawberry.argument(description="How many records, from the end of the list.")]
BeforeArgument = Annotated[str | None, strawberry.argument(description="Cursor that the page ends before.")]
