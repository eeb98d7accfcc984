"""A PostgreSQL of a test's own, which is stopped and started under those who use it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from adapters.embedded import EmbeddedServer, start
from adapters.embedded_tuning import Tuning

TUNING = Tuning(connections=80)


class Cluster:
    """It keeps what was committed, however it ends. `url` stays the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = self._start()
        self.url = self._server.url

    def _start(self) -> EmbeddedServer:
        return start(self._folder, TUNING)

    def halt(self, number: signal.Signals) -> None:
        """End it: by SIGINT as `pg_ctl stop -m fast` does, by SIGQUIT as `-m immediate` does and as a crash would."""
        assert self._server.process is not None
        self._server.process.send_signal(number)
        self._server.process.wait()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Within the block none of its processes does anything: connections stay open, and nothing is answered."""
        self.hang()
        try:
            yield
        finally:
            self.go_on()

    def hang(self) -> None:
        """As `hanging`, until `go_on`."""
        self._suspend("")

    @contextmanager
    def silencing_sessions(self) -> Iterator[None]:
        """Within the block those that serve a client by now do nothing; whoever connects is served."""
        self._suspend("[local]")
        try:
            yield
        finally:
            self.go_on()

    def _suspend(self, named: str) -> None:
        """Stop the processes whose command line has this in it."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):  # it ends just now
                if named in " ".join(process.cmdline()):
                    process.suspend()

    def go_on(self) -> None:
        """End what `_suspend` began."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def _processes(self) -> list[psutil.Process]:
        assert self._server.process is not None
        postmaster = psutil.Process(self._server.process.pid)
        return [postmaster, *postmaster.children(recursive=True)]

    def recover(self) -> None:
        """Start it again; behind a crash it replays its log."""
        self.stop()
        self._server = self._start()

    def stop(self) -> None:
        """Stop it for good."""
        self._server.stop()
