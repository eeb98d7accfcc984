"""What a server sees to now and then: that what is old goes, and what was left undone is ended.

Each process does it, a part at a time: what one is about the others pass over, and nobody waits for it.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from adapters.database import AWAY, Database
from adapters.tasks import beside

logger = logging.getLogger(__name__)


class Upkeep(ABC):
    """Sees to one thing in one database; while that is away it is left to the next look."""

    of_what: ClassVar[str]
    """For the log."""
    seconds_between: ClassVar[float] = 600
    """Between two looks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to it now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.look()
            except AWAY as error:
                logger.warning("%s were not seen to: %s", self.of_what, error)
            await asyncio.sleep(self.seconds_between)

    @abstractmethod
    async def look(self) -> object:
        """Do all there is to do."""

    async def _all(self, statement: str, most: int, *arguments: object) -> int:
        """Run a statement as often as it changes `most` rows, each time by itself; how many it changed."""
        total = changed = await self._some(statement, *arguments)
        while changed == most:
            changed = await self._some(statement, *arguments)
            total += changed
        return total

    async def _some(self, statement: str, *arguments: object) -> int:
        async with self._database.unit() as unit:
            return count_of(await unit.connection.execute(statement, *arguments))


def count_of(status: str) -> int:
    """How many rows a statement changed, as PostgreSQL says it: `DELETE 3`."""
    return int(status.rpartition(" ")[2])
