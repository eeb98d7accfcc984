"""A connection of the subscribers' process for writes."""

import asyncio

from bench.exchange import Exchange, body_of, has_failed


class WriteFailed(RuntimeError):
    """The answer was not a plain success; the message has its beginning."""


class Writer(Exchange):
    """A connection for writes."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[None] | None = None

    async def write(self, request: bytes) -> None:
        """Send a request and wait for its answer; raises `WriteFailed` unless it is a plain success."""
        self._answer = asyncio.get_running_loop().create_future()
        self.ask(request)
        try:
            await self._answer
        finally:
            self._answer = None

    def answered(self, answer: bytes) -> None:
        """Wake whoever waits."""
        if self._answer is None:
            return
        if has_failed(answer):
            self._answer.set_exception(WriteFailed(f"a write failed: {body_of(answer)[:1000]!r}"))
        else:
            self._answer.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"the server closed the connection: {error!r}"))
