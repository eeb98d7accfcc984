"""One soak from its beginning to its verdict, on a migrated database that is there already."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import asyncpg

from bench.processes import Server
from bench.soak.client import Client, Unanswered
from bench.soak.faults import Fault, Stage, cut_bus, held_locks, killed_servers, quiet
from bench.soak.filters import MARKED_COUNT
from bench.soak.history import History, broken_chains, history_of, seen_by
from bench.soak.lists import LiveList
from bench.soak.readers import Reader
from bench.soak.servers import address_of, running_servers
from bench.soak.verdict import misjudged, missed
from bench.soak.world import Table, World, make_world
from bench.soak.writers import Writer

CATCH_UP_SECONDS = 120
"""How long readers may take to the end when nothing goes wrong any more."""
ENVIRONMENTS = ({"TABLEGRAPH_EVENTS_PER_READ": "5"}, {"TABLEGRAPH_EVENTS_PER_READ": "100"})
"""Of the two servers: batches of writers do not fit into one read of the first, so readers drop in the middle."""
SHOWN = 12
SHOWN_LENGTH = 600
"""How many faults of each kind are printed, and how many characters of each."""

_CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long it writes, how many take part, and the seed of all that is left to chance."""

    seconds: float
    seed: int
    writers: int = 20
    readers: int = 50
    lists: int = 6

    def faults(self) -> Sequence[Fault]:
        """What goes wrong by default, the more often the shorter it is."""
        pause = min(self.seconds / 5, 10)
        return killed_servers(pause), cut_bus(pause * 0.7), held_locks(self.seed)


@dataclass(frozen=True, slots=True)
class Report:
    """How it went: nothing was lost when there are no problems. `complaints` are faults in the logs of the servers."""

    plan: Plan
    counts: Counter[str]
    problems: Sequence[str] = field(repr=False)
    complaints: Sequence[str] = field(repr=False)

    def __str__(self) -> str:
        counts = ", ".join(f"{count:,} {name}" for name, count in self.counts.items())
        found = (f"problem: {each}" for each in self.problems), (f"server: {each}" for each in self.complaints)
        shown = "".join(f"\n- {text[:SHOWN_LENGTH]}" for texts in found for text in islice(texts, SHOWN))
        return (
            f"Soak of {self.plan.seconds:g} s, seed {self.plan.seed}: {counts}."
            f" {len(self.problems)} problems, {len(self.complaints)} complaints of the servers.{shown}"
        )


async def soak(url: str, folder: Path, plan: Plan, faults: Sequence[Fault] | None = None) -> Report:
    """Let two servers of a database be written to and read while things go wrong; their logs go to the folder."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(_serving(url, folder))
        database = await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=10))
        client = Client()
        stack.push_async_callback(client.close)
        run = _Run(plan, servers, client, database, await make_world(client, address_of(servers[0]), database))
        await run.write_and_read(plan.faults() if faults is None else faults)
        return await run.report()


@asynccontextmanager
async def _serving(url: str, folder: Path) -> AsyncIterator[Sequence[Server]]:
    """Starting and stopping take seconds in which nobody else may stand still."""
    serving = running_servers(url, folder, *ENVIRONMENTS)
    servers = await asyncio.to_thread(serving.__enter__)
    try:
        yield servers
    finally:
        await asyncio.to_thread(serving.__exit__, None, None, None)


def _markers(table: Table) -> tuple[str, str]:
    """The names of the records that are created last in a table."""
    return f"the end of {table.id}", f"the very end of {table.id}"


class _Run:
    """The parties of a soak."""

    def __init__(
        self,
        plan: Plan,
        servers: Sequence[Server],
        client: Client,
        database: "asyncpg.Pool[asyncpg.Record]",
        world: World,
    ) -> None:
        self._plan = plan
        self._servers = servers
        self._client = client
        self._database = database
        self._world = world
        self._stage = Stage(servers, database, world, asyncio.Event(), Counter())
        seed, address = plan.seed, self._chooser()
        self._writers = [Writer(f"w{n}", seed, client, world, address) for n in range(plan.writers)]
        tables = world.tables
        self._readers = [
            Reader(f"reader {n}", seed, client, database, tables[n % len(tables)], address) for n in range(plan.readers)
        ]

        self._lists = [LiveList(f"list {n}", seed, client, tables[n % len(tables)], address) for n in range(plan.lists)]
        self._written = asyncio.Event()

    def _chooser(self) -> Callable[[], str]:
        chance = random.Random(f"{self._plan.seed}/addresses")
        return lambda: address_of(chance.choice(self._servers))

    async def write_and_read(self, faults: Sequence[Fault]) -> None:
        """All of it, until the readers have seen what is written last, or time is over.

        There are two markers: whatever comes between them, or instead of the second one, came once too often.
        """
        chance = random.Random(f"{self._plan.seed}/delays")
        delays = [chance.uniform(0, self._plan.seconds * 0.7) for _ in self._readers]
        async with asyncio.TaskGroup() as tasks:
            for each in self._lists:
                tasks.create_task(each.follow_until(self._written))
            async with self._reading(0, delays):
                await self._write(faults)
                await quiet(self._database)
            self._written.set()
        async with self._reading(1, [0] * len(delays)):
            pass

    @asynccontextmanager
    async def _reading(self, end: int, delays: Sequence[float]) -> AsyncIterator[None]:
        """Let the readers begin after so many seconds each; behind the block they read to one of the markers."""
        async with asyncio.TaskGroup() as tasks:
            readings = [
                tasks.create_task(reader.read_until(_markers(reader.table)[end], delay))
                for reader, delay in zip(self._readers, delays, strict=True)
            ]
            yield
            for table in self._world.tables:
                await self._mark(table.id, _markers(table)[end])
            _, late_ones = await asyncio.wait(readings, timeout=CATCH_UP_SECONDS)
            for reading in late_ones:
                reading.cancel()

    async def _write(self, faults: Sequence[Fault]) -> None:
        """Writers and faults side by side."""
        async with asyncio.TaskGroup() as tasks:
            for writer in self._writers:
                tasks.create_task(writer.write_until(self._stage.stopped))
            for fault in faults:
                tasks.create_task(fault(self._stage))
            await asyncio.sleep(self._plan.seconds)
            self._stage.stopped.set()

    async def _mark(self, table_id: str, name: str) -> None:
        given = {
            "tableId": table_id,
            "fields": {"Key": "marker", "Name": name, "Count": MARKED_COUNT},
            "idempotencyKey": name,
        }
        while True:
            try:
                await self._client.execute(address_of(self._servers[0]), _CREATE, {"input": given})
            except Unanswered:
                await asyncio.sleep(0.1)
            else:
                return

    async def report(self) -> Report:
        """Hold everything against the log."""
        histories = {table.id: await history_of(self._database, table) for table in self._world.tables}
        everything: History = {id: changes for each in histories.values() for id, changes in each.items()}
        operations = [operation for writer in self._writers for operation in writer.operations]
        known = frozenset(name for table in self._world.tables for name in (*table.shared_names, *_markers(table)))
        problems = [problem for writer in self._writers for problem in writer.problems]
        problems += [problem for reader in self._readers for problem in reader.problems]
        problems += [problem for each in self._lists for problem in each.problems]
        problems += broken_chains(everything)
        problems += misjudged(operations, everything, known)
        for reader in self._readers:
            problems += await self._missed(reader, histories[reader.table.id])
        return Report(self._plan, self._counts(everything), problems, self._complaints())

    async def _missed(self, reader: Reader, history: History) -> Sequence[str]:
        if reader.start is None:
            return [f"{reader.name} did not begin"]
        before = await seen_by(self._database, reader.table, reader.start.before)
        after = await seen_by(self._database, reader.table, reader.start.after)
        end, _ = await reader.page()
        return list(missed(reader, history, before, after, end))

    def _complaints(self) -> list[str]:
        """What the servers did not expect, by their logs."""
        lines = [line for server in self._servers for line in server.log.read_text().splitlines()]
        return [line for line in lines if "unexpected failure" in line or line.startswith("Traceback")]

    def _counts(self, history: History) -> Counter[str]:
        counts: Counter[str] = Counter()
        counts["changes"] = sum(map(len, history.values()))
        for writer in self._writers:
            counts["retries"] += writer.retries
            for operation in writer.operations:
                counts[f"operations {operation.outcome.value}"] += 1
        counts["events delivered"] = sum(reader.events for reader in self._readers)
        counts["drops"] = sum(reader.drops for reader in self._readers)
        counts["patches of lists"] = sum(each.patches for each in self._lists)
        counts["drops of lists"] = sum(each.drops for each in self._lists)
        return counts + self._stage.counts
