"""Threads for what blocks."""

import subprocess
import sys

PROGRAM = """
import asyncio, time
from adapters.threads import Threads

async def main():
    try:
        async with asyncio.timeout(0.1):
            await Threads(1, "sleeping").run(time.sleep, 60)
    except TimeoutError:
        print("given up")

asyncio.run(main())
"""


def test_what_blocks_does_not_keep_the_process_from_ending() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True)

    assert ended.stdout == "given up\n"
