"""All that a run needs: a PostgreSQL of its own, our server and the bare one on it, the load generator, and tables."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import psutil

from adapters.embedded import EmbeddedServer, start
from adapters.embedded_tuning import Tuning
from bench.api import Api
from bench.audience import Audience
from bench.generator import Generator
from bench.loading import fill
from bench.processes import Server, postgres_cpu_seconds, postgres_memory, raise_file_limit

CONNECTIONS = 80
"""Of PostgreSQL: 20 for each server, of which there are three at times, and some for ourselves."""
PEOPLE = 20
"""Who subscribe, in turn; a user may not have any number of subscriptions."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A table of the API, and the ids of its records."""

    id: str
    record_ids: Sequence[UUID]


@dataclass
class World:
    """Everything is on; it goes off, and its folder away, at the end of `open_world`."""

    folder: Path
    url: str
    ours: Server
    bare: Server
    generator: Generator
    audience: Audience
    postmaster: psutil.Process
    scale: int
    """Records of the two tables that most cases work on."""

    def __post_init__(self) -> None:
        self.api = Api(self.ours.port)
        self.parts = self.table("parts", self.scale, bare="parts")
        self.written = self.table("written", self.scale, bare="written")

    def table(self, name: str, count: int, bare: str | None = None) -> Filled:
        """A new table of so many records; with `bare`, the bare endpoint gets one with this name."""
        made = self.api.make_table(name)
        return Filled(str(made.id), fill(self.url, made, count, bare))

    @cached_property
    def people(self) -> Sequence[str]:
        """Access tokens of those who subscribe."""
        return self.api.make_people(PEOPLE)

    def another(self, name: str) -> Server:
        """One more server of ours on the same database, not started yet: one that has done nothing so far."""
        return Server(
            f"tablegraph run, {name}", self.ours.arguments, self.ours.environment, self.folder / f"{name}.log"
        )

    def postgres_cpu_seconds(self) -> float:
        """CPU time of PostgreSQL so far."""
        return postgres_cpu_seconds(self.postmaster)

    def postgres_memory(self) -> int:
        """Bytes that PostgreSQL's processes have for themselves."""
        return postgres_memory(self.postmaster)


@contextmanager
def open_world(scale: int, access_log: str) -> Iterator[World]:
    """Start everything, on a folder that is removed at the end."""
    raise_file_limit()  # thousands of sockets, in the servers too
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="tablegraph-bench-"))
        stack.callback(shutil.rmtree, folder)
        postgres = start(folder / "data", Tuning(connections=CONNECTIONS))
        stack.callback(postgres.stop)
        environment = {"DATABASE_URL": postgres.url}
        settings = {
            "TABLEGRAPH_SECRET_KEY": secrets.token_urlsafe(48),
            "TABLEGRAPH_ACCESS_TOKEN_LIFETIME": "P1D",
            "TABLEGRAPH_ACCESS_LOG": access_log,
            "TABLEGRAPH_ENVIRONMENT": "production",
            "TABLEGRAPH_WORKERS": "1",
            "TABLEGRAPH_MAX_COST_PER_MINUTE": "0",  # a few users make all of the load
            "TABLEGRAPH_MAX_REQUESTS_PER_MINUTE": "0",
            "TABLEGRAPH_MAX_ANONYMOUS_REQUESTS_PER_MINUTE": "0",
            "TABLEGRAPH_EXECUTION_TIMEOUT": "PT0S",  # people are registered by the hundred in one operation
            "TABLEGRAPH_REPORT_COST": "false",  # the bare endpoint does not: answers are compared
            "TABLEGRAPH_OUTGOING_NETWORKS": "127.0.0.0/8",  # automations send to ourselves
        }
        ours = Server("tablegraph run", ("-m", "server.cli", "run"), environment | settings, folder / "ours.log")
        bare = Server("the bare endpoint", ("-m", "bench.bare"), environment, folder / "bare.log")
        stack.enter_context(ours)
        generator, audience = stack.enter_context(Generator()), stack.enter_context(Audience())
        world = World(folder, postgres.url, ours, bare, generator, audience, _process_of(postgres), scale)
        stack.enter_context(bare)
        yield world


def _process_of(postgres: EmbeddedServer) -> psutil.Process:
    assert postgres.process is not None
    return psutil.Process(postgres.process.pid)
