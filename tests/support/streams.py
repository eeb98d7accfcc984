"""A client of subscriptions over HTTP: reads a streamed response piece by piece."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from tests.support.api import Person, bearer

SECONDS = 60
"""How long anything may take before the test gives up."""
SSE = "text/event-stream"
APOLLO = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"
PLAIN = "multipart/mixed"


class Streamed:
    """One response. Reading beyond its end gives empty text."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._chunks = response.aiter_text()
        self._buffer = ""

    async def until(self, delimiter: str) -> str:
        """The text before the next delimiter, which is taken away."""
        async with asyncio.timeout(SECONDS):
            while delimiter not in self._buffer:
                chunk = await anext(self._chunks, None)
                if chunk is None:
                    rest, self._buffer = self._buffer, ""
                    return rest
                self._buffer += chunk
        found, _, self._buffer = self._buffer.partition(delimiter)
        return found

    async def event(self) -> tuple[str, Any]:
        """Name and data of the next server-sent event; comments are passed over. ("", None) at the end."""
        while (text := await self.until("\n\n")).startswith(":"):
            pass
        if not text:
            return "", None
        name, data = text.split("\n")
        assert (name[:7], data[:5]) == ("event: ", "data:"), text
        return name[7:], orjson.loads(data[5:]) if data[5:] else None

    async def part(self) -> Any:
        """The JSON of the next part; None at the end of the body."""
        text = await self.until("\r\n--graphql")
        head, _, body = text.partition("\r\n\r\n")
        if head.strip() == "--":
            return None
        assert "Content-Type: application/json; charset=utf-8" in head, text
        return orjson.loads(body)

    async def payload(self) -> Any:
        """The next part that is not a sign of life."""
        while (part := await self.part()) == {}:
            pass
        return part


@asynccontextmanager
async def streamed(
    address: str,
    accept: str,
    query: str,
    variables: Mapping[str, Any] | None = None,
    person: Person | None = None,
    *,
    method: str = "POST",
    **parameters: str,
) -> AsyncIterator[Streamed]:
    """Ask for an operation; `parameters` go into the query string."""
    plain = {
        key: value if isinstance(value, int | list | None) else str(value) for key, value in (variables or {}).items()
    }
    headers = {"accept": accept, **(bearer(person) if person else {})}
    options: dict[str, Any] = {"headers": headers, "params": parameters}
    if method == "GET":
        options["params"] = {"query": query, "variables": orjson.dumps(plain).decode(), **parameters}
    else:
        options["json"] = {"query": query, "variables": plain}
    async with (
        httpx.AsyncClient(timeout=SECONDS) as client,
        client.stream(method, f"http://{address}/graphql", **options) as response,
    ):
        yield Streamed(response)
