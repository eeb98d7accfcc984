"""Readers of events who are never up to date, and one whom policies limit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from domain.accounts.viewer import Viewer
from domain.changes.cursor import EventCursor, read_cursor
from domain.changes.selection import RecordEventType
from domain.views.filters import read_filter_json
from resolvers.automations.reader import EVENT
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from resolvers.streams.record_events import RecordEventSelection
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.test_derived_events import cursor_of
from tests.support.api import Person
from tests.support.catalog import add_member, mutate
from tests.support.records import Records


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

    @property
    def is_behind(self) -> bool:
        """Whether there is something to read."""
        return bool(self.ends) or self.cursor.until is not None

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

    async def held(self) -> Mapping[str, Any]:
        """What there is to see that matches."""
        page = await self.records.page(first=1000, filter=self.filter, selection="nodes { id fields }", as_=self.person)
        return {node["id"]: node["fields"] for node in page.ok["records"]["nodes"]}


async def limited(deep: World) -> Person:
    """Somebody who sees the people of an age that is not two."""
    editor = await deep.api.register()
    await add_member(deep.api, deep.owner, deep.people.table.workspace_id, editor, "EDITOR")
    policy = {"tableId": deep.people.table.id, "name": "P", "roles": ["EDITOR"], "applies": "READ"}
    policy["filter"] = {"not": leaf("Age", "EQ", 2)}
    assert (await mutate(deep.api, "createRecordPolicy", "__typename", policy, as_=deep.owner)).ok
    return editor
