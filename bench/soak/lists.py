"""The live lists: each keeps a page up to date by patches alone, over sockets that drop."""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from bench.soak.client import Client, Refused, Stream, Unanswered, streaming
from bench.soak.filters import EVERYTHING, FILTERS
from bench.soak.world import Table

SECONDS_BETWEEN_TRIES = 0.1
CATCH_UP_SECONDS = 60
"""How long a list may take to be right when nothing is written any more."""
_LENGTH = 15
_ARGUMENTS = f"tableId: $table, filter: $filter, orderBy: $orderBy, first: {_LENGTH}"
_VARIABLES = "$table: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!]"
_LIVE = f"""
    subscription ({_VARIABLES}) {{
      liveRecords({_ARGUMENTS}) {{
        type page {{ nodes {{ id revision fields }} }}
        patches {{ type id index previousIndex record {{ id revision fields }} }}
      }}
    }}
"""
_READ = f"query ({_VARIABLES}) {{ records({_ARGUMENTS}) {{ nodes {{ id revision fields }} }} }}"


class LiveList:
    """Follows a page of a table as a screen does, which knows nothing but the events."""

    def __init__(self, name: str, seed: int, client: Client, table: Table, address: Callable[[], str]) -> None:
        self.name = name
        self.problems: list[str] = []
        self.patches = 0
        self.drops = 0
        self._random = random.Random(f"{seed}/{name}")
        self._client = client
        self._address = address
        order = {"field": self._random.choice(["Name", "Count"]), "direction": self._random.choice(["ASC", "DESC"])}
        filter = self._random.choice([EVERYTHING, *FILTERS])
        self._variables = {"table": table.id, "filter": filter.given, "orderBy": [order]}
        self._rows: list[Mapping[str, Any]] = []

    async def follow_until(self, written: asyncio.Event) -> None:
        """Follow until all is written; behind that the list must come to be what is read again."""
        try:
            while not written.is_set():
                await self._follow(written)
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while not await self._is_right():
                    await self._follow(written)
        except TimeoutError:
            self.problems.append(f"{self.name}: {self._variables} has stayed wrong: {self._rows}")
        except (Refused, ValueError) as error:
            self.problems.append(f"{self.name}: {self._variables} ended with {error!r}")

    async def _follow(self, written: asyncio.Event) -> None:
        """Take events from one socket, until it drops, or the list is right at the end."""
        try:
            async with streaming(self._address(), self._client.headers, _LIVE, **self._variables) as stream:
                self._take(await stream.event())
                await self._take_some(stream, written)
        except Unanswered:
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
        self.drops += 1

    async def _take_some(self, stream: Stream, written: asyncio.Event) -> None:
        for _ in range(self._random.choice([3, 30, 300])):
            try:
                async with asyncio.timeout(1):
                    self._take(await stream.event())
            except TimeoutError:
                if not written.is_set():
                    continue
            if written.is_set() and await self._is_right():
                return
        stream.cut()

    async def _is_right(self) -> bool:
        try:
            data = await self._client.execute(self._address(), _READ, self._variables)
        except Unanswered:
            return False
        return bool(data["records"]["nodes"] == self._rows)

    def _take(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "SNAPSHOT":
            self._rows = event["page"]["nodes"]
        for patch in event["patches"]:
            self._apply(patch)
            self.patches += 1

    def _apply(self, patch: Mapping[str, Any]) -> None:
        """Do what a patch says; raises `ValueError` where it is not about what is there."""
        type, index, previous = patch["type"], patch["index"], patch["previousIndex"]
        if type != "INSERTED" and (previous >= len(self._rows) or self._rows[previous]["id"] != patch["id"]):
            raise ValueError(f"{patch} does not fit {self._rows}")
        if type == "UPDATED":
            self._rows[index] = patch["record"]
            return
        if type != "INSERTED":
            self._rows.pop(previous)
        if type != "REMOVED":
            self._rows.insert(index, patch["record"])
