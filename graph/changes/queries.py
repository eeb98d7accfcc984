"""Root fields of Query about changes."""

from typing import Annotated

import strawberry

from domain.changes.cursor import read_cursor
from domain.errors import BadRequest
from graph.changes.arguments import EventFilterArgument, EventTypesArgument, EventViewArgument
from graph.changes.reads import RecordChangesRead
from graph.changes.types import RecordChanges
from graph.info import Info
from graph.node import read_id, read_optional_id
from graph.records.arguments import PageArguments, read_filter
from resolvers.services import Limits


@strawberry.type
class ChangeQueries:
    """Changes, for whoever asks for them."""

    @strawberry.field(
        description="The changes of a table's records behind a cursor, each once and in order: what `recordEvents` "
        "delivers with the same arguments, a page at a time.",
        graphql_type=RecordChanges,
    )
    def record_changes(
        self,
        info: Info,
        table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")],
        after: Annotated[
            str,
            strawberry.argument(
                description="`cursor` of the page or the event before, or `eventCursor` of a read or a mutation. "
                "RESYNC_REQUIRED when the log does not reach back so far."
            ),
        ],
        first: Annotated[
            int | None,
            strawberry.argument(
                description="Of how many changes at most: 100 unless given, 1,000 at most, where the server is not set "
                "otherwise."
            ),
        ] = None,
        view_id: EventViewArgument = None,
        filter_: EventFilterArgument = None,
        types: EventTypesArgument = None,
    ) -> RecordChangesRead:
        limits = info.context.services.limits
        return RecordChangesRead(
            table_id=read_id(table_id, "tableId"),
            view_id=read_optional_id(view_id, "viewId"),
            filter=read_filter(filter_, limits),
            types=types,
            after=read_cursor(after),
            size=_size(first, limits),
        )


def _size(first: int | None, limits: Limits) -> int:
    """As that of any page, but not 0: a page of no changes would not get on."""
    size = PageArguments(first=first).size(limits)
    if size == 0:
        raise BadRequest(f"'first' is 0; it must be from 1 to {limits.max_page_size}.", argument="first")
    return size
