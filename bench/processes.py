"""The servers under measurement: processes of their own, whose CPU time is read from the system."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60


@dataclass
class Server:
    """A Python server with one worker, which serves in the process itself; a context manager."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    port: int = 0

    def __enter__(self) -> Self:
        self.port = _free_port()
        environment = {**os.environ, **self.environment, "TABLEGRAPH_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.arguments], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._measured = psutil.Process(self._process.pid)
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        """Of the process that serves."""
        return self._process.pid

    def cpu_seconds(self) -> float:
        """CPU time so far, of all its threads."""
        times = self._measured.cpu_times()
        return times.user + times.system


def postgres_cpu_seconds(postmaster: psutil.Process) -> float:
    """CPU time so far of PostgreSQL: of its processes, and of those that have ended."""
    own = postmaster.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in postmaster.children():
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
