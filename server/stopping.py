"""How a process that serves is told to stop: first it says so to who asks whether it is ready, then it does."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

logger = structlog.get_logger(__name__)

Handler = Callable[[int, FrameType | None], object]


class Stopping:
    """Whether the process was told to stop, and whether it does so already: `ending` is set then."""

    def __init__(self) -> None:
        self.has_begun = False
        self.ending = asyncio.Event()

    def end(self) -> None:
        """Stop now."""
        self.has_begun = True
        self.ending.set()

    @contextmanager
    def announced(self, drain_seconds: float) -> Iterator[None]:
        """While the block runs, a SIGTERM takes effect `drain_seconds` later; a second one, and a SIGINT, at once.

        Until then everything is answered as before, but `/ready` with 503, so that a load balancer sends no more.
        """
        with self._before(signal.SIGTERM, drain_seconds), self._before(signal.SIGINT, 0):
            yield

    @contextmanager
    def _before(self, number: signal.Signals, drain_seconds: float) -> Iterator[None]:
        """While the block runs, do what is to be done before what the signal does otherwise."""
        then = signal.getsignal(number)
        if not callable(then):
            yield
            return
        loop = asyncio.get_running_loop()

        def begin(number: int, frame: FrameType | None) -> None:
            is_first, self.has_begun = not self.has_begun, True
            if is_first and drain_seconds > 0:
                loop.call_soon_threadsafe(_later, loop, drain_seconds, end, number)
            else:
                end(number, frame)

        def end(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.end)
            then(number, frame)

        signal.signal(number, begin)
        try:
            yield
        finally:
            signal.signal(number, then)


def _later(loop: asyncio.AbstractEventLoop, seconds: float, handler: Handler, number: int) -> None:
    logger.info("stopping", drain_seconds=seconds)
    loop.call_later(seconds, handler, number, None)
