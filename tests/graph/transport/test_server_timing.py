"""The header `Server-Timing`: in development, and elsewhere only where it is asked for."""

import re

import pytest

from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, Person, bearer, client_of

HEADER = "server-timing"
METRIC = re.compile(r'([a-z]+);dur=(\d+\.\d\d)(?:;desc="([^"]*)")?')
WORKSPACES = {"query": "{ workspaces { id } }"}


@pytest.fixture
async def person(api: Api) -> Person:
    return await api.register()


async def header_of(settings: Settings, services: Services, body: object, person: Person | None = None) -> str | None:
    async with client_of(create_app(settings, services)) as http:
        response = await http.post("/graphql", json=body, headers=bearer(person) if person else {})
    return response.headers.get(HEADER)


async def test_it_tells_where_the_time_went(settings: Settings, services: Services, person: Person) -> None:
    header = await header_of(settings, services, WORKSPACES, person)

    assert header is not None
    found = [METRIC.fullmatch(part) for part in header.split(", ")]
    metrics = {match[1]: (float(match[2]), match[3]) for match in found if match}
    assert list(metrics) == ["read", "auth", "parse", "execute", "db", "total"]
    assert metrics["db"][1] == "1 statement"
    assert 0 < metrics["db"][0] <= metrics["execute"][0]
    parts = sum(metrics[name][0] for name in ("read", "auth", "parse", "execute"))
    assert parts <= metrics["total"][0] + 0.02  # each is rounded


async def test_a_document_that_is_refused_has_times_too(settings: Settings, services: Services) -> None:
    header = await header_of(settings, services, {"query": "{ nothing }"})

    assert header is not None
    assert 'db;dur=0.00;desc="0 statements"' in header


async def test_a_request_that_is_no_operation_has_none(settings: Settings, services: Services) -> None:
    assert await header_of(settings, services, ["not", "an", "object"]) is None


@pytest.mark.parametrize(
    ("update", "is_shown"),
    [
        ({"environment": "production"}, False),
        ({"environment": "production", "server_timing": True}, True),
        ({"environment": "development", "server_timing": False}, False),
        ({"environment": "development", "server_timing": None}, True),
    ],
)
async def test_it_is_for_developers(
    settings: Settings, services: Services, update: dict[str, object], is_shown: bool
) -> None:
    header = await header_of(settings.model_copy(update=update), services, {"query": "{ __typename }"})

    assert (header is not None) is is_shown
