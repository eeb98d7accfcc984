"""Events of records, as objects for ordinary resolvers; PostgreSQL renders most, see streams.py and reads.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.bases.catalog import TableMeta
from domain.records.stored import stored_record
from graph.accounts.types import User, load_user
from graph.changes.event_type import RecordEventType
from graph.info import Info
from graph.records.types import Record


@strawberry.type(description="A change of one record.")
class RecordEvent:
    """An event of a table, made from the decoded JSON of `WHOLE_EVENT`."""

    actor_id: strawberry.Private[UUID | None]
    cursor: str = strawberry.field(
        description="Opaque; pass it as `after` to go on behind this event: nothing is lost, nothing comes twice."
    )
    type: RecordEventType = strawberry.field(description="What happened.")
    record_id: strawberry.ID = strawberry.field(description="Id of the record.")
    table_id: strawberry.ID = strawberry.field(description="Id of the record's table.")
    record: Record | None = strawberry.field(
        description="The record as the change left it; null when it was deleted, or no longer matches the filter. "
        "Where the change is one of another record, from which values of this one follow, the record as it is now."
    )
    previous: JSON | None = strawberry.field(
        description="The values before the change, by name, of the fields that changed; null for a new record."
    )
    changed_fields: list[str] = strawberry.field(
        description="Names of the fields whose values changed; for a new or deleted record, of those that had a value."
    )
    is_filter_transition: bool = strawberry.field(
        description="Whether the record only came to match the stream's filter (CREATED), or no longer does (DELETED)."
    )
    mutation_id: strawberry.ID | None = strawberry.field(
        description="Names the operation that made the change: the same for all changes that were committed with it."
    )
    at: datetime = strawberry.field(description="When the change was made.")

    @classmethod
    def from_event(cls, event: Mapping[str, Any], table: TableMeta) -> "RecordEvent":
        """The GraphQL object of an event, and the metadata that it was rendered with."""
        record, previous, actor = event["record"], event["previous"], event["actor"]
        return cls(
            cursor=event["cursor"],
            type=RecordEventType[event["type"]],
            record_id=strawberry.ID(event["recordId"]),
            table_id=strawberry.ID(event["tableId"]),
            record=None if record is None else Record.from_stored(stored_record(record, table)),
            previous=None if previous is None else JSON(previous),
            changed_fields=event["changedFields"],
            is_filter_transition=event["isFilterTransition"],
            mutation_id=None if event["mutationId"] is None else strawberry.ID(event["mutationId"]),
            at=datetime.fromisoformat(event["at"]),
            actor_id=None if actor is None else UUID(actor["id"]),
        )

    @strawberry.field(description="Who made the change; null when that account is gone.")
    async def actor(self, info: Info) -> User | None:
        return await load_user(info, self.actor_id)


@strawberry.type(description="A page of the changes of a table's records.")
class RecordChanges:
    """The events behind a cursor, and where to go on."""

    events: list[RecordEvent] = strawberry.field(
        description="The events in order, as `recordEvents` would deliver them. There may be fewer than `first`, or "
        "none, while `hasMore` is true: where a filter passes over changes, or where values are large."
    )
    cursor: str = strawberry.field(
        description="Opaque; pass it as `after` to go on behind this page, also when it is empty."
    )
    has_more: bool = strawberry.field(
        description="Whether to go on at once, as there may be more. False when nothing else had happened by now."
    )
