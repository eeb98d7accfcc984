"""Companies and people, linked, and calls of `transact` on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.graph.relations.conftest import World, make_world
from tests.support.api import Api, Person, Result
from tests.support.records import Records

ANSWER = (
    "results { records { id revision fields } createdIds updatedIds deletedIds } tempIds { tempId id } isDryRun"
    " mutationId eventCursor"
)
Operation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of `transact` as the owner of the world."""

    world: World

    async def send(
        self, *operations: Operation, selection: str = ANSWER, as_: Person | None = None, **more: Any
    ) -> Result:
        """The answer to a call."""
        document = f"mutation ($input: TransactInput!) {{ transact(input: $input) {{ {selection} }} }}"
        given = {"input": {"operations": list(operations), **more}}
        return await self.world.api.execute(document, given, as_=as_ or self.world.owner)

    async def done(self, *operations: Operation, **more: Any) -> Any:
        """The payload of a call that succeeds."""
        return (await self.send(*operations, **more)).ok["transact"]


def create(records: Records, *rows: Mapping[str, Any], **more: Any) -> Operation:
    """A create; a row's key `$` is its temporary id."""
    return {"create": {"tableId": records.table.id, "records": [_record(row) for row in rows], **more}}


def upsert(records: Records, merge_on: str, *rows: Mapping[str, Any], **more: Any) -> Operation:
    """An upsert on one field; rows as in `create`."""
    sent = [_record(row) for row in rows]
    return {"upsert": {"tableId": records.table.id, "mergeOn": [merge_on], "records": sent, **more}}


def update(records: Records, id: str, fields: Mapping[str, Any], **more: Any) -> Operation:
    """A change of one record."""
    return {"update": {"tableId": records.table.id, "records": [{"id": id, "fields": fields, **more}]}}


def delete(records: Records, *ids: str) -> Operation:
    """A delete."""
    return {"delete": {"tableId": records.table.id, "ids": list(ids)}}


def temp(name: str) -> Mapping[str, str]:
    """A record of the call in the value of a link."""
    return {"tempId": name}


def _record(row: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = {key: value for key, value in row.items() if key != "$"}
    return {"fields": fields, "tempId": row.get("$")}


@pytest.fixture
async def calls(api: Api) -> Calls:
    """Calls on people of whom each works for several companies."""
    return Calls(await make_world(api, allow_multiple=True))


@pytest.fixture
async def singles(api: Api) -> Calls:
    """Calls on people of whom each works for one company."""
    return Calls(await make_world(api))
