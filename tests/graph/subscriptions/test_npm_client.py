"""The npm package `graphql-ws`, which GraphiQL uses too, is served unchanged."""

import asyncio
import shutil
import sys
from pathlib import Path

import orjson

from tests.support.records import Records
from tests.support.tables import MadeTable

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "graphiql" / "node_modules" / "graphql-ws" / "dist" / "client.js"
SCRIPT = Path(__file__).with_name("client.mjs")
SECONDS = 30


def node() -> str:
    """The Node that built GraphiQL: the machine's, or the one beside Python."""
    return shutil.which("node") or str(Path(sys.executable).with_name("node"))


async def test_graphql_ws_follows_a_table(address: str, records: Records, table: MadeTable) -> None:
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    arguments = [f"ws://{address}/graphql", table.owner.access_token, str(table.id), cursor, "3"]
    process = await asyncio.create_subprocess_exec(
        # Node 20 has the WebSocket of browsers behind this flag, later ones always.
        *[node(), "--experimental-websocket", str(SCRIPT), str(CLIENT), *arguments],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    for name in ("a", "b", "c", "d"):
        await records.create({"Name": name})
    async with asyncio.timeout(SECONDS):
        output, _ = await process.communicate()
    lines = [orjson.loads(line) for line in output.splitlines() if not line.startswith((b"(", b"Exp"))]
    assert process.returncode == 0, output.decode()
    events = [line["data"]["recordEvents"] for line in lines if "recordEvents" in str(line)]
    assert events == [{"type": "CREATED", "record": {"fields": {"Name": name}}} for name in ("a", "b", "c")]
    assert {"me": {"email": table.owner.email}} in [line["data"] for line in lines if "data" in line]
    assert lines.count("complete") == 2
    [refused] = [line["refused"] for line in lines if "refused" in line]
    assert [error["extensions"]["code"] for error in refused] == ["BAD_REQUEST"]
