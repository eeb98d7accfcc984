"""`relay-compiler` over our schema: the ids, connections and arguments that Relay builds upon are there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from graph.trusted.registered import read_registered
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, Person, bearer, client_of
from tests.support.codegen import Project
from tests.support.program import Tablegraph
from tests.support.tables import create_records, make_table

FIELDS = [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}]
OPERATIONS = {
    *("PartListPaginationQuery", "PersonChipRefetchQuery", "TablePageQuery"),
    *("TablePageCreateMutation", "TablePageDeleteMutation", "TablePageEventsSubscription"),
}


@pytest.fixture(scope="module")
async def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A frontend with Relay, as it is compiled from `schema.graphql`."""
    project = Project.of("relay", tmp_path_factory.mktemp("relay") / "frontend")
    (project.folder / "persisted.json").write_text("{}")
    (project.folder / "printed.txt").write_text(await project.run("relay-compiler"))
    return project


def persisted(project: Project) -> dict[str, str]:
    """The ids of the documents by the names of their operations."""
    documents = read_registered(project.folder / "persisted.json")
    return {text.split("(")[0].split()[1]: id for id, text in documents.items()}


def test_everything_compiles_without_a_warning(project: Project) -> None:
    printed = (project.folder / "printed.txt").read_text()

    assert "Compilation completed" in printed
    assert [line for line in printed.splitlines() if "INFO" not in line] == []
    assert persisted(project).keys() == OPERATIONS
    assert {f"{name}.graphql.ts" for name in OPERATIONS} < project.files("src/__generated__").keys()


def test_every_persisted_document_can_be_run(project: Project, tablegraph: Tablegraph) -> None:
    checked = tablegraph("check-documents", str(project.folder / "persisted.json"))

    assert (checked.status, checked.output) == (0, "right  6 documents\n")


async def test_a_list_is_paged_and_an_object_fetched_again_by_the_ids_of_documents(
    project: Project, settings: Settings, services: Services, api: Api
) -> None:
    table = await make_table(api, FIELDS)
    await create_records(api, table, [{"Name": f"Part {number}", "Price": number} for number in range(4)])
    registered = {"documents": "registered", "documents_path": project.folder / "persisted.json"}
    given = {"id": str(table.id), "filter": {"field": "Price", "operator": "GT", "value": 0}}

    async with client_of(create_app(settings.model_copy(update=registered), services)) as http:
        relay = Relay(http, persisted(project), table.owner)
        first = (await relay.run("TablePageQuery", given))["node"]["records"]
        more = {**given, "count": 2, "cursor": first["pageInfo"]["endCursor"]}
        second = (await relay.run("PartListPaginationQuery", more))["node"]["records"]
        author = await relay.run("PersonChipRefetchQuery", {"id": str(table.owner.id)})

    assert [names(page) for page in (first, second)] == [["Part 1", "Part 2"], ["Part 3"]]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert (author["node"]["__typename"], author["node"]["email"]) == ("User", table.owner.email)


@dataclass(frozen=True)
class Relay:
    """Sends the ids of documents, as the network of an application with Relay does."""

    http: httpx.AsyncClient
    ids: Mapping[str, str]
    person: Person

    async def run(self, operation: str, variables: Mapping[str, Any]) -> Any:
        """The data of an answer that must have no errors."""
        members = {"documentId": self.ids[operation], "variables": variables}
        answer = (await self.http.post("/graphql", json=members, headers=bearer(self.person))).json()
        assert "errors" not in answer, answer
        return answer["data"]


def names(page: Mapping[str, Any]) -> list[str]:
    """What stands in the field Name of a page's records."""
    return [edge["node"]["fields"]["Name"] for edge in page["edges"]]
