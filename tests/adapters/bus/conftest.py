"""The carriers of the bus, each over a way that tests can close and stall."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from adapters.bus import Bus
from adapters.bus.carrier import Carrier
from adapters.bus.postgres import PostgresCarrier
from adapters.bus.redis import RedisCarrier
from adapters.database import Database
from tests.support.proxy import Proxy, proxied
from tests.support.redis import RedisServer


@dataclass(frozen=True, slots=True)
class Way:
    """A carrier, and the proxy in front of its server."""

    proxy: Proxy
    carrier: Callable[[], Carrier]

    def bus(self, *, probe_seconds: float = 60) -> Bus:
        """Another process's end of the bus."""
        return Bus(self.carrier(), probe_seconds=probe_seconds)


@pytest.fixture(params=["postgres", "redis"])
async def way(request: pytest.FixtureRequest, database_url: str, redis: RedisServer) -> AsyncIterator[Way]:
    """Each carrier in turn."""
    over = _over_postgres(database_url) if request.param == "postgres" else _over_redis(redis)
    async with over as way:
        yield way


@asynccontextmanager
async def _over_postgres(database_url: str) -> AsyncIterator[Way]:
    url = make_url(database_url)
    socket = Path(str(url.query["host"])) / ".s.PGSQL.5432"
    async with proxied(partial(asyncio.open_unix_connection, socket)) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={})
        database = Database(through.render_as_string(hide_password=False))
        yield Way(proxy, lambda: PostgresCarrier(database))
        await database.close()


@asynccontextmanager
async def _over_redis(redis: RedisServer) -> AsyncIterator[Way]:
    async with proxied(partial(asyncio.open_connection, "127.0.0.1", redis.port)) as proxy:
        yield Way(proxy, lambda: RedisCarrier(f"redis://127.0.0.1:{proxy.port}"))
