"""A GraphQL client for tests: runs documents against the application and makes users."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from starlette.applications import Starlette

from resolvers.services import Services

PASSWORD = "correct horse battery staple"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """A registered user with the tokens of one session."""

    id: UUID
    email: str
    access_token: str
    refresh_token: str = field(repr=False)
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one document; `body` is the whole JSON, `codes` the error codes in order."""

    status: int
    headers: httpx.Headers
    body: Any

    @property
    def data(self) -> Any:
        """`data` of the response; None where there is none. See `ok`."""
        return self.body.get("data")

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors; empty when all went well."""
        return self.body.get("errors", [])

    @property
    def codes(self) -> list[str]:
        """`extensions.code` of each error."""
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def ok(self) -> Any:
        """`data` of a response that must have no errors."""
        assert self.errors == [], self.errors
        return self.data


class Api:
    """The application's client. `http` is the bare httpx client, for what is not GraphQL."""

    def __init__(self, http: httpx.AsyncClient, services: Services) -> None:
        self.http = http
        self.services = services

    async def execute(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        as_: Person | None = None,
        headers: Mapping[str, str] | None = None,
        operation: str | None = None,
    ) -> Result:
        """Run one operation, as a user or anonymously."""
        request = {"query": document, "variables": variables or {}, "operationName": operation}
        sent = {**(bearer(as_) if as_ else {}), **(headers or {})}
        response = await self.http.post("/graphql", json=_plain(request), headers=sent)
        return Result(response.status_code, response.headers, response.json())

    async def register(self, email: str | None = None) -> Person:
        """A new user, signed in."""
        email = email or f"user{next(_numbers)}@example.com"
        document = """
            mutation ($input: RegisterInput!) {
              register(input: $input) { accessToken refreshToken user { id } }
            }
        """
        result = await self.execute(document, {"input": {"email": email, "password": PASSWORD}})
        made = result.ok["register"]
        return Person(UUID(made["user"]["id"]), email, made["accessToken"], made["refreshToken"])


def client_of(app: Starlette) -> httpx.AsyncClient:
    """An HTTP client of an application, without a socket in between."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


def bearer(person: Person) -> dict[str, str]:
    """The header that signs a request as this user."""
    return {"Authorization": f"Bearer {person.access_token}"}


def _plain(value: Any) -> Any:
    """JSON of what tests like to write: UUIDs become strings."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, UUID) else value
