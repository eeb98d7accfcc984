"""Dataloaders: one who stops waiting for a value leaves it to the others who wait."""

import asyncio
from collections.abc import Mapping

import pytest

from adapters.database import Unit
from resolvers.context import Client, RequestContext
from resolvers.loader import Loader
from resolvers.services import Services


class Slow(Loader[int, str]):
    """Takes its time."""

    async def fetch(self, unit: Unit, keys: list[int]) -> Mapping[int, str]:
        await unit.connection.fetchval("SELECT pg_sleep(0.05)")
        return {key: f"value {key}" for key in keys}


async def test_who_is_cancelled_takes_no_value_from_others(services: Services) -> None:
    loader = RequestContext(services, None, Client("test")).loader(Slow)

    async def value() -> str | None:
        return await loader.load(1)

    first, second = asyncio.create_task(value()), asyncio.create_task(value())
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first

    assert await second == "value 1"
    assert await loader.load(1) == "value 1"
