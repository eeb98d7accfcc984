"""`@graphql-codegen` with its client preset, as frontends use it: types and documents that TypeScript and we accept."""

from pathlib import Path
from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.clients import running
from tests.support.codegen import Project
from tests.support.program import Tablegraph
from tests.support.sockets import served

DOCUMENTS = "src/gql/persisted-documents.json"
EMAIL = "me@example.com"

BOLT = f'Bolt@3 {{"Price":0.4,"Status":"Ordered"}} by {EMAIL}'
NUT = f'Nut@2 {{"Price":0.2,"Status":null}} by {EMAIL}'
PIN = f'Pin@1 {{"Price":9,"Status":null}} by {EMAIL}'
NEW_BOLT = f'Bolt@1 {{"Price":0.35,"Status":null}} by {EMAIL}'
NEW_NUT = f'Nut@1 {{"Price":0.1,"Status":null}} by {EMAIL}'
WASHER = f'Washer@1 {{"Price":null,"Status":null}} by {EMAIL}'

PRINTED: list[dict[str, Any]] = [
    {"me": EMAIL},
    {"columns": ["Name: TEXT", "Price: NUMBER", "Status: SINGLE_SELECT"]},
    {"created": NEW_BOLT},
    {"created": [NEW_NUT, WASHER]},
    {"updated": f'Bolt@2 {{"Price":0.35,"Status":"Ordered"}} by {EMAIL}'},
    {"updated": [BOLT]},
    {"upserted": [NUT, PIN], "created": 1},
    {"deleted": 1},
    {"page": [PIN, BOLT], "totalCount": 3},
    {"page": [NUT], "totalCount": 3},
    {"roles": [f"{EMAIL}: OWNER"], "tables": [[PIN, BOLT]]},
    {"node": BOLT},
    {"event": "CREATED", "record": NEW_BOLT, "fields": ["Name", "Price"]},
    {"event": "CREATED", "record": NEW_NUT, "fields": ["Name", "Price"]},
    {"event": "CREATED", "record": WASHER, "fields": ["Name"]},
    {"live": "SNAPSHOT", "page": [PIN], "of": 3},
    {"presence": "STATE", "who": [EMAIL]},
    {"schema": "CREATED TABLE", "table": "Orders"},
]


@pytest.fixture(scope="module")
async def generated(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A frontend, whose code is generated from `schema.graphql`; tests that write in it take `project`."""
    project = Project.of("client-preset", tmp_path_factory.mktemp("client-preset") / "frontend")
    await project.run("graphql-codegen")
    return project


@pytest.fixture
def project(generated: Project, tmp_path: Path) -> Project:
    """A copy of that frontend."""
    return generated.copied(tmp_path / "frontend")


async def test_a_typed_program_runs_by_the_hashes_of_its_documents(
    project: Project, settings: Settings, services: Services, api: Api
) -> None:
    person = await api.register(EMAIL)
    await project.run("tsc")
    registered = {"documents": "registered", "documents_path": project.folder / DOCUMENTS}

    async with served(settings.model_copy(update=registered), services) as address:
        program = str(project.folder / "dist" / "main.js")
        async with running(program, url=f"http://{address}/graphql", token=person.access_token) as client:
            printed = await client.rest()

    assert printed == PRINTED


async def test_every_persisted_document_can_be_run(generated: Project, tablegraph: Tablegraph) -> None:
    checked = tablegraph("check-documents", str(generated.folder / DOCUMENTS))

    assert (checked.status, checked.output) == (0, "right  17 documents\n")


async def test_a_program_that_sends_a_wrong_type_does_not_compile(project: Project) -> None:
    program = project.folder / "src" / "main.ts"
    program.write_text(program.read_text().replace("ifRevision: 1", "ifRevision: 'one'"))

    with pytest.raises(AssertionError, match="Type 'string' is not assignable to type 'number'"):
        await project.run("tsc", "--noEmit")


async def test_the_served_schema_generates_the_same(
    generated: Project, settings: Settings, services: Services, tmp_path: Path
) -> None:
    other = Project.of("client-preset", tmp_path / "other")

    async with served(settings, services) as address:
        await other.run("graphql-codegen", SCHEMA=f"http://{address}/graphql")

    assert other.files("src/gql") == generated.files("src/gql")
