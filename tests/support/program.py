"""The command `tablegraph` for tests: run to its end in this process, or as a server in one of its own."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from server.cli import main

ROOT = Path(__file__).parents[2]
SECONDS = 180
"""How long anything may take before the test gives up."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left: its status and what it printed."""

    status: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Tablegraph:
    """Calls `tablegraph` in this process, with an environment of nothing but what is given."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, **environment: str) -> Ended:
        for name in own_variables(os.environ):
            self.monkeypatch.delenv(name)
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr(sys, "argv", ["tablegraph", *arguments])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self.capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)


def own_variables(environment: Mapping[str, str]) -> list[str]:
    """Names of the variables that are settings of ours."""
    return [name for name in environment if name.startswith("TABLEGRAPH_") or name == "DATABASE_URL"]


@dataclass(slots=True)
class Server:
    """A running `tablegraph run`, in a process group of its own as a terminal would give it."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    address: str = ""

    def query(self, document: str, **variables: Any) -> Any:
        """`data` of an answer that must have no errors."""
        answer = self.post(document, variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def post(
        self, document: str, variables: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The response to one operation."""
        sent = {"query": document, "variables": variables or {}}
        return httpx.post(f"{self.address}/graphql", json=sent, headers=headers, timeout=SECONDS)

    def get(self, path: str) -> httpx.Response:
        """The response to a GET."""
        return httpx.get(f"{self.address}{path}", timeout=SECONDS)

    def family(self) -> list[psutil.Process]:
        """The server's process and all that it started."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def workers(self) -> list[psutil.Process]:
        """The processes that serve, where there are several."""
        return [process for process in self.family() if "spawn_main" in " ".join(process.cmdline())]

    def interrupt(self) -> int:
        """Ctrl-C: SIGINT to the whole process group. Returns the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(SECONDS)

    def terminate(self) -> None:
        """SIGTERM to the first process alone, as an orchestrator does; does not wait for the end."""
        self.process.terminate()

    def kill(self) -> None:
        """SIGKILL to the first process alone, as the kernel does when memory runs out."""
        self.process.kill()
        self.process.wait(SECONDS)

    def read_until_ready(self) -> None:
        """Take lines of output until the server has said where it serves; fails when it ends before."""
        taken: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_copy, args=(self.process, taken), daemon=True).start()
        while "stops the server" not in "".join(self.lines):
            line = taken.get(timeout=SECONDS)
            assert line, "".join(self.lines)
            self.lines.append(line)
        self.address = next(line for line in self.lines if "/graphql at" not in line and "http://" in line)
        self.address = "http://" + self.address.partition("http://")[2].partition("/graphql")[0]


def _copy(process: subprocess.Popen[str], lines: "queue.Queue[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


@contextmanager
def serving(data_dir: Path, *arguments: str, **variables: str) -> Iterator[Server]:
    """A server on a free port with the embedded PostgreSQL in this folder; all of it is gone after the block."""
    environment = {name: value for name, value in os.environ.items() if name not in own_variables(os.environ)}
    command = [sys.executable, "-m", "server.cli", "run", "--port", "0", "--data-dir", str(data_dir), *arguments]
    server = Server(
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, **variables, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
    )
    try:
        server.read_until_ready()
        yield server
    finally:
        _end(server)


@contextmanager
def a_worker(database_url: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A `tablegraph worker` on this database, which takes jobs already; it is gone after the block."""
    environment = {name: value for name, value in os.environ.items() if name not in own_variables(os.environ)}
    secret = {"DATABASE_URL": database_url, "TABLEGRAPH_SECRET_KEY": "a secret for tests only, 32+ letters"}
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "worker"],
        cwd=ROOT,
        env={**environment, **secret, **variables, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        assert process.stdout is not None
        assert "takes jobs" in process.stdout.readline()
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(SECONDS)


def _end(server: Server) -> None:
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(SECONDS)


def postgres_of(data_dir: Path) -> list[psutil.Process]:
    """The PostgreSQL processes that work in this data folder."""
    folder = str(data_dir.resolve() / "postgres")
    return [process for process in psutil.process_iter() if _works_in(process, folder)]


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == folder
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False
