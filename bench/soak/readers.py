"""The readers: each fetches a table, follows its events over sockets that drop, and keeps what it has seen."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from bench.soak.client import EVENTS, Client, Refused, Stream, Unanswered, streaming
from bench.soak.filters import EVERYTHING, FILTERS
from bench.soak.world import Table

SECONDS_BETWEEN_TRIES = 0.1
SILENT_SECONDS = 0.4
"""How long some readers stop to read before they drop."""
PAGE = """
    query ($table: ID!, $filter: RecordFilter) {
      records(tableId: $table, filter: $filter, first: 100000) { nodes { id revision fields } eventCursor }
    }
"""
State: TypeAlias = dict[str, Mapping[str, Any]]
"""The records of a table by their ids, as a client has them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as a reader got it."""

    type: str
    is_filter_transition: bool
    previous: Mapping[str, Any] | None
    changed_fields: frozenset[str]
    actor_id: str | None
    mutation_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """What a reader began with: the whole table, the cursor of that, and snapshots of the database around it."""

    state: State
    cursor: str
    before: str
    after: str


class Reader:
    """Follows one table until it has seen the marker, each time from behind the last event that it took."""

    def __init__(
        self,
        name: str,
        seed: int,
        client: Client,
        database: "asyncpg.Pool[asyncpg.Record]",
        table: Table,
        address: Callable[[], str],
    ) -> None:
        self.name = name
        self.table = table
        self.start: Start | None = None
        self.state: State = {}
        self.seen: dict[str, list[Seen]] = defaultdict(list)
        self.events = 0
        self.drops = 0
        self.problems: list[str] = []
        self.marker: str | None = None
        """The name of the last marker that it has seen."""
        self._random = random.Random(f"{seed}/{name}")
        self._client = client
        self._database = database
        self._address = address
        self._cursor = ""
        self.types = self._random.choice([None, None, None, None, ("CREATED", "DELETED")])
        """The types of the events that it asks for; None for all."""
        self.filter = self._random.choice([EVERYTHING, EVERYTHING, *FILTERS])

    async def read_until(self, marker: str, delay: float) -> None:
        """Begin after so many seconds, and follow until the record with this name was created."""
        await asyncio.sleep(delay)
        try:
            while self.marker != marker:
                try:
                    if self.start is None:
                        await self._begin()
                    await self._read_some(marker)
                except Unanswered:
                    await asyncio.sleep(SECONDS_BETWEEN_TRIES)
                self.drops += 1
        except Refused as refused:
            self.problems.append(f"{self.name}: the stream ended with {refused}")

    async def page(self) -> tuple[State, str]:
        """What its filter lets through of the table as it is now, and the cursor of that."""
        return await self._page(self.filter.given)

    async def _page(self, filter: Mapping[str, Any] | None) -> tuple[State, str]:
        while True:
            try:
                data = await self._client.execute(self._address(), PAGE, {"table": self.table.id, "filter": filter})
            except Unanswered:
                await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            else:
                return {node["id"]: node for node in data["records"]["nodes"]}, data["records"]["eventCursor"]

    async def _begin(self) -> None:
        before = await self._snapshot()
        everything, self._cursor = await self._page(None)
        self.start = Start(everything, self._cursor, before, await self._snapshot())
        self.state = {id: record for id, record in everything.items() if self.filter.matches(record["fields"])}

    async def _snapshot(self) -> str:
        try:
            snapshot: str = await self._database.fetchval("SELECT pg_current_snapshot()::text")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:  # it may be the database that is away
            raise Unanswered(repr(error)) from error
        return snapshot

    async def _read_some(self, marker: str) -> None:
        """Take some events from one socket, and drop it in one way or another."""
        given = {"filter": self.filter.given, "types": self.types}
        variables = {"table": self.table.id, "after": self._cursor, **given}
        async with streaming(self._address(), self._client.headers, EVENTS, **variables) as stream:
            for _ in range(self._random.choice([1, 3, 10, 30, 100, 300])):
                try:
                    async with asyncio.timeout(self._random.uniform(0.1, 5)):
                        event = await stream.event()
                except TimeoutError:  # drops while nothing happens, too
                    break
                self._take(event)
                if self.marker == marker:
                    return
            await self._drop(stream)

    async def _drop(self, stream: Stream) -> None:
        way = self._random.choice(["cut", "cut", "leave", "stall"])
        if way == "leave":
            await stream.leave()
            return
        if way == "stall":
            await asyncio.sleep(self._random.uniform(0, SILENT_SECONDS))
        stream.cut()

    def _take(self, event: Mapping[str, Any]) -> None:
        """Note an event, and do to the state what a client would: the record of an event is the record as it is now."""
        id, record, actor = event["recordId"], event["record"], event["actor"]
        self._cursor = event["cursor"]
        self.events += 1
        self.seen[id].append(
            Seen(
                event["type"],
                event["isFilterTransition"],
                event["previous"],
                frozenset(event["changedFields"]),
                actor and actor["id"],
                event["mutationId"],
            )
        )
        if event["type"] == "DELETED" or record is None:
            self.state.pop(id, None)
        else:
            self.state[id] = record
            if event["type"] == "CREATED" and record["fields"].get("Key") == "marker":
                self.marker = record["fields"]["Name"]
