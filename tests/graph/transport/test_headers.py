"""Headers that are sent several times."""

from typing import Any

import httpx
import orjson
import pytest

from graph.transport.headers import request_headers
from tests.support.api import Api

ME = orjson.dumps({"query": "{ me { id } }"})
JSON = ("content-type", "application/json")
MODERN = "application/graphql-response+json"


async def post(api: Api, *headers: tuple[str, str]) -> httpx.Response:
    """A query with these headers, in this order, and those of the client."""
    return await api.http.post("/graphql", content=ME, headers=list(headers))


def test_values_of_one_name_are_one_list() -> None:
    sent = [(b"accept", b"a"), (b"host", b"b"), (b"accept", b"c;q=0.5, d")]
    assert request_headers({"headers": sent}) == {b"accept": b"a, c;q=0.5, d", b"host": b"b"}
    assert request_headers({"headers": sent[:2]}) == {b"accept": b"a", b"host": b"b"}


@pytest.mark.parametrize("order", [1, -1])
async def test_what_any_line_accepts_is_taken(api: Api, order: int) -> None:
    lines = [("accept", "image/png"), ("accept", MODERN)]
    response = await post(api, JSON, *lines[::order])
    assert (response.status_code, response.headers["content-type"]) == (200, f"{MODERN}; charset=utf-8")


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([("content-encoding", "gzip"), ("content-encoding", "identity")], 415, "BAD_REQUEST"),
        ([("content-type", "text/plain"), JSON], 415, "BAD_REQUEST"),
        ([("authorization", "Bearer a"), ("authorization", "{right}")], 401, "UNAUTHENTICATED"),
        ([("x-api-key", "a"), ("x-api-key", "b")], 401, "UNAUTHENTICATED"),
    ],
)
async def test_two_values_where_one_belongs_are_refused(
    api: Api, lines: list[tuple[str, str]], status: int, code: str, order: int
) -> None:
    right = f"Bearer {(await api.register()).access_token}"
    sent = [(name, value.format(right=right)) for name, value in lines[::order]]

    response = await post(api, *([JSON] if lines[1] != JSON else []), ("accept", MODERN), *sent)

    body: dict[str, Any] = response.json()
    assert (response.status_code, [each["extensions"]["code"] for each in body["errors"]]) == (status, [code])
