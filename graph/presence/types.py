"""Presence as the API shows it: members, what they have in focus, and events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from domain.presence.events import Member, PresenceEventType
from graph.accounts.types import User
from graph.enums import expose
from graph.node import optional_id
from resolvers.presence.members import Focus
from resolvers.presence.rooms import Event

expose(
    PresenceEventType,
    "What happened in a presence channel.",
    {
        PresenceEventType.STATE: "Who is there: the first event, and again in place of events that a slow client "
        "missed; `member` is the subscriber itself.",
        PresenceEventType.JOIN: "A connection joined the channel.",
        PresenceEventType.LEAVE: "A connection left the channel, was lost or may not see it any longer.",
        PresenceEventType.FOCUS: "A member has another cell, record, view or table in focus.",
        PresenceEventType.BLUR: "A member has nothing in focus any more that belongs to the channel.",
        PresenceEventType.CURSOR: "A member's cursor moved.",
    },
)


@strawberry.type(
    description="What a member has in focus: a table, and as far as it is known a view, a record, a field."
)
class CellFocus:
    """A focus, from its decoded JSON or from the use case's own form."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    view_id: strawberry.ID | None = strawberry.field(description="Id of the view; taken as the client sent it.")
    record_id: strawberry.ID | None = strawberry.field(description="Id of the record.")
    field_id: strawberry.ID | None = strawberry.field(description="Id of the field.")

    @classmethod
    def from_json(cls, focus: Mapping[str, Any]) -> "CellFocus":
        """From a member's `focus`."""
        return cls(
            table_id=focus["tableId"],
            view_id=focus["viewId"],
            record_id=focus["recordId"],
            field_id=focus["fieldId"],
        )

    @classmethod
    def from_focus(cls, focus: Focus) -> "CellFocus":
        """From what was set."""
        return cls(
            table_id=strawberry.ID(str(focus.table_id)),
            view_id=optional_id(focus.view_id),
            record_id=optional_id(focus.record_id),
            field_id=optional_id(focus.field_id),
        )


@strawberry.type(description="A connection in a presence channel: somebody's browser tab, or a program.")
class PresenceMember:
    """A member, from its decoded JSON."""

    user: User = strawberry.field(description="Whose connection it is; one user may have several.")
    connection_id: strawberry.ID = strawberry.field(
        description="Id of the connection; over HTTP, its user names it to the mutations of presence."
    )
    focus: CellFocus | None = strawberry.field(
        description="What the member has in focus, where that belongs to the channel and the caller may see it."
    )
    cursor: JSON | None = strawberry.field(description="Where the member's cursor is in this channel, as it was sent.")
    joined_at: datetime = strawberry.field(description="When the connection joined the channel.")

    @classmethod
    def from_json(cls, member: Member) -> "PresenceMember":
        """The GraphQL object of a member."""
        focus, cursor = member["focus"], member["cursor"]
        return cls(
            user=_user(member["user"]),
            connection_id=member["connectionId"],
            focus=None if focus is None else CellFocus.from_json(focus),
            cursor=None if cursor is None else JSON(cursor),
            joined_at=datetime.fromisoformat(member["joinedAt"]),
        )


def _user(user: Mapping[str, Any]) -> User:
    return User(
        id=user["id"],
        email=user["email"],
        name=user["name"],
        is_verified=user["isVerified"],
        is_active=user["isActive"],
        is_superuser=user["isSuperuser"],
        is_staff=user["isStaff"],
        created_at=datetime.fromisoformat(user["createdAt"]),
    )


@strawberry.type(description="Something that happened in a presence channel.")
class PresenceEvent:
    """An event, for selections that graph/presence/selection.py does not cover."""

    type: PresenceEventType = strawberry.field(description="What happened.")
    channel: str = strawberry.field(description="The channel, as `table:ID`.")
    member: PresenceMember | None = strawberry.field(
        description="Whom it is about. Null in a STATE whose subscriber is beyond the number of members that are shown."
    )
    members: list[PresenceMember] = strawberry.field(
        description="Everybody who is in the channel after it, in the order of joining; events that were found "
        "together all show the state after the last of them."
    )

    @classmethod
    def from_event(cls, event: Event) -> "PresenceEvent":
        """The GraphQL object of an event."""
        return cls(
            type=event.type,
            channel=event.channel,
            member=None if event.member is None else PresenceMember.from_json(event.member),
            members=[PresenceMember.from_json(each) for each in event.members.all],
        )
