"""The instance settings as this process uses them, kept up to date with the database.

Requests read attributes of the services and ask nobody. A change is taken over at once where it was made; elsewhere
the bus wakes this, and what the bus loses is seen within a second.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from adapters.database import AWAY
from adapters.tasks import beside
from domain.instance.state import InstanceState
from resolvers.instance.applying import apply_values, read_values
from resolvers.instance.storing import load_state

if TYPE_CHECKING:
    from resolvers.services import Services

TOPIC: Final = UUID("696e7374-616e-8000-8000-000000000000")
"""Of the bus; "instan" in ASCII."""
SECONDS_BETWEEN: Final = 1.0
"""Between two looks, at most."""

logger = logging.getLogger(__name__)


class LiveSettings:
    """What the environment says, what the database says, and who takes it over. Looks within `running` only."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._turn = asyncio.Lock()
        self.defaults = read_values(services)
        """The values of the process's own settings."""
        self.state = InstanceState()
        """What the database said when it was last looked at."""

    def take(self, state: InstanceState) -> None:
        """Use what has just been committed here, and have the other processes look."""
        if state.revision > self.state.revision:  # of two that end at once the second may be told of first
            self._use(state)
        self._services.bus.publish(TOPIC)

    async def look(self) -> None:
        """Use what the database says now."""
        async with self._turn:
            while True:
                before = self.state
                async with self._services.database.unit() as unit:
                    state = await load_state(unit)
                if self.state is before:  # else it was changed here meanwhile, and this may be older
                    break
            if state != before:
                self._use(state)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look, and go on looking for as long as the block lasts; while the database is away nothing changes."""
        await self._try()
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        with self._services.bus.listening(TOPIC) as woken:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SECONDS_BETWEEN):
                        await woken.wait()
                woken.clear()
                await self._try()

    async def _try(self) -> None:
        try:
            await self.look()
        except AWAY as error:
            logger.warning("instance settings were not looked at: %s", error)

    def _use(self, state: InstanceState) -> None:
        values: dict[str, Any] = {**self.defaults, **state.read()}
        apply_values(self._services, values)
        self.state = state
