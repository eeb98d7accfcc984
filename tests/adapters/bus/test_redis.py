"""Redis as the carrier of the bus: crashes, databases, passwords and the forms of its URL."""

import asyncio
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest

from adapters.bus import Bus, make_bus
from adapters.bus.redis import redis_url
from adapters.database import Database
from tests.adapters.bus.waking import connected, disconnected, woken
from tests.support.redis import RedisServer
from tests.support.waiting import eventually


@pytest.fixture
def guarded() -> Iterator[RedisServer]:
    """A server with a password."""
    server = RedisServer("--requirepass", "sesame open")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def silencing() -> Iterator[RedisServer]:
    """A server with a user `listener` who may do everything but publish."""
    server = RedisServer("--user", "listener", "on", ">pw", "allchannels", "+@all", "-publish")
    server.start()
    yield server
    server.kill()


async def test_whoever_listens_is_woken_when_redis_is_there_again(database: Database, redis: RedisServer) -> None:
    here, there, topic = make_bus(database, redis.url), make_bus(database, redis.url), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, there.listening(topic) as other:
            redis.kill()
            await disconnected(here, there)
            here.publish(topic)
            assert await woken(event)
            assert not other.is_set()
            event.clear()
            redis.start()
            assert await woken(event)
            assert await woken(other)
            await connected(here, there)
            other.clear()
            here.publish(topic)
            assert await woken(other)
    assert (here.connections, there.connections, here.sent, there.received) == (2, 2, 1, 1)


async def test_databases_of_one_redis_do_not_hear_each_other(database: Database, redis: RedisServer) -> None:
    here, there, other = (make_bus(database, f"{redis.url}/{db}") for db in (1, 1, 2))
    topic = uuid4()
    async with here.running(), there.running(), other.running():
        await connected(here, there, other)
        with there.listening(topic) as heard, other.listening(topic) as unheard:
            here.publish(topic)
            assert await woken(heard)
            assert not unheard.is_set()
    assert (there.received, other.received) == (1, 0)


@pytest.mark.parametrize("user", ["", "default"])
async def test_a_password_is_sent(database: Database, guarded: RedisServer, user: str) -> None:
    bus = make_bus(database, f"valkey://{user}:sesame%20open@127.0.0.1:{guarded.port}")
    async with bus.running():
        await connected(bus)


@pytest.mark.parametrize("credentials", ["", ":swordfish@"])
async def test_a_wrong_password_is_a_warning_that_does_not_show_it(
    database: Database, guarded: RedisServer, credentials: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus, topic = make_bus(database, f"redis://{credentials}127.0.0.1:{guarded.port}"), uuid4()
    with caplog.at_level(logging.DEBUG, "adapters.bus"):
        async with bus.running():
            await eventually(lambda: len(_told(caplog)) >= 2)
            with bus.listening(topic) as event:
                bus.publish(topic)
                assert await woken(event)
            assert not bus.is_connected
    assert [record.levelname for record in _told(caplog)[:2]] == ["WARNING", "DEBUG"]
    assert "swordfish" not in caplog.text


def _told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.startswith("adapters.bus")]


async def test_a_user_who_may_not_publish_is_not_connected(
    database: Database, silencing: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    bus, topic = make_bus(database, f"redis://listener:pw@127.0.0.1:{silencing.port}"), uuid4()
    with caplog.at_level(logging.DEBUG, "adapters.bus"):
        async with bus.running():
            await eventually(lambda: len(_told(caplog)) >= 2)
            with bus.listening(topic) as event:
                bus.publish(topic)
                assert await woken(event)
    assert bus.connections == 0
    assert [record.levelname for record in _told(caplog)[:2]] == ["WARNING", "DEBUG"]
    assert "publish" in _told(caplog)[0].getMessage()


async def test_nothing_is_left_of_a_bus_that_has_ended(database: Database, redis: RedisServer) -> None:
    before = asyncio.all_tasks()
    bus = make_bus(database, redis.url)
    async with bus.running():
        await connected(bus)
    assert not bus.is_connected
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://host", "redis://host"),
        ("rediss://u:p@host:1/2", "rediss://u:p@host:1/2"),
        ("valkey://host/3", "redis://host/3"),
        ("VALKEYS://host", "rediss://host"),
    ],
)
def test_urls_of_redis_and_valkey_are_taken(url: str, expected: str) -> None:
    assert redis_url(url) == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("amqp://u:swordfish@host", "begins with one of redis://, rediss://, valkey://, valkeys://"),
        ("u:swordfish@host", "begins with one of redis://"),
        ("redis://u:sword/fish@host", "cannot be read; its form is redis://user:password@host:6379/0"),
        ("redis://host:port", "cannot be read"),
    ],
)
def test_other_urls_are_refused_without_showing_them(database: Database, url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        make_bus(database, url)

    assert "fish" not in str(refused.value)


def test_without_a_url_the_database_carries_the_bus(database: Database) -> None:
    assert isinstance(make_bus(database), Bus)
