"""`schemaEvents`: the changes of a base, its tables and its fields, as the log tells them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import orjson

from domain.access.roles import Action
from domain.changes.cursor import EventCursor, Place
from domain.changes.schema_log import EVENTS, NEWS, SchemaEventType, SchemaObject
from domain.errors import NotFound
from resolvers.access import load_base, missing
from resolvers.context import RequestContext
from resolvers.streams.cursors import require_reachable
from resolvers.streams.feed import Denied, Feed, News
from resolvers.streams.log_stream import Batch, LogSelection
from resolvers.streams.schema_event import SchemaEvent
from resolvers.streams.schema_horizons import SchemaHorizon, horizons_of
from resolvers.viewers import ViewerKey, columns_of

if TYPE_CHECKING:
    from resolvers.services import Services


class SchemaFeed(Feed):
    """The feed of a base: of its own changes, and those of its tables and fields."""

    def __init__(self, services: "Services", topic: UUID) -> None:
        self.horizons: Mapping[UUID, SchemaHorizon] = {}
        """What those may see, by user, whose role is another one somewhere in the base; as of the last look."""
        super().__init__(services, topic)

    def missing(self) -> NotFound:
        """The base is not there, or may not be seen."""
        return missing("base", self.topic)

    async def news(self, viewers: list[ViewerKey]) -> News:
        """What is new since `position`."""
        async with self.services.streams.looks, self.services.database.unit() as unit:
            row = await unit.connection.fetchrow(NEWS, self.topic, self.position, *columns_of(viewers))
            if row is None:
                raise self.missing()
            self.horizons = await horizons_of(unit, self.topic, [viewer.user_id for viewer in viewers])
        self.schema_version, position, count, age, *denied = row
        return News(position, count, age, Denied(*denied))


@dataclass(frozen=True)
class SchemaEventSelection(LogSelection[SchemaEvent]):
    """All changes of a base's schema."""

    base_id: UUID

    feed = SchemaFeed

    @property
    def topic(self) -> UUID:
        """The base."""
        return self.base_id

    @property
    def key(self) -> Hashable:
        """They all want the same."""
        return "schema"

    async def for_caller(self, context: RequestContext) -> "SchemaEventSelection":
        """The same for all; raises `NotFound` for a caller who may not see the base."""
        async with context.services.streams.turns, context.unit() as unit:
            await load_base(unit, context, self.base_id, Action.READ)
        return self

    async def hold(self, feed: Feed) -> None:
        """Wait for the feed's look."""
        await feed.look()

    def shown(self, event: SchemaEvent, feed: Feed, viewer: ViewerKey) -> SchemaEvent | None:
        """See `LogSelection.shown`."""
        assert isinstance(feed, SchemaFeed)
        horizon = feed.horizons.get(viewer.user_id)
        return event if horizon is None else horizon.shown(event)

    async def read(self, services: "Services", cursor: EventCursor) -> Batch[SchemaEvent]:
        """The next events."""
        limit = services.limits.events_per_read
        services.figures.evaluations += 1
        async with services.streams.turns, services.database.unit() as unit:
            rows = await unit.connection.fetch(EVENTS, self.base_id, cursor.since, cursor.until, cursor.seq, limit)
        require_reachable(services, is_known=rows[0]["is_known"], is_lost=rows[0]["is_lost"])
        changes = [row for row in rows if row["seq"] is not None]
        places: list[Place] = [(row["seq"], None) for row in changes]
        cut_at = places[-1] if len(changes) == limit else None
        cursors, behind = cursor.over(places, rows[0]["snapshot"], cut_at)
        events = [_event(row, self.base_id, at) for row, at in zip(changes, cursors, strict=True)]
        return Batch(events, behind, is_last=len(changes) < limit and cursor.until is None)


def _event(row: asyncpg.Record, base_id: UUID, cursor: EventCursor) -> SchemaEvent:
    return SchemaEvent(
        cursor=cursor,
        object=SchemaObject(row["kind"]),
        type=SchemaEventType(row["operation"]),
        base_id=base_id,
        table_id=row["table_id"],
        subject_id=row["subject_id"],
        before=None if row["before"] is None else orjson.loads(row["before"]),
        after=None if row["after"] is None else orjson.loads(row["after"]),
        actor_id=row["actor_id"],
        mutation_id=row["mutation_id"],
        at=row["at"],
    )
