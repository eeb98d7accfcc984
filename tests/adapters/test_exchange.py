"""Providers that take their time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.providers import exchange
from adapters.providers.contract import Asked, ProviderConfig
from domain.errors import Unavailable
from tests.support import targets
from tests.support.targets import Target

ASKED = Asked("state", "nonce", "v" * 43, "https://app.example.com/back")


async def dripping(_: Target, writer: asyncio.StreamWriter) -> None:
    """Begin an answer, and go on with it for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def document(config: ProviderConfig) -> Any:
    return await exchange.fetch_json(config, config.issuer)


async def tokens(config: ProviderConfig) -> Any:
    return await exchange.fetch_tokens(config, config.issuer, ASKED, "code", "client_secret_post")


@pytest.mark.parametrize("ask", [document, tokens])
async def test_an_answer_that_does_not_end_is_given_up(
    ask: Callable[[ProviderConfig], Awaitable[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "SECONDS", 1.0)
    async with targets.serving(dripping) as target:
        config = ProviderConfig("corp", "The Corp", "id", "secret", target.url("127.0.0.1"), ("openid",))
        async with asyncio.timeout(20):
            with pytest.raises(Unavailable):
                await ask(config)
