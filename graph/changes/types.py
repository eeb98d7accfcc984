"""Events of records, as objects for ordinary resolvers; most are rendered by PostgreSQL instead, see streams.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.bases.catalog import TableMeta
from domain.changes.selection import RecordEventType
from domain.records.stored import stored_record
from graph.accounts.types import User
from graph.enums import expose
from graph.info import Info
from graph.records.types import Record
from resolvers.users import UserLoader

expose(
    RecordEventType,
    "What happened to a record.",
    {
        RecordEventType.CREATED: "The record was created.",
        RecordEventType.UPDATED: "Values of the record were changed.",
        RecordEventType.DELETED: "The record was deleted.",
    },
)


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
        description="The record as it is when the event is delivered; null when it is deleted by then."
    )
    previous: JSON | None = strawberry.field(
        description="The values before the change, by name, of the fields that changed; null for a new record."
    )
    changed_fields: list[str] = strawberry.field(
        description="Names of the fields whose values changed; for a new or deleted record, of those that had a value."
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
            at=datetime.fromisoformat(event["at"]),
            actor_id=None if actor is None else UUID(actor["id"]),
        )

    @strawberry.field(description="Who made the change; null when that account is gone.")
    async def actor(self, info: Info) -> User | None:
        found = None if self.actor_id is None else await info.context.loader(UserLoader).load(self.actor_id)
        return None if found is None else User.from_model(found)
