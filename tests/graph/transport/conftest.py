"""The served application."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.sockets import served


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server that does not tell costs, so that answers are compared as a whole."""
    services.limits = replace(services.limits, report_cost=False)
    return services


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address
