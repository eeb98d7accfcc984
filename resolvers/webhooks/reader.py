"""What webhooks read of the change log, and the messages that come of it."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.changes.selection import RecordEventType
from domain.errors import Unauthenticated
from domain.views.filters import read_filter_json
from domain.webhooks.messages import EVENT, TYPES, event_text, narrowed_event
from resolvers.acting import acting_for
from resolvers.followers.follower import ChangeEvent, Follower
from resolvers.streams.metadata import with_current_table_on
from resolvers.streams.record_events import RecordEventSelection
from resolvers.webhooks.kinds import FOLLOWER
from resolvers.webhooks.writing import add_to_batches, write_messages

if TYPE_CHECKING:
    from resolvers.services import Services

_SELECT: Final = "SELECT owner_id, events::text, filter::text FROM webhooks WHERE id = $1 AND is_enabled"
_FORM: Final = "SELECT field_ids::text, is_batched, batch_size, batch_seconds FROM webhooks WHERE id = $1"


class WebhookReader:
    """The followers of webhooks: each is one of a table's webhooks, and reads with its owner's rights."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    async def selection(self, follower: Follower) -> RecordEventSelection | None:
        """The events that the webhook is for; None while it is disabled."""
        async with self._services.database.unit() as unit:
            row = await unit.connection.fetchrow(_SELECT, follower.id)
        if row is None:
            return None
        if row["owner_id"] is None:
            raise Unauthenticated("Its owner has no account here any more.")
        context = await acting_for(self._services, row["owner_id"], FOLLOWER)
        filter = _json(row["filter"])
        types = frozenset(RecordEventType[name] for name in _json(row["events"]))
        selection = RecordEventSelection(
            follower.table_id, EVENT, None if filter is None else read_filter_json(filter), types
        )
        return await selection.for_caller(context)

    async def receive(self, unit: Unit, follower: Follower, events: Sequence[ChangeEvent]) -> None:
        """Write a message for each event, or put it into a batch."""
        form = await unit.connection.fetchrow(_FORM, follower.id)
        if form is None:
            return
        names = await self._names(unit, follower, _json(form["field_ids"]))
        limits = self._services.limits
        told = [each for event in events if (each := narrowed_event(event, names)) is not None]
        texts = [event_text(event, limits.max_webhook_bytes) for event in told]
        if form["is_batched"]:
            if texts:
                await self._batch(unit, follower, form, texts)
            return
        messages = [
            (event["place"], TYPES[RecordEventType[event["type"]]], text)
            for event, text in zip(told, texts, strict=True)
        ]
        await write_messages(unit.connection, limits, follower.id, messages)

    async def missed(self, unit: Unit, follower: Follower) -> None:
        """It goes on from now; the webhook says when that was."""
        await unit.connection.execute("UPDATE webhooks SET missed_at = now() WHERE id = $1", follower.id)

    async def _batch(self, unit: Unit, follower: Follower, form: asyncpg.Record, texts: Sequence[str]) -> None:
        most, delay = form["batch_size"], timedelta(seconds=form["batch_seconds"])
        await add_to_batches(unit.connection, self._services.limits, follower.id, texts, most, delay)

    async def _names(self, unit: Unit, follower: Follower, ids: Collection[str] | None) -> frozenset[str] | None:
        """The names of the fields that it tells of; those that are gone are left out."""
        if ids is None:
            return None

        async def named(_: Unit, table: TableMeta) -> frozenset[str]:
            return frozenset(field.name for id in ids if (field := table.find_field(id)) is not None)

        return await with_current_table_on(unit, self._services, follower.table_id, named)


def _json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
