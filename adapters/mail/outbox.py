"""Mail on its way: sent behind everybody's back, tried again when it fails, and never more than memory holds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Final

import structlog

from adapters.database import AWAY
from adapters.mail.mail import Mail, Mailer, MailFailed
from adapters.tasks import end_task

logger = structlog.get_logger(__name__)

Compose = Callable[[], Awaitable[Mail | None]]
"""Makes a mail; None when there is none to send after all."""

AT_ONCE: Final = 4
"""Mails of one process that are being composed or handed over at the same time."""
SECONDS_TO_END: Final = 3.0
"""What mails under way get when the process stops."""


class Outbox:
    """Sends mails in the background, each up to `attempts` times with a pause that doubles.

    At most `most` mails wait; one more is lost, and logged, as is one that fails for good. Nobody waits for any of it.
    These numbers may be changed.
    """

    def __init__(self, mailer: Mailer, *, attempts: int = 5, pause_seconds: float = 5, most: int = 1_000) -> None:
        self._mailer = mailer
        self.attempts = attempts
        self.pause_seconds = pause_seconds
        self.most = most
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many mails are on their way."""
        return len(self._waiting)

    def post(self, mail: Mail) -> None:
        """Send a mail; call it once the transaction that asks for it is committed."""
        self._start(self._deliver(mail))

    def post_composed(self, compose: Compose) -> None:
        """Send what `compose` makes in the background: so the time of an answer does not tell whether mail is sent."""
        self._start(self._compose(compose))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let mails under way end behind the block; those that take longer are lost, and logged."""
        try:
            yield
        finally:
            await self.settle(SECONDS_TO_END)
            if self._waiting:
                logger.error("mails were not sent before the server stopped", count=len(self._waiting))
            for task in list(self._waiting):
                await end_task(task)

    async def settle(self, seconds: float) -> None:
        """Wait until no mail is on its way, or the time is over."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._waiting and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._waiting, timeout=left)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        if len(self._waiting) >= self.most:
            work.close()
            logger.error("too many mails are waiting, one is lost", waiting=len(self._waiting))
            return
        task = asyncio.create_task(work)
        self._waiting.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a mail was lost to a fault of the server", exc_info=error)

    async def _compose(self, compose: Compose) -> None:
        try:
            async with self._places:
                mail = await compose()
        except AWAY as error:
            logger.error("a mail could not be made", reason=str(error))
            return
        if mail is not None:
            await self._deliver(mail)

    async def _deliver(self, mail: Mail) -> None:
        attempts = self.attempts  # those of its start
        for attempt in range(1, attempts + 1):
            try:
                async with self._places:
                    await self._mailer.send(mail)
            except (MailFailed, OSError) as error:
                is_last = attempt == attempts or (isinstance(error, MailFailed) and error.is_permanent)
                _log(mail, error, attempt, is_last=is_last)
                if is_last:
                    return
                await asyncio.sleep(self.pause_seconds * 2 ** (attempt - 1))
            else:
                return


def _log(mail: Mail, error: Exception, attempt: int, *, is_last: bool) -> None:
    """Never the text: it may hold a link that opens an account."""
    report = logger.error if is_last else logger.warning
    event = "a mail was given up" if is_last else "a mail was not taken, it is tried again"
    report(event, to=mail.to, subject=mail.subject, attempt=attempt, reason=str(error))
