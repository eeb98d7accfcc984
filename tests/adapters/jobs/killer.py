"""A worker of the kinds `kill` and `work`, the first of which ends its process as a segmentation fault does.

It is started as `python -m tests.adapters.jobs.killer URL`, and says on a line of its own which job it begins.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta

from adapters.database import Database
from adapters.jobs import Job, JobKind, Pace, Worker

PACE = Pace(at_once=4, poll=timedelta(milliseconds=100), takeover=timedelta(seconds=1), takeovers=2)


async def kill(_: Job) -> None:
    """End the process at once."""
    os.kill(os.getpid(), signal.SIGSEGV)


async def work(_: Job) -> None:
    """Take longer than the other needs."""
    await asyncio.sleep(0.3)


async def main(url: str) -> None:
    """Work until the process is ended."""
    database = Database(url)
    async with Worker(database, [JobKind("kill", kill), JobKind("work", work)], PACE).running():
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
