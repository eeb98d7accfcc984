"""The servers under measurement: processes of their own, whose CPU time is read from the system."""

import os
import resource
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
SECONDS_TO_REST = 10


@dataclass
class Server:
    """A Python server with one worker, which serves in the process itself; a context manager."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    """0 takes a free one."""

    def __enter__(self) -> Self:
        self.port = self.port or _free_port()
        self.start()
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

    def start(self) -> None:
        """Start it on its port, for the first time or after `kill`; returns when it takes connections."""
        environment = {**os.environ, **self.environment, "TABLEGRAPH_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.arguments], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._measured = psutil.Process(self._process.pid)
        self._wait()

    def kill(self) -> None:
        """End it as the kernel does when memory runs out: it has no chance to say good-bye."""
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

    def memory(self) -> tuple[int, int]:
        """Bytes: resident, and its share of what it has in common with other processes counted in parts (PSS)."""
        full = self._measured.memory_full_info()
        return full.rss, full.pss

    def resident(self) -> int:
        """Bytes that are resident; quicker than `memory`."""
        resident: int = self._measured.memory_info().rss
        return resident

    def rest(self) -> None:
        """Wait until it has next to nothing to do, at most `SECONDS_TO_REST`."""
        deadline = time.monotonic() + SECONDS_TO_REST
        while time.monotonic() < deadline:
            before = self.cpu_seconds()
            time.sleep(0.3)
            if self.cpu_seconds() - before < 0.03:
                return


def raise_file_limit() -> None:
    """Let this process, and those that it starts from now on, have as many open files as the system grants."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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


def postgres_memory(postmaster: psutil.Process) -> int:
    """Bytes that PostgreSQL's processes have for themselves, without what they share."""
    total = 0
    for process in (postmaster, *postmaster.children()):
        try:
            total += process.memory_full_info().uss
        except psutil.NoSuchProcess:
            continue
    return total


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
