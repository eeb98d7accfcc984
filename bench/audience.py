"""The subscribers: a process of its own that holds many sockets, writes, and notes when what was written has arrived.

It must cost far less than the servers that it measures: sockets are bare protocols on uvloop, of what they receive only
the heads of the frames are read, and all that they send was made in advance.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from bench.companion import Companion
from bench.hall import Command, Empty, Hall, Ready, Take
from bench.listener import Seat
from bench.processes import raise_file_limit
from bench.run import Run
from bench.score import Outcome


class Audience(Companion):
    """The handle of the process; a context manager."""

    def __init__(self) -> None:
        super().__init__(_serve)

    @contextmanager
    def seated(self, port: int, path: str, seats: Sequence[Seat], probe: bytes | None, each: int = 1) -> Iterator[None]:
        """Hold a socket for each seat, from when all of them get what `probe` writes: `each` messages a socket.

        Without a probe: from when all are acknowledged. They are closed properly at the end.
        """
        self.ask(Take(port, path, seats))
        try:
            if probe is not None:
                self.ask(Ready(port, probe, each))
            yield
        finally:
            self.ask(Empty())

    def run(self, run: Run) -> Outcome:
        """Write, and wait until all has arrived; raises `RuntimeError` unless just that did."""
        outcome: Outcome = self.ask(run)
        return outcome

    def ask(self, command: Command) -> Any:
        """What the process answers; raises `RuntimeError` for what has failed there."""
        self.tell(command)
        answer = self.hear()
        if isinstance(answer, Exception):
            raise RuntimeError(f"{type(command).__name__}: {answer!r}") from answer
        return answer


def _serve(pipe: Connection) -> None:
    raise_file_limit()
    uvloop.run(_obey(pipe))


async def _obey(pipe: Connection) -> None:
    """Do what is asked, one after the other, while the sockets live on."""
    hall, loop = Hall(), asyncio.get_running_loop()
    while True:
        command: Command = await loop.run_in_executor(None, pipe.recv)
        try:
            answer: object = await command.carry_out(hall)
        except Exception as error:  # whoever asked is told
            answer = RuntimeError(repr(error))
        pipe.send(answer)
