"""A client of our server, for what must be there before anything is measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from bench.dataset import FIELDS

_REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }"
_WORKSPACE = "mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }"
_BASE = "mutation ($input: CreateBaseInput!) { createBase(input: $input) { base { id } } }"
_MEMBER = "mutation ($input: CreateWorkspaceMemberInput!) { createWorkspaceMember(input: $input) { __typename } }"
_TABLE = "mutation ($input: CreateTableInput!) { createTable(input: $input) { table { id fields { name options } } } }"

PASSWORD = "correct horse battery staple"


def address_of(number: int) -> str:
    """The e-mail address of one of the people of `make_people`."""
    return f"person{number}@example.com"


@dataclass(frozen=True, slots=True)
class MadeTable:
    """A table of the API; `choices` maps the names of the select's choices to their ids."""

    id: UUID
    choices: Mapping[str, str]


class Api:
    """A signed-in user."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self.token = self._register("bench@example.com")
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        made = self.execute(_WORKSPACE, {"name": "Bench"})
        self.workspace_id: str = made["createWorkspace"]["workspace"]["id"]
        self.base_id = self.make_base("Bench")

    def execute(self, document: str, input: Mapping[str, Any]) -> Any:
        """The data of an operation with one input."""
        return self.ask(document, {"input": input})

    def ask(self, document: str, variables: Mapping[str, Any]) -> Any:
        """The data of any operation; raises `RuntimeError` for errors."""
        answer = self._http.post("/graphql", json={"query": document, "variables": variables}).json()
        if "errors" in answer:
            raise RuntimeError(str(answer["errors"]))
        return answer["data"]

    def make_people(self, count: int) -> Sequence[str]:
        """The access tokens of so many new members of the workspace, who may write there."""
        addresses = [address_of(number) for number in range(count)]
        tokens = [self._register(address) for address in addresses]
        for address in addresses:
            self.execute(_MEMBER, {"workspaceId": self.workspace_id, "role": "EDITOR", "email": address})
        return tokens

    def _register(self, email: str) -> str:
        person = {"email": email, "password": PASSWORD}
        token: str = self.execute(_REGISTER, person)["register"]["accessToken"]
        return token

    def make_base(self, name: str) -> str:
        """The id of a new base."""
        made = self.execute(_BASE, {"workspaceId": self.workspace_id, "name": name})
        id: str = made["createBase"]["base"]["id"]
        return id

    def make_table(self, name: str, base_id: str | None = None) -> MadeTable:
        """A new table with the fields of the data set, in the first base unless another one is named."""
        given = {"baseId": base_id or self.base_id, "name": name, "fields": FIELDS}
        made = self.execute(_TABLE, given)["createTable"]["table"]
        options = next(field["options"] for field in made["fields"] if field["name"] == "Status")
        return MadeTable(UUID(made["id"]), {choice["name"]: choice["id"] for choice in options["choices"]})
