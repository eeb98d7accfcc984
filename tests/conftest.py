"""Fixtures for every test: a migrated database of the test process's own, the services, the app and a client of it."""

import gc
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import asyncpg
import pytest
import structlog
from pydantic import SecretStr
from starlette.applications import Starlette

from adapters.database import Database
from adapters.passwords import Argon2id, Passwords
from graph.execution.documents import DocumentCache
from graph.schema import build_schema
from resolvers.services import Limits, Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.postgres import Cleaner, TestServer, create_database
from tests.support.redis import RedisServer
from tests.support.skips import IS_STRICT, Skips
from tests.support.slapd import Slapd, running_slapd
from tests.support.statements import StatementLog, observe

SERVER = pytest.StashKey[TestServer]()
FOLDER = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Look out for skipped tests, and give the run a folder of its own.

    Each run closes pytest's common one to other accounts, as PostgreSQL's is.
    """
    if IS_STRICT and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips())
    *others, _ = structlog.get_config()["processors"]
    tracebacks = structlog.dev.plain_traceback  # as the server has them; those with colours take 50 ms each
    structlog.configure([*others, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=tracebacks)])
    if config.option.basetemp is None:
        config.stash[FOLDER] = config.option.basetemp = tempfile.mkdtemp(prefix="tablegraph-tests-")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In the process that steers pytest-xdist: give each worker the one PostgreSQL server."""
    node.workerinput["postgres"] = _server(node.config).url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no process of the run is left alone with it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Spare the cyclic collector the modules, the schema and the tests, as a server spares it its own parts."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server where it was started, and remove the run's folder."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
    folder = config.stash.get(FOLDER, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _server(config: pytest.Config) -> TestServer:
    if SERVER not in config.stash:
        config.stash[SERVER] = TestServer()
    return config.stash[SERVER]


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """URL of the migrated template database that every process of this run copies."""
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["postgres"] if workerinput else _server(request.config).url


@pytest.fixture(scope="session")
def process_name(request: pytest.FixtureRequest) -> str:
    """What tells this process from the others of the run; part of the names of its databases."""
    return getattr(request.config, "workerinput", {}).get("workerid", "only")


@pytest.fixture(scope="session")
async def database_url(postgres_url: str, process_name: str) -> str:
    """URL of this process's own migrated database."""
    return await create_database(postgres_url, f"test_{process_name}")


@pytest.fixture(scope="session")
async def session_database(database_url: str) -> AsyncIterator[Database]:
    """One pool for the whole process; tests take `database`, which also cleans up."""
    database = Database(database_url, pool_size=10)
    observe(database)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def cleaner(database_url: str) -> AsyncIterator[Cleaner]:
    """Cleans the process's own database."""
    cleaner = Cleaner(database_url)
    yield cleaner
    await cleaner.close()


@pytest.fixture
async def database(session_database: Database, cleaner: Cleaner) -> AsyncIterator[Database]:
    """The database, without a row in it; whatever the test writes is deleted after it."""
    yield session_database
    await cleaner.clean()


@pytest.fixture
async def pg(database: Database, database_url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection of the test's own, outside the pool, each statement of which commits by itself."""
    connection = await asyncpg.connect(database_url, server_settings={"TimeZone": "UTC"})
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Settings as in production, with a secret that is long enough; but tests ask, and fail, as often as they like."""
    return Settings(
        secret_key=SecretStr("a secret for tests only, 32+ letters"),
        mail_backend="off",
        max_requests_per_minute=0,
        max_anonymous_requests_per_minute=0,
        max_guess_delay=timedelta(0),
    )


@pytest.fixture(scope="session")
def passwords() -> Iterator[Passwords]:
    """Argon2id with the least parameters, for tests make many users."""
    passwords = Passwords([Argon2id(memory_kib=8, passes=1)])
    yield passwords
    passwords.close()


@pytest.fixture
async def services(settings: Settings, database: Database, passwords: Passwords) -> Services:
    """The shared parts of a server on the test's database, new for each test."""
    services = make_services(settings, database)
    services.passwords = passwords
    return services


@pytest.fixture(scope="session")
def documents_within() -> Callable[[Limits, bool], DocumentCache]:
    """The documents that were sent so far, by the limits and whether the schema is shown; none of them registered."""
    return cache(lambda limits, shows: DocumentCache(build_schema()._schema, limits, shows_schema=shows))


@pytest.fixture
def app(settings: Settings, services: Services, documents_within: Callable[[Limits, bool], DocumentCache]) -> Starlette:
    """The real application, for which a document that an earlier test sent is not validated again."""
    has_registered = settings.documents_path is not None
    documents = None if has_registered else documents_within(services.limits, settings.shows_schema)
    return create_app(settings, services, documents=documents)


@pytest.fixture
async def api(app: Starlette, services: Services) -> AsyncIterator[Api]:
    """A client of the application, without a socket in between."""
    async with client_of(app) as http:
        yield Api(http, services)


@pytest.fixture
def statements(database: Database) -> Callable[[], "StatementLog"]:
    """`with statements() as seen:` records each SQL statement that runs on the database's pool; see `StatementLog`."""
    return lambda: StatementLog(database)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis or Valkey of the test's own, which runs."""
    server = RedisServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """A directory that runs; one for all tests of a process, for those that leave its entries as they are."""
    with running_slapd(tmp_path_factory.mktemp("slapd")) as server:
        yield server
