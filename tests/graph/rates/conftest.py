"""Applications that count requests and failures."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette

from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, client_of

MakeApi = Callable[..., Api]
ME = "{ me { id } }"


@pytest.fixture
def limited(settings: Settings, services: Services) -> MakeApi:
    """`limited(max_requests_per_minute=5)`: a client of an application over the test's services with these limits."""

    def make(**limits: Any) -> Api:
        services.limits = replace(services.limits, **limits)
        return Api(client_of(create_app(settings, services)), services)

    return make


async def ask_from(app: Starlette, address: str, **headers: str) -> tuple[int, str | None]:
    """The status of a query that comes from an address, and what its `RateLimit` header says."""
    body, answers = b'{"query": "{ me { id } }"}', []
    sent = {"host": "localhost", "content-type": "application/json", **headers}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
        "client": (address, 1234),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, receive, send)
    found = dict(answers[0]["headers"])
    limit = found.get(b"ratelimit")
    return answers[0]["status"], None if limit is None else limit.decode()
