"""PostgreSQL as the carrier of the bus: LISTEN and NOTIFY, on one connection of the bus's own.

NOTIFY inside the transactions that write would let them commit only one after the other; here each commits by itself.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from adapters.bus.carrier import APPLICATION, Hear, Send
from adapters.database import Connection, Database

CHANNEL: Final = "tablegraph_topics"

_NOTIFY: Final = "SELECT pg_notify($1, message) FROM unnest($2::text[]) message"


class PostgresCarrier:
    """The server of this database."""

    max_length = 7_999
    """PostgreSQL takes payloads that are shorter than 8,000 bytes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def connected(self, hear: Hear, lost: Callable[[], None]) -> AsyncIterator[Send]:
        """One connection, which is none of the pool's."""
        async with self._database.own_connection(application_name=APPLICATION) as connection:
            connection.add_termination_listener(lambda _: lost())
            await connection.add_listener(CHANNEL, lambda _connection, _sender, _channel, message: hear(str(message)))
            yield partial(_notify, connection)


async def _notify(connection: Connection, messages: Sequence[str]) -> None:
    await connection.execute(_NOTIFY, CHANNEL, messages)
