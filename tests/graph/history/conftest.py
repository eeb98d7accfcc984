"""A table with a few fields, and the calls that history, trash and undo are about."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.database import Database
from tests.authorization.snapshot import Snapshot, snapshot
from tests.graph.records.conftest import FIELDS
from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The empty table."""
    return await make_table(api, [*FIELDS, {"name": "Number", "type": "AUTONUMBER"}])


@pytest.fixture
def records(api: Api, table: MadeTable) -> Records:
    """The records of the table, through the API."""
    return Records(api, table)


WRITTEN = "mutationId records { id revision fields }"
RESTORED = "mutationId restoredIds records { id revision fields createdAt updatedAt }"
UNDONE = "mutationId restoredIds updatedIds deletedIds"


class Trash:
    """Deleted records of a table, and what is undone; each as the table's owner unless told otherwise."""

    def __init__(self, api: Api, table: MadeTable) -> None:
        self.api = api
        self.table = table

    async def change(self, mutation: str, *, as_: Person | None = None, **given: Any) -> str:
        """Run a mutation of records; its mutation id."""
        by = as_ or self.table.owner
        result = await mutate(self.api, mutation, "mutationId", {"tableId": self.table.id, **given}, as_=by)
        return result.ok[mutation]["mutationId"]

    async def create(self, *records: dict[str, Any], as_: Person | None = None) -> tuple[list[str], str]:
        """Ids of new records, and the mutation id."""
        by = as_ or self.table.owner
        given = {"tableId": self.table.id, "records": records}
        made = (await mutate(self.api, "createRecords", WRITTEN, given, as_=by)).ok["createRecords"]
        return [record["id"] for record in made["records"]], made["mutationId"]

    async def update(self, id: str, fields: dict[str, Any], *, as_: Person | None = None) -> str:
        """Change a record; the mutation id."""
        return await self.change("updateRecords", records=[{"id": id, "fields": fields}], as_=as_)

    async def delete(self, *ids: str, as_: Person | None = None) -> str:
        """Delete records; the mutation id."""
        return await self.change("deleteRecords", ids=ids, as_=as_)

    async def restore(self, *ids: str, as_: Person | None = None, selection: str = RESTORED) -> Result:
        """restoreRecords."""
        given = {"tableId": self.table.id, "ids": ids}
        return await mutate(self.api, "restoreRecords", selection, given, as_=as_ or self.table.owner)

    async def undo(self, mutation_id: str, *, as_: Person | None = None) -> Result:
        """undo."""
        return await mutate(self.api, "undo", UNDONE, {"mutationId": mutation_id}, as_=as_ or self.table.owner)

    async def deleted(
        self, selection: str = "nodes { record { id } }", *, as_: Person | None = None, **arguments: Any
    ) -> Result:
        """deletedRecords."""
        document = f"""
            query ($table: ID!, $first: Int, $after: String) {{
              deletedRecords(tableId: $table, first: $first, after: $after) {{ {selection} }}
            }}
        """
        return await self.api.execute(document, {"table": self.table.id, **arguments}, as_=as_ or self.table.owner)

    async def deleted_ids(self) -> list[str]:
        """Ids of the deleted records that can be restored, the last deleted first."""
        return [node["record"]["id"] for node in (await self.deleted()).ok["deletedRecords"]["nodes"]]


@pytest.fixture
def trash(api: Api, table: MadeTable) -> Trash:
    """The deleted records of the table."""
    return Trash(api, table)


@pytest.fixture
def state(database: Database) -> Callable[[], Awaitable[Snapshot]]:
    """`await state()` is all that the database holds, to compare with another moment."""
    return lambda: snapshot(database)
