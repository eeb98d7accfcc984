"""Automations: how fast queued runs are done, how soon an action follows a change, and what others pay for them."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import asyncpg
import orjson

from bench.cases.against_itself import line, server_with
from bench.cases.contract import Case, Line
from bench.cases.writes import CREATE
from bench.dataset import parts
from bench.duel import Pace, Side, fight
from bench.percentiles import milliseconds
from bench.requests import graphql
from bench.world import World

RUNS_A_SECOND = 300
EVENTS_A_SECOND = 20
MAX_MS = 100
LEAST_SHARE = 0.97
SECONDS_TO_DRAIN = 300
_MAKE = "mutation ($input: CreateAutomationInput!) { createAutomation(input: $input) { automation { id } } }"
_CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }"
_QUEUE = """
WITH new AS (
    INSERT INTO automation_runs (id, automation_id, owner_id, event_key, trigger, actions)
    SELECT gen_random_uuid(), a.id, a.owner_id, n::text, '{"n": 1}',
           (SELECT jsonb_agg(jsonb_build_object('id', x.id, 'type', x.type, 'config', x.config))
              FROM automation_actions x WHERE x.automation_id = a.id)
      FROM automations a, generate_series(1, $2::int) n WHERE a.id = $1 RETURNING id)
INSERT INTO jobs.pgqueuer (priority, status, entrypoint, payload, execute_after)
SELECT 0, 'queued', 'automation_run', convert_to(json_build_object('run', id)::text, 'UTF8'), now() FROM new
"""
_LEFT = "SELECT count(*) FROM automation_runs WHERE automation_id = $1 AND status IN ('QUEUED', 'RUNNING')"
_TOOK = """
SELECT count(*) FILTER (WHERE status = 'SUCCEEDED') AS done,
       extract(epoch FROM max(finished_at) - min(started_at))::float8 AS seconds
  FROM automation_runs WHERE automation_id = $1
"""


def drain(world: World, pace: Pace) -> Sequence[Line]:
    """Runs that create a record each, which wait in the queue; from the first one's start to the last one's end."""
    count = 10_000 if pace.seconds >= 1 else 500
    table = world.api.make_table("drained")
    action = {"type": "CREATE_RECORD", "config": {"fields": {"Name": "{{trigger.n}}"}}}
    automation = make(world, str(table.id), "BUTTON_CLICKED", action)
    done, seconds = asyncio.run(_drained(world.url, automation, count))
    assert done == count, f"{count - done} of {count} runs did not succeed"
    rate = count / seconds
    note = f"{count:,} runs in {seconds:.1f} s, beside 300/s; one process, which serves too"
    return [Line("queued runs that create a record", rate / RUNS_A_SECOND, 1.0, unit="runs/s", ours=rate, note=note)]


async def _drained(url: str, automation: str, count: int) -> tuple[int, float]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_QUEUE, automation, count)
        async with asyncio.timeout(SECONDS_TO_DRAIN):
            while await connection.fetchval(_LEFT, automation):  # noqa: ASYNC110  # another process works
                await asyncio.sleep(0.5)
        done, seconds = await connection.fetchrow(_TOOK, automation)
        return done, seconds
    finally:
        await connection.close()


def make(world: World, table: str, trigger: str, action: Mapping[str, Any]) -> str:
    """The id of a new automation."""
    given = {"tableId": table, "name": "Bench", "triggerType": trigger, "actions": [action]}
    id: str = world.api.execute(_MAKE, given)["createAutomation"]["automation"]["id"]
    return id


def follow(world: World, pace: Pace) -> Sequence[Line]:
    """From the answer to a mutation to the arrival of what an automation sends about it."""
    table = world.api.make_table("followed")
    with receiving() as arrivals:
        body = {"n": "{{trigger.record.Quantity}}"}
        config = {"url": f"http://127.0.0.1:{arrivals.port}/", "body": body}
        make(world, str(table.id), "RECORD_CREATED", {"type": "SEND_WEBHOOK", "config": config})
        sent = _send(world, str(table.id), 200 if pace.seconds >= 1 else 20)
        _wait(arrivals, len(sent))
        took = [arrivals.at[n] - moment for n, moment in sent.items()]
    middle, most = milliseconds(took, 50), milliseconds(took, 99)
    note = f"at {EVENTS_A_SECOND} events a second; p99 {most:.0f} ms, beside {MAX_MS} ms"
    title = "from a change to the first action, p50"
    return [Line(title, middle / MAX_MS, 1.0, at_most=True, unit="ms", ours=middle, note=note)]


@dataclass
class Arrivals:
    """When which number came."""

    port: int = 0
    at: dict[int, float] = field(default_factory=dict)


@contextmanager
def receiving() -> Iterator[Arrivals]:
    """An HTTP server that notes the numbers that it gets."""
    arrivals = Arrivals()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            moment = time.monotonic()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrivals.at.setdefault(int(orjson.loads(body)["n"]), moment)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    arrivals.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield arrivals
    finally:
        server.shutdown()


def _send(world: World, table: str, count: int) -> Mapping[int, float]:
    """When each record was answered, by its number."""
    sent, begin = {}, time.monotonic()
    for n in range(count):
        time.sleep(max(0.0, begin + n / EVENTS_A_SECOND - time.monotonic()))
        world.api.execute(_CREATE, {"tableId": table, "fields": {"Quantity": n}})
        sent[n] = time.monotonic()
    return sent


def _wait(arrivals: Arrivals, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(arrivals.at) < count:
        assert time.monotonic() < deadline, f"{count - len(arrivals.at)} of {count} never came"
        time.sleep(0.05)


def idle(world: World, pace: Pace) -> Sequence[Line]:
    """Creating records in a base without automations, while another one has some: our server with jobs, and without."""
    other_base = world.api.make_table("automated", world.api.make_base("Automated"))
    make(world, str(other_base.id), "RECORD_CREATED", {"type": "DELAY", "config": {"seconds": 1}})
    fields = [part.fields for part in parts(1_000, seed=3)]
    given = [
        graphql(world.api.token, CREATE, {"input": {"tableId": world.written.id, "fields": each}}) for each in fields
    ]
    off = {"TABLEGRAPH_RUNS_JOBS": "false"}
    lines = []
    # Which of two equal servers is measured first makes 5 %: so each is, and then two equal ones.
    for first, second in (("on", "off"), ("off", "on"), ("off", "off too")):
        switches = [{} if name == "on" else off for name in (first, second)]
        with server_with(world, first, switches[0]) as one, server_with(world, second, switches[1]) as other:
            duel = fight(world, Side(one, given), Side(other, given), pace)
        target = LEAST_SHARE if first == "on" else None
        lines.append(line(f"createRecord in a base without automations, jobs {first} / {second}", duel, target=target))
    return lines


CASES = (Case("unautomated", idle), Case("runs", drain), Case("reaction", follow))
