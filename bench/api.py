"""A client of our server, for what must be there before anything is measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from bench.dataset import FIELDS

_REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }"
_WORKSPACE = "mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }"
_BASE = "mutation ($input: CreateBaseInput!) { createBase(input: $input) { base { id } } }"
_TABLE = "mutation ($input: CreateTableInput!) { createTable(input: $input) { table { id fields { name options } } } }"


@dataclass(frozen=True, slots=True)
class MadeTable:
    """A table of the API; `choices` maps the names of the select's choices to their ids."""

    id: UUID
    choices: Mapping[str, str]


class Api:
    """A signed-in user."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        person = {"email": "bench@example.com", "password": "correct horse battery staple"}
        self.token: str = self.execute(_REGISTER, person)["register"]["accessToken"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        made = self.execute(_WORKSPACE, {"name": "Bench"})
        self.workspace_id: str = made["createWorkspace"]["workspace"]["id"]
        made = self.execute(_BASE, {"workspaceId": self.workspace_id, "name": "Bench"})
        self.base_id: str = made["createBase"]["base"]["id"]

    def execute(self, document: str, input: Mapping[str, Any]) -> Any:
        """The data of an operation with one input."""
        answer = self._http.post("/graphql", json={"query": document, "variables": {"input": input}}).json()
        if "errors" in answer:
            raise RuntimeError(str(answer["errors"]))
        return answer["data"]

    def make_table(self, name: str) -> MadeTable:
        """A new table with the fields of the data set."""
        made = self.execute(_TABLE, {"baseId": self.base_id, "name": name, "fields": FIELDS})["createTable"]["table"]
        options = next(field["options"] for field in made["fields"] if field["name"] == "Status")
        return MadeTable(UUID(made["id"]), {choice["name"]: choice["id"] for choice in options["choices"]})
