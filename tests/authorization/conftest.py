"""The world that each case of the authorization matrix plays in."""

import pytest

from resolvers.services import Services
from tests.authorization.world import World, make_world


@pytest.fixture
async def world(services: Services) -> World:
    """A fresh world; the database was empty before."""
    return await make_world(services)
