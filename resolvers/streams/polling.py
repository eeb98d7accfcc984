"""`recordChanges`: the events of a table a page at a time, for whoever asks for them again and again."""

from uuid import UUID

from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.changes.cursor import EventCursor
from resolvers.context import RequestContext
from resolvers.records.tables import no_table, require_current, with_table
from resolvers.streams.log_stream import Batch
from resolvers.streams.record_events import Event, RecordEventSelection


async def read_changes(
    context: RequestContext, selection: RecordEventSelection, after: EventCursor, size: int
) -> Batch[Event]:
    """The events behind a cursor that the stream would begin with, of at most `size` changes.

    Raises what the stream would: for a caller who may not read the table, and for a cursor that leads nowhere.
    """
    _ = context.user_id
    table_id: UUID = selection.table_id
    async with context.unit() as unit:

        async def work(table: TableMeta) -> Batch[Event]:
            await require_current(context, unit, table, Action.READ, lambda: no_table(table_id))
            return await selection.page(context, unit, table, after, size)

        return await with_table(context, unit, table_id, work, Action.READ)
