"""What an unexpected failure tells a client, wherever it happens: a code and a request id, and nothing of how."""

from typing import Any, NoReturn

import pytest

from resolvers.context import RequestContext
from resolvers.services import Services
from resolvers.streams.record_events import RecordEventSelection
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.sockets import opened, served
from tests.support.streams import SSE, streamed
from tests.support.tables import make_table

SECRET = "SELECT password_hash FROM users -- /srv/app/models.py, line 7"
FOLLOW = "subscription ($table: ID!) { recordEvents(tableId: $table) { type } }"
ENVIRONMENTS = [
    {"environment": "production"},
    {"environment": "development"},
    {"environment": "development", "debug": True, "log_level": "debug"},
]


def fail(*_: object, **__: object) -> NoReturn:
    """Fail as nobody expects."""
    raise RuntimeError(SECRET)


def assert_masked(errors: list[dict[str, Any]]) -> None:
    """The one error says who can find out more, by which id."""
    [error] = errors
    id = error["extensions"]["requestId"]
    assert error["message"] == f"Something went wrong on the server. Report it with the request id {id}."
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "requestId": id}


@pytest.mark.parametrize("changes", ENVIRONMENTS)
@pytest.mark.parametrize(
    "document",
    ["{ workspaces { id } }", 'mutation { createWorkspace(input: {name: "W"}) { workspace { id } } }'],
)
async def test_of_a_query_and_of_a_mutation(
    settings: Settings, services: Services, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], document: str
) -> None:
    async with client_of(create_app(settings.model_copy(update=changes), services)) as http:
        api = Api(http, services)
        person = await api.register()
        monkeypatch.setattr(RequestContext, "unit", fail)
        result = await api.execute(document, as_=person)

    assert_masked(result.errors)
    assert "password_hash" not in str(result.body)


@pytest.mark.parametrize("changes", ENVIRONMENTS)
async def test_of_a_stream(
    api: Api, settings: Settings, services: Services, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    monkeypatch.setattr(RecordEventSelection, "for_caller", fail)
    async with served(settings.model_copy(update=changes), services) as address:
        async with streamed(address, SSE, FOLLOW, {"table": table.id}, table.owner) as stream:
            name, told = await stream.event()
        async with opened(address) as socket:
            await socket.initialise(table.owner)
            await socket.send(
                {"id": "1", "type": "subscribe", "payload": {"query": FOLLOW, "variables": {"table": str(table.id)}}}
            )
            message = await socket.receive()

    assert (name, message["type"]) == ("next", "error")
    assert_masked(told["errors"])
    assert_masked(message["payload"])
