"""Metrics of what stays open: subscriptions, the bus, and WebSockets."""

import re
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import httpx
import pytest

from adapters.bus import APPLICATION, make_bus
from adapters.database import Database
from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.redis import RedisServer
from tests.support.sockets import opened, served
from tests.support.waiting import eventually

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"


async def numbers(http: httpx.AsyncClient, prefix: str) -> dict[str, float]:
    """The metrics whose name begins so, without the times at which they were made."""
    text = (await http.get("/metrics")).text
    found = re.findall(rf"^{prefix}(\S*) (\S+)$", text, re.MULTILINE)
    return {name: float(number) for name, number in found if "_created" not in name}


async def test_streams_are_counted_by_their_name(api: Api, services: Services) -> None:
    figures = services.figures
    figures.subscribers["recordEvents"] += 3
    figures.subscribers["presence"] += 1
    figures.deliveries["recordEvents"] += 40
    figures.drops, figures.closed_slow, figures.resyncs, figures.evaluations = 1, 2, 3, 4
    first = await numbers(api.http, "tablegraph_stream_(?!lag)")
    figures.subscribers["recordEvents"] -= 2
    figures.deliveries["recordEvents"] += 2
    figures.deliveries["presence"] += 1
    figures.evaluations += 1
    second = await numbers(api.http, "tablegraph_stream_(?!lag)")

    assert first == {
        'subscribers{stream="recordEvents"}': 3,
        'subscribers{stream="presence"}': 1,
        'deliveries_total{stream="recordEvents"}': 40,
        "drops_total": 1,
        "closed_slow_total": 2,
        "resyncs_total": 3,
        "evaluations_total": 4,
    }
    assert second == {
        **first,
        'subscribers{stream="recordEvents"}': 1,
        'deliveries_total{stream="recordEvents"}': 42,
        'deliveries_total{stream="presence"}': 1,
        "evaluations_total": 5,
    }


async def test_lag_is_a_histogram_and_never_negative(api: Api, services: Services) -> None:
    for seconds in (-3600, 0.0007, 0.03, 0.03, 60):
        services.figures.observe_lag(seconds)

    lag = await numbers(api.http, "tablegraph_stream_lag_seconds")

    assert (lag["_count"], lag["_sum"]) == (5, pytest.approx(60.0607))
    assert [lag[f'_bucket{{le="{bound}"}}'] for bound in ("0.001", "0.025", "0.05", "30.0", "+Inf")] == [2, 2, 4, 4, 5]


async def test_wake_ups_and_connections_of_the_bus_are_counted(api: Api, services: Services, pg: Connection) -> None:
    bus, other, topic = services.bus, make_bus(services.database), uuid4()
    before = await numbers(api.http, "tablegraph_bus_")
    async with bus.running(), other.running():
        await eventually(lambda: bus.is_connected and other.is_connected)
        bus.publish(topic)
        bus.publish(uuid4())
        await eventually(lambda: other.received == 2)
        other.publish(topic)
        await eventually(lambda: bus.received == 1)
        during = await numbers(api.http, "tablegraph_bus_")
        await pg.fetch(f"{END} AND datname = current_database()", APPLICATION)
        await eventually(lambda: bus.connections == 2)
        again = await numbers(api.http, "tablegraph_bus_")
    after = await numbers(api.http, "tablegraph_bus_")

    assert before == {"connected": 0, "wakeups_sent_total": 0, "wakeups_received_total": 0, "reconnects_total": 0}
    assert during == {"connected": 1, "wakeups_sent_total": 2, "wakeups_received_total": 1, "reconnects_total": 0}
    assert again == {**during, "reconnects_total": 1}
    assert after == {**again, "connected": 0}


async def test_metrics_show_that_redis_is_away(
    settings: Settings, services: Services, database: Database, redis: RedisServer
) -> None:
    services.bus = make_bus(database, redis.url)
    async with served(settings, services) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:
        await eventually(lambda: services.bus.is_connected)
        before = await numbers(http, "tablegraph_bus_connected")
        redis.kill()
        await eventually(lambda: not services.bus.is_connected)
        after = await numbers(http, "tablegraph_bus_connected")
        ready = await http.get("/ready")

    assert (before, after, ready.status_code) == ({"": 1}, {"": 0}, 200)


async def test_open_websockets_are_counted(settings: Settings, services: Services) -> None:
    async with served(settings, services) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:

        async def open_now() -> float:
            return (await numbers(http, "tablegraph_websocket_connections"))[""]

        async def is_one() -> bool:
            return await open_now() == 1

        async def are_none() -> bool:
            return await open_now() == 0

        assert await open_now() == 0
        async with opened(address) as first, opened(address) as second:
            await first.initialise()
            await second.initialise()
            assert await open_now() == 2
            second.connection.transport.abort()
            await eventually(is_one)
        await eventually(are_none)
