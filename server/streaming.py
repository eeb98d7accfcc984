"""The settings of subscriptions: how far a stream may fall behind, how it is kept alive, what carries its wake-ups."""

from datetime import timedelta

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from adapters.bus.redis import redis_url
from server.settings_section import Section


class Streams(Section):
    """Subscriptions, and the connections that carry them."""

    bus_url: str | None = Field(
        None,
        description="URL of a Redis or Valkey that wakes the subscriptions of all servers of one database, "
        "`redis://user:password@host:6379/0`; also `rediss://`, `valkey://` and `valkeys://`. Without it PostgreSQL "
        "does, with LISTEN and NOTIFY. Nothing is stored there, and while it is away `event_poll_interval` counts.",
    )
    event_poll_interval: timedelta = Field(
        timedelta(seconds=1),
        gt=timedelta(0),
        description="How often a process looks for changes, and whether those who follow them still may, when nothing "
        "woke it (ISO 8601).",
    )
    change_retention: timedelta = Field(
        timedelta(days=30),
        ge=timedelta(hours=1),
        description="How long changes stay in the log, and so how old a cursor may be (ISO 8601).",
    )
    events_per_read: PositiveInt = Field(100, description="Changes that are read from the log at a time.")
    derived_events_per_read: PositiveInt = Field(
        500, description="Records that are read at a time whose computed values the changes read may alter."
    )
    max_queued_events: PositiveInt = Field(
        1_000,
        description="Events that may wait for a client that is slow; when there are more they are dropped, and read "
        "from the log again as it takes them.",
    )
    max_queued_bytes: PositiveInt = Field(
        1 << 20, description="Bytes of the events that may wait for a client, and that are read at a time."
    )
    presence_interval: timedelta = Field(
        timedelta(milliseconds=50),
        gt=timedelta(0),
        description="How long moves of cursors are gathered before they are written, and the shortest time between two "
        "looks at a presence channel (ISO 8601).",
    )
    max_presence_members: PositiveInt = Field(
        200, description="Members of a presence channel that are shown, those first who joined first."
    )
    max_presence_channels: PositiveInt = Field(50, description="Presence channels that one connection may be in.")
    max_presence_events_waiting: PositiveInt = Field(
        100, description="Presence events that wait for a slow client; then it gets the state in place of them."
    )
    max_cursor_bytes: PositiveInt = Field(1_024, description="Bytes of a cursor of `moveCursor`, as JSON.")
    socket_init_timeout: timedelta = Field(
        timedelta(seconds=10),
        gt=timedelta(0),
        description="How long a WebSocket may wait with its `connection_init` (ISO 8601).",
    )
    max_message_bytes: PositiveInt = Field(1 << 20, description="Bytes of one message that a WebSocket receives.")
    max_messages_per_minute: PositiveInt = Field(
        100, description="Messages that a WebSocket receives in any 60 seconds, pings included, the first one not."
    )
    max_operations_per_socket: PositiveInt = Field(100, description="Operations that run on one WebSocket at a time.")
    max_subscriptions_per_user: PositiveInt = Field(
        1_000, description="Subscriptions of a user that run in one worker at a time, over whatever connections."
    )
    slow_client_timeout: timedelta = Field(
        timedelta(seconds=30),
        gt=timedelta(0),
        description="How long a client may take nothing of what is sent to it until its connection is closed, a "
        "WebSocket with the code 4410 (ISO 8601).",
    )
    stream_heartbeat_interval: timedelta = Field(
        timedelta(seconds=12),
        gt=timedelta(0),
        description="How often a streamed HTTP response gets a sign of life, which keeps proxies from closing it "
        "(ISO 8601).",
    )
    ws_ping_interval: timedelta = Field(
        timedelta(seconds=4), gt=timedelta(0), description="How often a WebSocket is sent a ping (ISO 8601)."
    )
    ws_ping_timeout: timedelta = Field(
        timedelta(seconds=4),
        gt=timedelta(0),
        description="How long a WebSocket's pong may take until the connection counts as lost (ISO 8601). With the "
        "interval this is how late presence learns that a machine has died.",
    )

    @field_validator("bus_url")
    @classmethod
    def _has_a_carrier(cls, url: str | None) -> str | None:
        try:
            if url is not None:
                redis_url(url)
        except ValueError as error:
            raise PydanticCustomError("bus_url", "{reason}", {"reason": str(error)}) from error
        return url
