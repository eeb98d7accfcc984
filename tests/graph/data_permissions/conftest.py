"""Companies and the people who work there, and an editor of their workspace whose role differs in places."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.graph.data_permissions.board import Board, make_board
from tests.graph.relations.conftest import World, make_world
from tests.support.api import Api, Person, Result
from tests.support.catalog import add_member, mutate

OVERRIDE = "roleOverride { user { id } baseId tableId viewId role }"


@dataclass(frozen=True)
class Office:
    """The world, with an editor; `acme` is a company, and `ann` and `bob` are people, the first of whom works there.

    People show of companies: `Company` links to them, `City` looks up where they are, `Place` is a formula of it.
    """

    api: Api
    world: World
    editor: Person
    membership: str
    acme: str
    ann: str
    bob: str

    @property
    def owner(self) -> Person:
        """The owner of the workspace."""
        return self.world.owner

    @property
    def companies(self) -> UUID:
        """Id of the table."""
        return self.world.companies.table.id

    @property
    def people(self) -> UUID:
        """Id of the table."""
        return self.world.people.table.id

    @property
    def base(self) -> UUID:
        """Id of the base."""
        return self.world.people.table.base_id

    async def override(self, role: str | None, *, as_: Person | None = None, **place: Any) -> Result:
        """Run setRoleOverride for the editor; in the companies' table where no place is given."""
        given = {"userId": self.editor.id, "role": role, **(place or {"tableId": self.companies})}
        return await mutate(self.api, "setRoleOverride", OVERRIDE, given, as_=as_ or self.owner)

    async def hide(self, **place: Any) -> None:
        """Hide a place from the editor; the companies' table where none is given."""
        (await self.override("NONE", **place)).ok  # noqa: B018

    async def limit(self, field: str, *, as_: Person | None = None, **roles: str | None) -> Result:
        """Run setFieldPermission, for a field by its id; `roles` are the ones `read` and `write`."""
        given = {"fieldId": field, **roles}
        selection = "fieldPermission { fieldId tableId read write field { name } }"
        return await mutate(self.api, "setFieldPermission", selection, given, as_=as_ or self.owner)

    async def city(self) -> str:
        """The id of `City` of companies, which admins alone read from now on."""
        field = str(self.world.companies.table.fields["City"])
        (await self.limit(field, read="ADMIN")).ok  # noqa: B018
        return field

    async def age(self) -> str:
        """The id of `Age` of people, which admins alone write from now on."""
        field = str(self.world.people.table.fields["Age"])
        (await self.limit(field, write="ADMIN")).ok  # noqa: B018
        return field

    async def link(self, **roles: str | None) -> str:
        """The id of `Company` of people, which is limited from now on."""
        field = await self.world.id_of(self.world.people, "Company")
        (await self.limit(field, **roles)).ok  # noqa: B018
        return field

    async def change(self, mutation: str, selection: str, **given: Any) -> Result:
        """Run a mutation as the editor."""
        return await mutate(self.api, mutation, selection, given, as_=self.editor)

    async def ask(self, query: str, **variables: Any) -> Result:
        """The editor's query; the types of variables are those of ids."""
        declared = ", ".join(f"${name}: ID!" for name in variables)
        document = f"query ({declared}) {{ {query} }}" if variables else f"{{ {query} }}"
        return await self.api.execute(document, variables, as_=self.editor)


@pytest.fixture
async def office(api: Api) -> Office:
    """The office."""
    world = await make_world(api)
    city = {"linked_field_id": await world.id_of(world.people, "Company")}
    city["lookup_field_id"] = await world.id_of(world.companies, "City")
    (await world.add_field(world.people, "City", "LOOKUP", city)).ok  # noqa: B018
    (await world.add_field(world.people, "Place", "FORMULA", {"formula": "{City} & '!'"})).ok  # noqa: B018
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    ann, bob = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Bob"})
    editor = await api.register()
    membership = await add_member(api, world.owner, world.people.table.workspace_id, editor, "EDITOR")
    return Office(api, world, editor, membership, acme, ann, bob)


@pytest.fixture
async def board(api: Api) -> Board:
    """The board of tasks."""
    return await make_board(api)
