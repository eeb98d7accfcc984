"""An update of a record on which others depend by a lookup: what it costs the write, and when all have their event."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from bench.api import Api
from bench.cases.contract import Case, Line
from bench.cases.writes import UPDATE
from bench.duel import Pace
from bench.listener import Listener
from bench.relations import add_field
from bench.subscribing import seats
from bench.world import World

DEPENDENTS: Final = 10_000
MAX_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 60.0
_TABLE = "mutation ($input: CreateTableInput!) { createTable(input: $input) { table { id fields { id name } } } }"
_CREATE = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { records { id } } }"
_EVENTS = """
subscription ($table: ID!) {
  recordEvents(tableId: $table) { cursor type recordId changedFields previous record { id fields } }
}
"""


@dataclass(frozen=True, slots=True)
class _Tables:
    """The table of those who depend, a record of another one on which they do, and one on which nobody does."""

    dependents: str
    crowded: str
    lonely: str


def dependents(world: World, pace: Pace) -> Sequence[Line]:
    """Both numbers, from the same writes."""
    tables = _make(world.api)
    alone, crowded, delivered = asyncio.run(_measure(world, tables, max(pace.rounds, 2)))
    one, other, last = median(crowded), median(alone), median(delivered)
    return [
        Line(
            f"update of a record with {DEPENDENTS:,} dependents, against one without",
            one / other,
            2.0,
            at_most=True,
            unit="ms",
            ours=one * 1000,
            bare=other * 1000,
            note=f"{len(crowded)} writes each, beside a subscriber",
        ),
        Line(
            f"write to the last of {DEPENDENTS:,} derived events",
            last / MAX_SECONDS,
            1.0,
            at_most=True,
            unit="ms",
            ours=last * 1000,
            note=f"of the write's request; beside {MAX_SECONDS:.0f} s; slowest {max(delivered) * 1000:.0f} ms",
        ),
    ]


def _make(api: Api) -> _Tables:
    text = {"name": "Name", "type": "TEXT"}
    sources = _made(api, "Sources", [text, {"name": "City", "type": "TEXT"}])
    options = {"linked_table_id": sources["id"], "allow_multiple": False}
    table = _made(api, "Dependents", [text, {"name": "Source", "type": "LINKED_RECORD", "options": options}])
    fields = {f"{made['id']}.{field['name']}": field["id"] for made in (sources, table) for field in made["fields"]}
    link, city = fields[f"{table['id']}.Source"], fields[f"{sources['id']}.City"]
    add_field(api, table["id"], "Where", "LOOKUP", {"linked_field_id": link, "lookup_field_id": city})
    crowded, lonely = _created(api, sources["id"], [{"Name": "crowded"}, {"Name": "lonely"}])
    _created(api, table["id"], [{"Name": str(n), "Source": crowded} for n in range(DEPENDENTS)])
    return _Tables(table["id"], crowded, lonely)


def _made(api: Api, name: str, fields: Sequence[Any]) -> Any:
    return api.execute(_TABLE, {"baseId": api.base_id, "name": name, "fields": fields})["createTable"]["table"]


def _created(api: Api, table: str, rows: Sequence[Any]) -> list[str]:
    made = api.execute(_CREATE, {"tableId": table, "records": rows})["createRecords"]["records"]
    return [record["id"] for record in made]


async def _measure(world: World, tables: _Tables, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds of the writes without dependents and of those with them, and until all events of these were there."""
    arrived = asyncio.Event()

    def heard(listener: Listener) -> None:
        if listener.count == DEPENDENTS:
            arrived.set()

    [seat] = seats(world, _EVENTS, [[{"table": tables.dependents}]])
    loop = asyncio.get_running_loop()
    _, listener = await loop.create_connection(lambda: Listener("/graphql", seat, heard), "127.0.0.1", world.ours.port)
    await listener.is_open
    await asyncio.sleep(1)  # subscriptions are not acknowledged
    alone, crowded, delivered = [], [], []
    for n in range(rounds + 1):
        alone.append(await _write(world.api, tables.lonely, f"City {n}"))
        listener.count = 0
        arrived.clear()
        started = time.perf_counter()
        crowded.append(await _write(world.api, tables.crowded, f"City {n}"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await arrived.wait()
        delivered.append(time.perf_counter() - started)
        await asyncio.sleep(0.2)  # for what should not come
        if listener.count != DEPENDENTS or listener.complaint:
            raise RuntimeError(f"{listener.count:,} events of {DEPENDENTS:,}: {listener.complaint}")
    listener.leave()
    await listener.is_closed
    return alone[1:], crowded[1:], delivered[1:]


async def _write(api: Api, record: str, city: str) -> float:
    started = time.perf_counter()
    await asyncio.to_thread(api.execute, UPDATE, {"id": record, "fields": {"City": city}})
    return time.perf_counter() - started


CASES = (Case("dependents", dependents),)
