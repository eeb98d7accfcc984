"""Redis or Valkey as the carrier of the bus: publish and subscribe, on a channel for each of its databases."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from adapters.bus.carrier import Hear, Send
from adapters.tasks import end_task

CHANNEL: Final = "tablegraph:{db}:topics"
"""Redis publishes across its databases; whoever gives two installations a database each means to keep them apart."""
SECONDS: Final = 5.0
"""How long Redis may take to accept a connection and to answer a command."""

_SCHEMES: Final = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}


def redis_url(url: str) -> str:
    """The URL as the library takes it; raises `ValueError`, whose message shows no part of it, for one of no use."""
    scheme, _, rest = url.partition("://")
    known = _SCHEMES.get(scheme.lower())
    if known is None:
        raise ValueError(f"the URL of the bus begins with one of {', '.join(f'{each}://' for each in _SCHEMES)}")
    try:
        parse_url(f"{known}://{rest}")
    except ValueError:
        form = "redis://user:password@host:6379/0, with percent codes for special characters of the password"
        raise ValueError(f"the URL of the bus cannot be read; its form is {form}") from None
    return f"{known}://{rest}"


class RedisCarrier:
    """The Redis or Valkey at this URL."""

    max_length = 1 << 16
    """Some 2,000 topics; Redis would take more, at the cost of what it buffers for each process."""

    def __init__(self, url: str) -> None:
        self._url = redis_url(url)

    @asynccontextmanager
    async def connected(self, hear: Hear, lost: Callable[[], None]) -> AsyncIterator[Send]:
        """One connection that listens and one that publishes; neither makes itself anew, for the bus does that."""
        client = Redis.from_url(
            self._url,
            protocol=2,
            client_name="tablegraph-bus",
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
        )
        channel = CHANNEL.format(db=client.connection_pool.connection_kwargs.get("db") or 0)
        async with client, client.pubsub() as pubsub:
            await pubsub.subscribe(channel)
            if await pubsub.get_message(timeout=SECONDS) is None:  # it raises when this user may not subscribe
                raise TimeoutError("no answer to the subscription")
            listening = asyncio.create_task(_listen(pubsub, hear, lost))
            try:
                yield partial(_publish, client, channel)
            finally:
                await end_task(listening)


async def _listen(pubsub: PubSub, hear: Hear, lost: Callable[[], None]) -> None:
    """Hear until the connection is lost."""
    with suppress(RedisError, OSError):
        async for message in pubsub.listen():
            if message["type"] == "message":
                hear(message["data"].decode("ascii", "replace"))
    lost()


async def _publish(client: Redis, channel: str, messages: Sequence[str]) -> None:
    for message in messages:
        await client.publish(channel, message)
