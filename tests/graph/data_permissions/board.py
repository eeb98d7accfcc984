"""A board of tasks that members own, and members of each role whose records policies limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.api import Api, Person, Result
from tests.support.catalog import add_member, mutate
from tests.support.tables import MadeTable, create_records, make_table

POLICY = "recordPolicy { id tableId name roles applies filter error }"
MINE: Mapping[str, Any] = {"field": "Owner", "operator": "EQ", "value": {"me": True}}
"""The filter of a policy: that the record is the caller's."""
FIELDS = (
    {"name": "Name", "type": "TEXT"},
    {"name": "Owner", "type": "USER"},
    {"name": "Done", "type": "CHECKBOX"},
    {"name": "Points", "type": "NUMBER"},
)


@dataclass(frozen=True)
class Board:
    """The table with two editors and a viewer; `tasks` maps names to ids: `a1` and `a2` are ann's, `b1` is bob's."""

    api: Api
    table: MadeTable
    ann: Person
    bob: Person
    eve: Person
    memberships: Mapping[str, str]
    tasks: Mapping[str, str]

    @property
    def owner(self) -> Person:
        """The owner of the workspace."""
        return self.table.owner

    async def policy(self, filter: Mapping[str, Any] = MINE, *, as_: Person | None = None, **more: Any) -> Result:
        """Run createRecordPolicy; for editors, about reading and writing, where nothing else is said."""
        given = {"tableId": self.table.id, "name": "P", "roles": ["EDITOR"], "applies": "BOTH", "filter": filter}
        return await mutate(self.api, "createRecordPolicy", POLICY, {**given, **more}, as_=as_ or self.owner)

    async def limit(self, filter: Mapping[str, Any] = MINE, **more: Any) -> str:
        """Id of a new policy."""
        return (await self.policy(filter, **more)).ok["createRecordPolicy"]["recordPolicy"]["id"]

    async def ask(self, query: str, *, as_: Person | None = None, **variables: Any) -> Result:
        """A query of ann's; the types of variables are those of ids."""
        declared = ", ".join(f"${name}: ID!" for name in variables)
        document = f"query ({declared}) {{ {query} }}" if variables else f"{{ {query} }}"
        return await self.api.execute(document, variables, as_=as_ or self.ann)

    async def change(
        self, mutation: str, selection: str = "__typename", *, as_: Person | None = None, **given: Any
    ) -> Result:
        """A mutation of ann's."""
        return await mutate(self.api, mutation, selection, given, as_=as_ or self.ann)

    async def names(self, as_: Person | None = None, arguments: str = "") -> list[str]:
        """The names of the tasks that somebody reads, in order."""
        query = f"records(tableId: $id{arguments}) {{ nodes {{ fields }} }}"
        found = await self.ask(query, as_=as_ or self.ann, id=self.table.id)
        return [node["fields"]["Name"] for node in found.ok["records"]["nodes"]]

    async def add(self, *records: Mapping[str, Any]) -> Sequence[str]:
        """Ids of new tasks."""
        return await create_records(self.api, self.table, records)


async def make_board(api: Api) -> Board:
    """The board."""
    table = await make_table(api, FIELDS)
    people = [await api.register() for _ in range(3)]
    roles = ("EDITOR", "EDITOR", "VIEWER")
    members = {
        person.id: await add_member(api, table.owner, table.workspace_id, person, role)
        for person, role in zip(people, roles, strict=True)
    }
    ann, bob, eve = people
    tasks = [
        {"Name": "a1", "Owner": ann.id, "Points": 1},
        {"Name": "b1", "Owner": bob.id, "Points": 10},
        {"Name": "a2", "Owner": ann.id, "Points": 2, "Done": True},
        {"Name": "n1", "Points": 100},
    ]
    ids = await create_records(api, table, tasks)
    names = [str(task["Name"]) for task in tasks]
    return Board(api, table, ann, bob, eve, members, dict(zip(names, ids, strict=True)))
