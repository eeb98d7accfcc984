"""Apollo's client with its own link for persisted queries, unchanged, from npm."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.clients import running
from tests.support.sockets import served


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


async def lines_of(address: str, api: Api, **given: Any) -> tuple[str, list[Any]]:
    """The e-mail of a new user, and what the client printed who asked for it twice."""
    person = await api.register()
    url = f"http://{address}/graphql"
    async with running("apollo-persisted.mjs", url=url, token=person.access_token, **given) as client:
        return person.email, await client.rest()


@pytest.mark.parametrize("over", ["post", "get"])
async def test_the_document_is_sent_once(address: str, api: Api, over: str) -> None:
    hashed = over.upper()

    email, lines = await lines_of(address, api, over=over)

    assert lines == [
        {"method": hashed, "hasDocument": False, "status": 400},
        {"method": "POST", "hasDocument": True, "status": 200},
        {"me": {"email": email}},
        {"method": hashed, "hasDocument": False, "status": 200},
        {"me": {"email": email}},
    ]


async def test_a_document_that_is_not_registered_is_refused_for_good(
    settings: Settings, services: Services, api: Api, tmp_path: Path
) -> None:
    file = tmp_path / "documents.json"
    file.write_bytes(orjson.dumps({"1": "{ me { id } }"}))
    registered = settings.model_copy(update={"documents": "registered", "documents_path": file})

    async with served(registered, services) as address:
        _, lines = await lines_of(address, api, over="post")

    assert [line["codes"] for line in lines if "codes" in line] == [["FORBIDDEN"], ["FORBIDDEN"]]
