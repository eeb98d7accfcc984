"""GraphQL over HTTP beyond the audits: media types, statuses, headers, and the parameters of a GET."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest

from domain.errors import (
    BadRequest,
    DomainError,
    Forbidden,
    PayloadTooLarge,
    QueryTooComplex,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from graph.transport.accept import choose_json
from graph.transport.refusals import headers_of, status_of, status_of_code
from tests.support.api import Api

ME = "{ me { id } }"
ANSWER = b'{"data":{"me":null}}'
MODERN = "application/graphql-response+json"
JSON = "application/json"


async def post(api: Api, body: bytes | None = None, **headers: str) -> httpx.Response:
    """A query, with these headers (`_` for `-`) and no others of its own."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    content = orjson.dumps({"query": ME}) if body is None else body
    return await api.http.post("/graphql", content=content, headers={"content-type": JSON, **sent})


@pytest.mark.parametrize("accept", [MODERN, "multipart/mixed;deferSpec=20220824, application/json"])
async def test_an_answer_comes_whole(api: Api, accept: str) -> None:
    body = orjson.dumps({"query": "{ me { id ... @defer { email } } }"})
    response = await post(api, body, accept=accept)
    assert "An answer comes whole here: there is no '@defer'; ask for the rest by itself." in response.text
    assert '"code":"BAD_REQUEST"' in response.text


def codes(response: httpx.Response) -> list[str]:
    """The codes of a response that must hold nothing but well-formed errors."""
    body = response.json()
    assert list(body) == ["errors"]
    assert all(isinstance(error["message"], str) for error in body["errors"])
    return [error["extensions"]["code"] for error in body["errors"]]


# --- Accept ---


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (MODERN, MODERN),
        ("Application/GraphQL-Response+JSON; charset=utf-8", MODERN),
        (f"{MODERN}, {JSON}", MODERN),
        (f"{JSON}, {MODERN}", MODERN),
        (f"{MODERN};q=0.5, {JSON}", JSON),
        (f"{MODERN}, {JSON};q=0.9, */*;q=0.1", MODERN),
        (f"{MODERN};q=0, */*", JSON),
        (f"{JSON};q=0, */*", MODERN),
        (f"{JSON};q=0, {MODERN}", MODERN),
        ("text/html, */*;q=0.8", JSON),
        ("image/png", None),
        ("text/*", None),
        (f"{JSON};q=0", None),
        ("*/*;q=0", None),
        (f"{JSON};q=0.0, {MODERN};q=0.000", None),
        ("application/jsonx, application/graphql", None),
        (JSON + ", x/" + "x" * 1_000, JSON),
    ],
)
def test_the_best_media_type_is_chosen(accept: str, media_type: str | None) -> None:
    assert choose_json(accept.encode()) == (None if media_type is None else media_type.encode())


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0"])
async def test_what_is_not_acceptable_is_refused_before_anything_is_done(api: Api, accept: str) -> None:
    response = await post(api, accept=accept)
    assert (response.status_code, codes(response)) == (406, ["BAD_REQUEST"])
    assert response.headers["content-type"] == f"{JSON}; charset=utf-8"


async def test_a_stream_that_is_not_acceptable_after_all_is_refused_too(api: Api) -> None:
    response = await post(api, accept="text/event-stream;q=0")
    assert (response.status_code, codes(response)) == (406, ["BAD_REQUEST"])


# --- the body's type ---


@pytest.mark.parametrize(
    "content_type", [JSON, "Application/JSON", f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"', f"{JSON};x=y"]
)
async def test_json_in_utf_8_is_taken(api: Api, content_type: str) -> None:
    assert (await post(api, content_type=content_type)).content == ANSWER


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", MODERN,
     "application/graphql",     f"{JSON}; charset=utf-16", f"{JSON}; charset=latin1", "application/jsonp", "*/*"],
)  # fmt: skip
async def test_other_types_are_refused(api: Api, content_type: str) -> None:
    response = await post(api, content_type=content_type)
    assert (response.status_code, codes(response)) == (415, ["BAD_REQUEST"])
    assert response.headers["accept-post"] == JSON


@pytest.mark.parametrize(
    ("encoding", "status"), [("identity", 200), ("", 200), ("gzip", 415), ("br", 415), ("gzip, identity", 415)]
)
async def test_a_body_is_not_unpacked(api: Api, encoding: str, status: int) -> None:
    response = await post(api, content_encoding=encoding)
    assert response.status_code == status
    if status == 415:
        assert (codes(response), response.headers["accept-encoding"]) == (["BAD_REQUEST"], "identity")


@pytest.mark.parametrize("value", ["1" * 101, "0." + "1" * 100, '"\\ud800"', "NaN", "-Infinity", "1e999"])
async def test_values_that_json_or_the_limits_refuse(api: Api, value: str) -> None:
    body = f'{{"query": "{ME}", "variables": {{"a": {value}}}}}'.encode()
    assert codes(await post(api, body)) == ["BAD_REQUEST"]
    parameters = {"query": ME, "variables": f'{{"a": {value}}}'}
    response = await api.http.get("/graphql", params=parameters)
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


# --- statuses ---


@pytest.mark.parametrize(
    "document",
    ["{", "{ nonsense }", "query A { me { id } } query B { me { id } }", "{ me { id } } query B { me { id } }",
     "query ($a: Int!) { records(tableId: 1, first: $a) { totalCount } }",
     "subscription { recordEvents(tableId: 1) { at } }"],
)  # fmt: skip
@pytest.mark.parametrize(("accept", "status"), [(MODERN, 400), (JSON, 200)])
async def test_what_cannot_be_executed_has_no_data(api: Api, document: str, accept: str, status: int) -> None:
    for response in (
        await post(api, orjson.dumps({"query": document}), accept=accept),
        await api.http.get("/graphql", params={"query": document}, headers={"accept": accept}),
    ):
        assert (response.status_code, set(codes(response))) == (status, {"BAD_REQUEST"})


async def test_an_operation_is_chosen_by_its_name(api: Api) -> None:
    document = "query A { me { id } } query B { __typename }"
    for name, data in (("A", {"me": None}), ("B", {"__typename": "Query"})):
        assert (await api.execute(document, operation=name)).ok == data
    refused = await post(api, orjson.dumps({"query": document, "operationName": "C"}), accept=MODERN)
    assert (refused.status_code, codes(refused)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("accept", [MODERN, JSON])
async def test_what_fails_while_it_is_executed_is_an_answer(api: Api, accept: str) -> None:
    response = await post(api, orjson.dumps({"query": '{ workspace(id: "x") { id } }'}), accept=accept)
    assert (response.status_code, response.json()["data"]) == (200, {"workspace": None})


@pytest.mark.parametrize("accept", [MODERN, JSON])
async def test_bad_credentials_name_their_scheme(api: Api, accept: str) -> None:
    response = await post(api, accept=accept, authorization="Bearer nonsense")
    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (Unauthenticated("x"), 401, ((b"www-authenticate", b"Bearer"),)),
        (Forbidden("x"), 403, ()),
        (PayloadTooLarge("x"), 413, ()),
        (RateLimited("x"), 429, ()),
        (Unavailable("x"), 503, ((b"retry-after", b"1"),)),
        (BadRequest("x"), 400, ()),
        (QueryTooComplex("x"), 400, ()),
    ],
)
def test_a_failure_before_the_execution_has_a_status(error: DomainError, status: int, headers: tuple[Any, ...]) -> None:
    assert (status_of(error), status_of_code(error.code), headers_of(error)) == (status, status, headers)


# --- GET ---


async def test_a_get_queries(api: Api) -> None:
    query = "query A($a: Boolean!) { me @include(if: $a) { id } } query B { __typename }"
    parameters = {"query": query, "variables": '{"a":true}', "operationName": "A", "extensions": "{}"}
    assert (await api.http.get("/graphql", params=parameters)).content == ANSWER
    assert (
        await api.http.get("/graphql", params={"query": ME, "variables": "", "operationName": ""})
    ).content == ANSWER


async def test_a_head_has_the_status_of_a_get(api: Api) -> None:
    response = await api.http.head("/graphql", params={"query": ME})
    assert (response.status_code, response.headers["content-length"]) == (200, str(len(ANSWER)))


@pytest.mark.parametrize("name", ["", "M"])
async def test_a_get_changes_nothing_whatever_else_the_document_has(api: Api, name: str) -> None:
    document = 'mutation M { createWorkspace(input: {name: "x"}) { workspace { id } } }'
    document += " query Q { me { id } }" if name else ""
    response = await api.http.get("/graphql", params={"query": document, "operationName": name})
    assert (response.status_code, codes(response), response.headers["allow"]) == (405, ["BAD_REQUEST"], "POST")


@pytest.mark.parametrize(
    "query_string",
    ["", "query=", "query=%20", f"query={quote(ME)}&query={quote(ME)}", "query=%ff", "query=%ed%a0%80", "variables={}",
     f"query={quote(ME)}&variables=%7B", f"query={quote(ME)}&variables=[]", f"query={quote(ME)}&extensions=1",
     f"query={quote(ME)}" + "&x=" * 60],
)  # fmt: skip
async def test_parameters_that_are_no_request_are_refused(api: Api, query_string: str) -> None:
    response = await api.http.get(f"/graphql?{query_string}", headers={"accept": JSON})
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


async def test_bodies_of_random_bytes_are_bad_requests(api: Api) -> None:
    seeds: list[Any] = [b"\x00" * n + bytes(range(256))[n : n * 7] for n in range(1, 36)]
    found = await asyncio.gather(*(post(api, body) for body in seeds))
    assert {(each.status_code, *codes(each)) for each in found} == {(400, "BAD_REQUEST")}


async def test_errors_have_their_places_in_documents_of_several_lines_also_when_those_are_known(api: Api) -> None:
    person = await api.register()
    document = """# a comment
query Several {
  me { id }  # another
  first: node(
    id: \"""
      of several
      lines
    \"""
  ) { id }
    second: node(id: "no id") { ...Ids }
}
fragment Ids on Node { id }
"""
    for _ in range(2):
        errors = (await api.execute(document, as_=person)).errors
        assert [(error["path"], error["locations"]) for error in errors] == [
            (["first"], [{"line": 4, "column": 3}]),
            (["second"], [{"line": 10, "column": 5}]),
        ]
