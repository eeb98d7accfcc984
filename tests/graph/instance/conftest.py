"""What tests of instance settings share."""

import pytest

from tests.support.api import Api, Person
from tests.support.rights import make_superuser


@pytest.fixture
async def root(api: Api) -> Person:
    """A superuser."""
    return await make_superuser(api)
