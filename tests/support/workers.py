"""A `tablegraph worker` of a test's own, which is killed at the end, and may be before."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.program import ROOT, own_variables


@asynccontextmanager
async def worker(database_url: str, secret_key: str, **more: str) -> "AsyncIterator[asyncio.subprocess.Process]":
    """A `tablegraph worker` on the test's database that may send to this machine; killed behind the block.

    `more` are further settings.
    """
    kept = {name: value for name, value in os.environ.items() if name not in own_variables(os.environ)}
    settings = {
        "DATABASE_URL": database_url,
        "TABLEGRAPH_SECRET_KEY": secret_key,
        "TABLEGRAPH_OUTGOING_NETWORKS": "127.0.0.0/8",
        "TABLEGRAPH_JOB_TAKEOVER": "PT1S",
        "TABLEGRAPH_JOB_POLL_INTERVAL": "PT0.2S",
        **{f"TABLEGRAPH_{name.upper()}": value for name, value in more.items()},
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "worker", cwd=ROOT, env={**kept, **settings}, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()
