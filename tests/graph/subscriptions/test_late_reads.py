"""A copy that is kept by the events of a filter, read batch by batch, of somebody whom policies limit."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from domain.accounts.viewer import Viewer
from domain.changes.cursor import EventCursor, read_cursor
from domain.changes.selection import RecordEventType
from domain.views.filters import read_filter_json
from resolvers.automations.reader import EVENT
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from resolvers.streams.record_events import RecordEventSelection
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.test_derived_events import cursor_of, world
from tests.graph.subscriptions.test_derived_replay import deep
from tests.support.api import Person
from tests.support.catalog import add_member, mutate
from tests.support.records import Records

__all__ = ["deep", "world"]


def leaf(field: str, operator: str, value: Any) -> dict[str, Any]:
    """A filter of one condition."""
    return {"field": field, "operator": operator, "value": value}


class LateCopy:
    """The records that match a filter, as a reader knows them who is never up to date."""

    def __init__(self, services: Services, records: Records, person: Person, filter: Any, cursor: str) -> None:
        self.services = services
        self.records = records
        self.person = person
        self.filter = filter
        self.cursor = read_cursor(cursor)
        self.ends: list[str] = []
        """Where looks ended that were not read yet."""
        self.rows: dict[str, Any] = {}
        self.told: list[tuple[str, str]] = []

    async def open(self) -> "LateCopy":
        """Have the rights of the reader found out."""
        filter = None if self.filter is None else read_filter_json(self.filter)
        selection = RecordEventSelection(UUID(str(self.records.table.id)), EVENT, filter, frozenset(RecordEventType))
        context = RequestContext(self.services, Viewer(UUID(str(self.person.id))), Client("late"))
        self.selection = await selection.for_caller(context)
        return self

    async def look(self) -> None:
        """See how far there is something to read, by now."""
        self.ends.append(read_cursor(await cursor_of(self.records)).since)

    async def read(self) -> None:
        """Read the next part of what a look has seen."""
        if self.cursor.until is None:
            self.cursor = EventCursor(self.cursor.since, self.ends.pop(0))
        batch = await self.selection.read(self.services, self.cursor)
        for event in batch.events:
            self.apply(orjson.loads(event.json))
        self.cursor = batch.cursor

    def apply(self, event: Any) -> None:
        """Take an event over; what is said again changes nothing."""
        self.told.append((event["recordId"], event["type"]))
        if event["type"] == "DELETED":
            self.rows.pop(event["recordId"], None)
        elif event["record"] is not None and (event["type"] == "CREATED" or event["recordId"] in self.rows):
            self.rows[event["recordId"]] = event["record"]["fields"]


async def limited(deep: World) -> Person:
    """Somebody who sees the people of an age that is not two."""
    editor = await deep.api.register()
    await add_member(deep.api, deep.owner, deep.people.table.workspace_id, editor, "EDITOR")
    policy = {"tableId": deep.people.table.id, "name": "P", "roles": ["EDITOR"], "applies": "READ"}
    policy["filter"] = {"not": leaf("Age", "EQ", 2)}
    assert (await mutate(deep.api, "createRecordPolicy", "__typename", policy, as_=deep.owner)).ok
    return editor


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_record_that_is_back_in_sight_by_now_is_created_again(
    deep: World, services: Services, *, is_deleted: bool
) -> None:
    editor = await limited(deep)
    [acme] = await deep.add(deep.companies, {"Name": "Acme", "City": "Oslo"})
    [ann] = await deep.add(deep.people, {"Name": "Ann", "Age": 1, "Company": acme})
    start = await cursor_of(deep.people)
    if is_deleted:
        assert (await deep.people.delete([ann])).ok
        given = {"tableId": deep.people.table.id, "ids": [ann]}
        assert (await mutate(deep.api, "restoreRecords", "restoredIds", given, as_=deep.owner)).ok
    else:
        assert (await deep.people.update(ann, {"Age": 2})).ok
        assert (await deep.people.update(ann, {"Age": 3})).ok
    copy = await LateCopy(services, deep.people, editor, leaf("Where", "EQ", "Oslo"), start).open()
    await copy.look()
    await copy.read()
    assert copy.told == [(ann, "DELETED"), (ann, "CREATED")]
    assert copy.rows.keys() == {ann}
