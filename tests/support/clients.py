"""The npm packages that people use as clients, run by Node: each script of `tests/clients` prints lines of JSON."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

CLIENTS = Path(__file__).parents[1] / "clients"
SECONDS = 60
"""How long a client may take for its next line before the test gives up; a browser's own limits are shorter."""


def node() -> str:
    """The Node that built GraphiQL: the machine's, or the one beside Python."""
    return shutil.which("node") or str(Path(sys.executable).with_name("node"))


class Client:
    """A script that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> Any:
        """What the next line says; the text itself where it is not JSON, None at the end."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            line = await self.process.stdout.readline()
        print(line.decode(), end="")  # pytest shows it when the test fails
        try:
            return orjson.loads(line) if line else None
        except orjson.JSONDecodeError:
            return line.decode()

    async def rest(self) -> list[Any]:
        """What all the other lines say; the script must end well."""
        lines = []
        while (line := await self.line()) is not None:
            lines.append(line)
        assert await self.process.wait() == 0, lines
        return lines


@asynccontextmanager
async def running(script: str, **given: Any) -> AsyncIterator[Client]:
    """A client that runs until the block is left; `given` is its argument, see `tests/clients/common.mjs`."""
    argument = orjson.dumps(given, default=str).decode()
    process = await asyncio.create_subprocess_exec(
        node(),
        str(CLIENTS / script),
        argument,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Client(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
