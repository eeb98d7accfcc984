"""A process that stands beside the servers which are measured, and does what it is sent through a pipe."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self


class Companion:
    """The handle of one whose main function is `serve`; a context manager."""

    def __init__(self, serve: Callable[[Connection], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(self._theirs,), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()  # so that the end of the process is the end of the pipe
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()

    def tell(self, message: object) -> None:
        """Send it what to do."""
        self._pipe.send(message)

    def hear(self) -> Any:
        """Wait for what came of it."""
        return self._pipe.recv()
