"""A Redis or Valkey for tests: a process of their own, on a free port of this machine, which keeps nothing."""

import shutil
import socket
import subprocess
import time

import pytest

SECONDS = 20
"""How long it may take to start."""


class RedisServer:
    """The server; `url` stays the same when it is killed and started again."""

    def __init__(self, *options: str) -> None:
        self._options = options
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        own = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([_program(), *own, *self._options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            assert self._process.poll() is None, f"the server at port {self.port} has ended"
            assert time.monotonic() < deadline, f"the server at port {self.port} does not answer"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS)
            self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return False
        return True


def _program() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        pytest.fail("There is neither redis-server nor valkey-server here; `make test` installs one where it is root.")
    return found
