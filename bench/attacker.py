"""The attacker: a process of its own that carries out one attack after the other, as it is told."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

import uvloop

from bench.attacks.catalog import ATTACKS
from bench.attacks.wire import Tally, Target
from bench.companion import Companion


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: what came back, how often, what of it must not have come, and our own CPU time in seconds."""

    outcomes: Mapping[str, int]
    faults: Mapping[str, int]
    cpu_seconds: float


class Attacker(Companion):
    """The handle of the process; a context manager."""

    def __init__(self) -> None:
        super().__init__(_serve)

    def begin(self, key: str, target: Target, seconds: float) -> None:
        """Begin an attack, which ends by itself."""
        self.tell((key, target, seconds))

    def end(self) -> Deed:
        """Wait for its end."""
        deed: Deed = self.hear()
        return deed


def _serve(pipe: Connection) -> None:
    while True:
        pipe.send(uvloop.run(_attack(*pipe.recv())))


async def _attack(key: str, target: Target, seconds: float) -> Deed:
    tally, cpu = Tally(), time.process_time()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ATTACKS[key].run(target, tally)
    return Deed(dict(tally.outcomes), dict(tally.faults), time.process_time() - cpu)
