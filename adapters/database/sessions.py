"""One connection to PostgreSQL: its settings, and whether the next one may have it."""

from contextlib import suppress
from typing import Any, TypeAlias

import asyncpg
from asyncpg.protocol.protocol import BaseProtocol

from adapters.database.faults import AWAY
from adapters.statement_times import time_statements

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

MAX_PREPARED = 256
MAX_PREPARED_LENGTH = 16 << 10
"""How many statements a connection keeps prepared, and how long they may be, in bytes. PostgreSQL holds some 50 bytes
of plan a byte of text, for each connection, and clients can think of selections without end."""

SETTLING_SECONDS = 5.0
"""How long a cancelled statement may take to end; then its connection is given up."""

SECONDS_OF_SILENCE = 5.0
"""How much later than the server has given a statement up its answer is not waited for any more: nothing comes on this
connection. Behind a failover that told nobody, or a firewall that forgot, that would last for ever."""

SESSION_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "application_name": "tablegraph",
    "jit": "off",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
}


class Session(asyncpg.Connection):
    """A connection that knows whether the next one may have it, as those of asyncpg's own pool do.

    A statement whose task is cancelled goes on: asyncpg asks the server to end it on a connection made for that, and
    until the server has answered nobody knows whether there is a transaction. Who closes the connection meanwhile
    takes the request back, and the server works on, with all its locks.

    One that was prepared and then not executed, since its task was cancelled or its arguments cannot be sent, has no
    end at all: the server holds its locks and lets its timeout run until it is told that nothing more comes.
    """

    __slots__ = ("_usual", "is_midway")
    _config: Any
    _protocol: "BaseProtocol[asyncpg.Record]"
    _top_xact: object | None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        time_statements(self._protocol)
        self.is_midway = False
        """Whether a statement was cut off, perhaps between its parts."""
        self._usual = self._config

    async def _do_execute(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super()._do_execute(*arguments, **options)  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self.is_midway = True
            raise

    def allow_seconds(self, seconds: float) -> None:
        """Wait for as long for a statement, and then for who is silent, until the connection is given back."""
        self._config = self._usual._replace(command_timeout=seconds + SECONDS_OF_SILENCE)

    def allow_no_more(self) -> None:
        """End what `allow_seconds` began."""
        self._config = self._usual

    @property
    def is_sound(self) -> bool:
        """Whether it is open, no statement is under way, and there is no transaction nor the try of one."""
        if self.is_midway or self.is_closed() or self._protocol._is_cancelling():
            return False
        return self._top_xact is None and not self.is_in_transaction()

    async def settle(self) -> None:
        """Wait for the end of a cancelled statement, and end one that is midway; what does not end is given up."""
        with suppress(*AWAY):
            await self._protocol._wait_for_cancellation(SETTLING_SECONDS)
            if self.is_midway:
                await self.execute("SELECT", timeout=SETTLING_SECONDS)
                self.is_midway = False
