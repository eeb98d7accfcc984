"""Requests whose bodies are no requests: refused before anything is done."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.api import Api, Result, bearer
from tests.support.records import Records
from tests.support.refusals import refusal

State = Callable[[], Awaitable[object]]
CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }"


async def post(api: Api, records: Records, body: bytes) -> Result:
    headers = {"Content-Type": "application/json", **bearer(records.table.owner)}
    response = await api.http.post("/graphql", content=body, headers=headers)
    return Result(response.status_code, response.headers, response.json())


@pytest.mark.parametrize(
    "value", [r'"\ud800"', r'"\udc00 x"', r'{"\ud800": 1}', "NaN", "Infinity", "-Infinity", "01", "'x'"]
)
async def test_what_is_no_json_is_refused(records: Records, state: State, value: str) -> None:
    before = await state()
    variables = f'{{"input": {{"tableId": "{records.table.id}", "fields": {{"Name": {value}}}}}}}'
    result = await records.send(CREATE, variables)
    refusal(result, "BAD_REQUEST")
    assert result.status == 400
    assert await state() == before


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{", b"null", b"[]", b"1", b'"x"', b"{}", b'{"query": 1}', b'{"query": ""}', b'{"query": null}',
     b'{"query": "{ me { id } }", "variables": []}', b'{"query": "{ me { id } }", "variables": "x"}',
     b'{"query": "{ me { id } }", "operationName": 1}', b'{"query": "{ me { id } }", "extensions": 1}',
     b"\xff\xfe", b'{"query": "\xff"}', b"\x00", b'{"query": "{ me { id } }"} x'],
)  # fmt: skip
async def test_what_is_no_request_is_refused(api: Api, records: Records, body: bytes) -> None:
    result = await post(api, records, body)
    refusal(result, "BAD_REQUEST")
    assert result.status == 400


@pytest.mark.parametrize(
    "document",
    ["{", "x", "{ }", "query { records }", "mutation { createRecord }", "{ nothing }", "{ me { id } } { me { id } }",
     'mutation { createRecord(input: { tableId: "x", fields: { Name: "\\ud800" } }) { record { id } } }',
     "{ me { id } }\x00", "\ufeff\x01", "query ($a: Nothing) { me { id } }", "fragment A on User { id }"],
)  # fmt: skip
async def test_what_is_no_operation_is_refused(records: Records, document: str) -> None:
    result = await records.run(document)
    assert set(result.codes) == {"BAD_REQUEST"}
    assert result.status < 500


@pytest.mark.parametrize("input", [None, [], "x", 1, {}, {"tableId": None, "fields": {}}, {"fields": {}}, {"other": 1}])
async def test_an_input_of_another_shape_is_refused(records: Records, state: State, input: object) -> None:
    before = await state()
    result = await records.run(CREATE, {"input": input})
    assert set(result.codes) == {"BAD_REQUEST"}
    assert await state() == before


async def test_a_body_that_is_too_large_is_refused(api: Api, records: Records, state: State) -> None:
    before = await state()
    name = b"x" * (1 << 20)
    body = b'{"query": "%b", "variables": {"input": {"tableId": "%b", "fields": {"Name": "%b"}}}}' % (
        CREATE.encode(),
        str(records.table.id).encode(),
        name,
    )
    result = await post(api, records, body)
    assert result.status == 413
    refused = refusal(result, "PAYLOAD_TOO_LARGE")
    assert refused["message"] == f"The request body has {len(body)} bytes or more; at most {1 << 20} are taken."
    assert await state() == before


async def test_a_body_without_a_length_that_is_too_large_is_refused(api: Api, records: Records) -> None:
    async def chunks():
        for _ in range(9):
            yield b" " * (1 << 17)

    headers = {"Content-Type": "application/json", **bearer(records.table.owner)}
    response = await api.http.post("/graphql", content=chunks(), headers=headers)
    result = Result(response.status_code, response.headers, response.json())
    assert result.status == 413
    refusal(result, "PAYLOAD_TOO_LARGE")


async def test_a_query_by_get_cannot_write(api: Api, records: Records, state: State) -> None:
    before = await state()
    document = (
        f'mutation {{ createRecord(input: {{ tableId: "{records.table.id}", fields: {{}} }}) {{ eventCursor }} }}'
    )
    for accept in ("application/json", "application/graphql-response+json"):
        headers = {"Accept": accept, **bearer(records.table.owner)}
        response = await api.http.get("/graphql", params={"query": document}, headers=headers)
        refusal(Result(response.status_code, response.headers, response.json()), "BAD_REQUEST")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert await state() == before
