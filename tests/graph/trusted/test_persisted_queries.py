"""Automatic persisted queries: a document is sent once, with its hash, and named by that from then on."""

from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import orjson
import pytest

from graph.execution import documents, engine
from graph.trusted.persisted import ENTRY_BYTES, PersistedDocuments
from graph.trusted.registered import sha256_of
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.sockets import opened, served

ME = "query Me { me { email } }"
BOTH = "query A { me { id } } query B { me { email } }"
NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}


def persisted(text: str, **more: Any) -> dict[str, Any]:
    """The members of a request that names a document, and no document."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(text)}}, **more}


async def post(api: Api, members: dict[str, Any], **headers: str) -> httpx.Response:
    return await api.http.post("/graphql", json=members, headers=headers)


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_document_is_asked_for_once_and_then_named(api: Api, accept: str) -> None:
    unknown = await post(api, persisted(ME), accept=accept)
    sent = await post(api, persisted(ME, query=ME), accept=accept)
    named = await post(api, persisted(ME), accept=accept)

    assert (unknown.status_code, unknown.json()) == (400, {"errors": [NOT_FOUND]})
    assert [(each.status_code, each.json()) for each in (sent, named)] == [(200, {"data": {"me": None}})] * 2


async def test_a_named_document_is_neither_read_nor_planned_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever names it: its text is the key of all that is kept of it."""
    done = []

    def note(module: ModuleType, name: str) -> None:
        of = getattr(module, name)

        def noted(*given: Any) -> Any:
            done.append(name)
            return of(*given)

        monkeypatch.setattr(module, name, noted)

    text = f"query Me{uuid4().hex} {{ me {{ email }} }}"  # which no test of this process has sent
    note(documents, "parse_bounded")
    note(engine, "plan_operation")
    extensions = quote(orjson.dumps(persisted(text)["extensions"]))

    await post(api, persisted(text, query=text))
    answers = [
        await post(api, {"query": text}),
        await post(api, persisted(text)),
        await api.http.get(f"/graphql?extensions={extensions}"),
        await api.http.get(f"/graphql?documentId=sha256:{sha256_of(text)}"),
    ]

    assert [each.json() for each in answers] == [{"data": {"me": None}}] * 4
    assert done == ["parse_bounded", "plan_operation"]


async def test_a_named_document_takes_variables_and_an_operation_name(api: Api) -> None:
    person = await api.register()
    token = {"authorization": f"Bearer {person.access_token}"}
    await post(api, persisted(BOTH, query=BOTH, operationName="A"))

    named = await post(api, persisted(BOTH, operationName="B", variables={}), **token)

    assert named.json() == {"data": {"me": {"email": person.email}}}


async def test_a_get_names_a_document_by_its_hash(api: Api) -> None:
    await post(api, persisted(ME, query=ME))
    extensions = quote(orjson.dumps(persisted(ME)["extensions"]))

    by_hash = await api.http.get(f"/graphql?extensions={extensions}", headers={"accept": "text/html, */*"})
    by_id = await api.http.get(f"/graphql?documentId=sha256:{sha256_of(ME)}")

    assert [by_hash.json(), by_id.json()] == [{"data": {"me": None}}] * 2


async def test_a_hash_may_say_what_hash_it_is(api: Api) -> None:
    labelled = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": f"sha256:{sha256_of(ME)}"}}}

    sent = await post(api, {**labelled, "query": ME})
    named = [await post(api, labelled), await post(api, persisted(ME))]

    assert [each.json() for each in (sent, *named)] == [{"data": {"me": None}}] * 3


async def test_a_get_of_a_persisted_mutation_is_refused(api: Api) -> None:
    mutation = 'mutation { login(input: {email: "a@example.com", password: "x"}) { accessToken } }'
    await post(api, persisted(mutation, query=mutation))

    response = await api.http.get(f"/graphql?documentId={sha256_of(mutation)}")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_document_of_another_hash_is_refused_and_not_kept(api: Api) -> None:
    wrong = await post(api, persisted(BOTH, query=ME))
    after = await post(api, persisted(BOTH))

    assert wrong.status_code == 400
    assert wrong.json()["errors"][0] == {
        "message": "The document that was sent has another hash (provided sha does not match query).",
        "extensions": {"code": "BAD_REQUEST"},
    }
    assert after.json() == {"errors": [NOT_FOUND]}


@pytest.mark.parametrize("text", ["{ nothing }", "{ me {", "# " + "x" * 100])
async def test_a_document_that_cannot_run_is_not_kept(api: Api, text: str) -> None:
    sent = await post(api, persisted(text, query=text))
    named = await post(api, persisted(text))

    assert sent.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert named.json() == {"errors": [NOT_FOUND]}


@pytest.mark.parametrize(
    "members",
    [
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a"}}},
        {"extensions": {"persistedQuery": {"version": True, "sha256Hash": "a"}}},
        {"extensions": {"persistedQuery": {"sha256Hash": "a"}}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ""}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "a" * 201}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ["a"]}}},
        {"extensions": {"persistedQuery": "a"}},
        {"documentId": 1},
        {"documentId": ""},
        persisted(ME, documentId="another"),
    ],
)
async def test_a_malformed_reference_is_a_bad_request(api: Api, members: dict[str, Any]) -> None:
    response = await post(api, members)

    assert response.status_code == 400
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["BAD_REQUEST"]


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


async def test_a_socket_names_documents_too(address: str) -> None:
    async with opened(address) as socket:
        await socket.initialise()
        for id, payload in (("1", persisted(ME)), ("2", persisted(ME, query=ME)), ("3", persisted(ME, query=None))):
            await socket.send({"id": id, "type": "subscribe", "payload": payload})
            messages = [await socket.receive()]
            if messages[0]["type"] == "next":
                messages.append(await socket.receive())
            if id == "1":
                assert messages == [{"id": "1", "type": "error", "payload": [NOT_FOUND]}]
            else:
                assert messages[0]["payload"] == {"data": {"me": None}}


async def test_a_malformed_reference_closes_a_socket_as_any_malformed_message(address: str) -> None:
    async with opened(address) as socket:
        await socket.initialise()
        await socket.send({"id": "1", "type": "subscribe", "payload": {"documentId": 7}})

        assert await socket.closed() == (
            4400,
            "Invalid message: 'documentId' must be a string of 1 to 200 characters.",
        )


async def test_event_streams_name_documents_too(api: Api) -> None:
    await post(api, persisted(ME, query=ME))

    response = await post(api, persisted(ME), accept="text/event-stream")

    assert 'data: {"data":{"me":null}}' in response.text


async def test_documents_are_kept_within_bounds_and_the_unused_ones_make_room(
    settings: Settings, services: Services
) -> None:
    texts = ["{ a: me { id } }", "{ b: me { id } }", "{ c: me { id } }"]
    room = 2 * (len(texts[0]) + ENTRY_BYTES)
    app = create_app(settings.model_copy(update={"max_persisted_bytes": room}), services)
    async with client_of(app) as http:
        api = Api(http, services)
        for text in texts[:2]:
            await post(api, persisted(text, query=text))
        await post(api, persisted(texts[0]))
        await post(api, persisted(texts[2], query=texts[2]))
        found = ["data" in (await post(api, persisted(text))).json() for text in texts]

    assert found == [True, False, True]


def test_a_document_larger_than_the_store_is_not_kept_and_takes_no_room() -> None:
    store = PersistedDocuments(ENTRY_BYTES + 10)

    store.keep("small", "{ me }")
    store.keep("small", "{ me }")
    assert store.bytes_held == ENTRY_BYTES + 6
    store.keep("large", "é" * 6)

    assert (store.get("small"), store.get("large"), store.bytes_held) == (None, None, 0)
