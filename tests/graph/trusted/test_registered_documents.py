"""Registered documents: the files that builds write, and a server that runs nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from graph.trusted.registered import RegisteredDocumentsInvalid, read_registered, sha256_of
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.sockets import opened, served

ME = "query Me { me { email } }"
OTHER = "query Me { me { id } }"
NONE_OF_THEM = "This server runs registered documents only, and this is none of them."


def written(path: Path, content: Any) -> Path:
    path.write_bytes(orjson.dumps(content))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as `@graphql-codegen` writes it with an algorithm of one's own: the id is no SHA-256."""
    return written(tmp_path / "documents.json", {"me-1": ME})


@pytest.fixture
def registered(settings: Settings, file: Path) -> Settings:
    return settings.model_copy(update={"documents": "registered", "documents_path": file})


@pytest.fixture
async def api(registered: Settings, services: Services) -> AsyncIterator[Api]:
    """A client of a server that runs what is registered."""
    async with client_of(create_app(registered, services)) as http:
        yield Api(http, services)


@pytest.mark.parametrize(
    "members",
    [
        {"documentId": "me-1"},
        {"documentId": f"sha256:{sha256_of(ME)}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "me-1"}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(ME)}}},
        {"query": ME},
        {"query": ME, "documentId": "me-1"},
        {"query": ME, "documentId": sha256_of(ME)},
    ],
)
async def test_a_registered_document_runs_by_each_of_its_names(api: Api, members: dict[str, Any]) -> None:
    response = await api.http.post("/graphql", json=members)

    assert (response.status_code, response.json()) == (200, {"data": {"me": None}})


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"query": OTHER}, "FORBIDDEN"),
        ({"query": ME + " "}, "FORBIDDEN"),
        ({"query": "{ __schema { types { name } } }"}, "FORBIDDEN"),
        ({"query": OTHER, "documentId": "me-1"}, "FORBIDDEN"),
        (
            {"query": OTHER, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(OTHER)}}},
            "FORBIDDEN",
        ),
        ({"query": ME, "documentId": sha256_of(OTHER)}, "BAD_REQUEST"),
        ({"documentId": "me-2"}, "PERSISTED_QUERY_NOT_FOUND"),
    ],
)
async def test_nothing_else_runs_and_nothing_is_persisted(api: Api, members: dict[str, Any], code: str) -> None:
    response = await api.http.post("/graphql", json=members)
    after = await api.http.post("/graphql", json={"documentId": sha256_of(OTHER)})

    assert response.status_code == (403 if code == "FORBIDDEN" else 400)
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]
    assert after.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_the_same_holds_for_gets_streams_and_sockets(api: Api, registered: Settings, services: Services) -> None:
    get = await api.http.get("/graphql", params={"query": OTHER})
    stream = await api.http.post("/graphql", json={"query": OTHER}, headers={"accept": "text/event-stream"})
    async with served(registered, services) as address, opened(address) as socket:
        await socket.initialise()
        refused = await socket.refusal(await socket.subscribe(OTHER))
        await socket.send({"id": "named", "type": "subscribe", "payload": {"documentId": "me-1"}})
        named = await socket.next("named")

    assert [get.json(), stream.json()] == [{"errors": [refused]}] * 2
    assert refused == {"message": NONE_OF_THEM, "extensions": {"code": "FORBIDDEN"}}
    assert named == {"me": None}


async def test_registered_documents_run_beside_all_others_too(
    settings: Settings, services: Services, file: Path
) -> None:
    app = create_app(settings.model_copy(update={"documents_path": file}), services)
    async with client_of(app) as http:
        answers = [
            (await http.post("/graphql", json=members)).json() for members in ({"documentId": "me-1"}, {"query": OTHER})
        ]

    assert answers == [{"data": {"me": None}}] * 2


def test_all_files_of_a_folder_are_read_and_apollo_s_manifest_too(tmp_path: Path) -> None:
    written(tmp_path / "relay.json", {"1": ME, "sha256:2": OTHER})
    operations = [{"id": "3", "name": "Me", "type": "query", "body": ME}]
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}
    written(tmp_path / "apollo.json", manifest)
    written(tmp_path / "notes.txt", "none")

    assert read_registered(tmp_path) == {"1": ME, "2": OTHER, "3": ME}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is not valid JSON"),
        (b"[]", "is no JSON object from ids to documents"),
        (b'{"a": 1}', "is no JSON object from ids to documents (see 'a')"),
        (b'{"": "{ me { id } }"}', "is no JSON object from ids to documents (see '')"),
        (b'{"format": "apollo-persisted-query-manifest"}', "is a manifest without a list of operations"),
        (b'{"1": "{ me { id } }", "sha256:1": "{ me { email } }"}', "has another document with the id '1'"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "documents.json"
    file.write_bytes(content)

    with pytest.raises(RegisteredDocumentsInvalid) as raised:
        read_registered(file)

    assert f"{file} {why}" in str(raised.value)


def test_no_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RegisteredDocumentsInvalid, match="cannot be read: No such file"):
        read_registered(tmp_path / "none.json")
    with pytest.raises(RegisteredDocumentsInvalid, match=r"has no \.json file"):
        read_registered(tmp_path)


def test_registered_only_needs_the_documents() -> None:
    with pytest.raises(ValidationError, match="must say where the registered documents are"):
        Settings(documents="registered")
