"""A server for tests of trusted documents."""

from dataclasses import replace

import pytest

from resolvers.services import Services


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server that does not tell costs, so that answers are compared as a whole."""
    services.limits = replace(services.limits, report_cost=False)
    return services
