"""Changes of records, as objects for ordinary resolvers; most are rendered by PostgreSQL instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from graph.accounts.types import User, load_user
from graph.changes.event_type import RecordEventType
from graph.info import Info
from graph.paging import PageInfo, page_info

_CURSOR = "Opaque; pass it as `after` for what comes behind it."


@strawberry.type(description="A change of a record, as its history has it.")
class RecordChange:
    """A change, made from the decoded JSON of `WHOLE_HISTORY`."""

    actor_id: strawberry.Private[UUID | None]
    type: RecordEventType = strawberry.field(
        description="What happened; a record that was restored was CREATED once more."
    )
    revision: int = strawberry.field(description="The record's revision after the change; its last one if deleted.")
    changed_fields: list[str] = strawberry.field(
        description="Names of the fields whose values changed; for a new or deleted record, of those that had a value. "
        "Fields that were deleted or got another type since are left out."
    )
    previous: JSON | None = strawberry.field(
        description="The values before, by name, of the fields that changed; null for a new record."
    )
    values: JSON | None = strawberry.field(
        description="The values after, by name, of the fields that changed; null for a deleted record."
    )
    mutation_id: strawberry.ID | None = strawberry.field(
        description="Names the operation that made the change; whoever made it may pass it to `undo` for a while."
    )
    at: datetime = strawberry.field(description="When the change was made.")

    @classmethod
    def from_json(cls, change: Mapping[str, Any]) -> "RecordChange":
        """The GraphQL object of a change."""
        previous, values, actor = change["previous"], change["values"], change["actor"]
        return cls(
            actor_id=None if actor is None else UUID(actor["id"]),
            type=RecordEventType[change["type"]],
            revision=change["revision"],
            changed_fields=change["changedFields"],
            previous=None if previous is None else JSON(previous),
            values=None if values is None else JSON(values),
            mutation_id=change["mutationId"],
            at=datetime.fromisoformat(change["at"]),
        )

    @strawberry.field(description="Who made the change; null when that account is gone.")
    async def actor(self, info: Info) -> User | None:
        return await load_user(info, self.actor_id)


@strawberry.type(description="A change in a history, with its place in it.")
class RecordChangeEdge:
    """A change and its cursor."""

    cursor: str = strawberry.field(description=_CURSOR)
    node: RecordChange = strawberry.field(description="The change.")


@strawberry.type(description="A page of the history of a record, the newest change first.")
class RecordChangeConnection:
    """A page, made from the decoded JSON of `WHOLE_HISTORY`."""

    edges: list[RecordChangeEdge] = strawberry.field(description="The changes of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the history.")

    @strawberry.field(description="The changes of the page.")
    def nodes(self) -> list[RecordChange]:
        return [edge.node for edge in self.edges]

    @classmethod
    def from_page(cls, page: Mapping[str, Any]) -> "RecordChangeConnection":
        """The connection of a page's decoded JSON."""
        edges = [RecordChangeEdge(cursor=e["cursor"], node=RecordChange.from_json(e["node"])) for e in page["edges"]]
        return cls(edges=edges, page_info=page_info(page["pageInfo"]))
