"""What the tests of hooks share: an extension of the test's own, and a table with records."""

from collections.abc import Callable

import pytest

from adapters.extensions import Extensions
from domain.extensions import Extension
from resolvers.services import Services
from tests.support.api import Api
from tests.support.tables import MadeTable, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT", "isRequired": True},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "Open"}, {"name": "Closed"}]}},
]


@pytest.fixture
def extend(services: Services) -> Callable[[], Extension]:
    """`extend(extension)` has the server run it."""

    def run(extension: Extension) -> None:
        services.extensions = Extensions.of(extension)

    return run


@pytest.fixture
async def parts(api: Api) -> MadeTable:
    """The table Parts, without a record."""
    return await make_table(api, FIELDS)
