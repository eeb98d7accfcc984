"""The follower of an automation: what happens to the records of its table becomes runs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import orjson

from adapters.database import Unit
from domain.automations.contract import TriggerType
from domain.automations.records import record_json
from domain.automations.registry import trigger_type
from domain.bases.catalog import TableMeta
from domain.changes.selection import (
    EventActor,
    EventMembers,
    EventProperty,
    EventRecord,
    EventValue,
    RecordEventType,
)
from domain.errors import Unauthenticated
from domain.records.selection import FieldValues, Property, RecordMembers, RecordProperty, UserProperty
from domain.views.filters import read_filter_json
from resolvers.acting import acting_for
from resolvers.automations.configs import require_fitting
from resolvers.automations.starting import Start, start_runs
from resolvers.followers.follower import ChangeEvent, Follower
from resolvers.records.tables import Stale
from resolvers.streams.metadata import with_current_table_on
from resolvers.streams.record_events import RecordEventSelection

if TYPE_CHECKING:
    from resolvers.services import Services

AUTOMATION: Final = "automation"
"""The kind of the followers, and of the schedules."""

RECORD: Final[RecordMembers] = (
    Property("id", RecordProperty.ID),
    Property("revision", RecordProperty.REVISION),
    Property("createdAt", RecordProperty.CREATED_AT),
    Property("updatedAt", RecordProperty.UPDATED_AT),
    FieldValues("fields", None, by_id=False),
)
"""What an automation reads of a record."""
_PERSON: Final = (UserProperty.ID, UserProperty.NAME, UserProperty.EMAIL)
EVENT: Final[EventMembers] = (
    *(EventValue(each.value, each) for each in EventProperty),
    EventRecord("record", RECORD),
    EventActor("actor", tuple(Property(each.value, each) for each in _PERSON)),
)
"""What an automation reads of an event."""

_FIND: Final = """
SELECT owner_id, trigger_type, trigger_config::text AS config FROM automations
 WHERE id = $1 AND is_enabled AND NOT is_paused
"""
_MISSED: Final = "UPDATE automations SET error = $2 WHERE id = $1"
_LOST: Final = "Events were missed: it was away for longer than the change log is kept. It goes on from now."


class AutomationReader:
    """Reads for automations; see `resolvers.followers.follower.Reader`."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._read_by: WeakKeyDictionary[Follower, tuple[Any, ...]] = WeakKeyDictionary()
        """By which trigger, and whose rights, each follower reads; gone with its turn."""

    async def selection(self, follower: Follower) -> RecordEventSelection | None:
        """The events of its trigger, as its owner may see them; raises where its config fits the table no longer."""
        async with self._services.database.unit() as unit:
            row = await unit.connection.fetchrow(_FIND, follower.id)
        if row is None:
            return None
        if row["owner_id"] is None:
            raise Unauthenticated("Its owner has no account here any more: somebody has to take it over.")
        context = await acting_for(self._services, row["owner_id"], AUTOMATION)
        type, config = trigger_type(row["trigger_type"]), orjson.loads(row["config"])
        await require_fitting(context, follower.table_id, type, config)
        conditions = type.conditions(config)
        filter = None if conditions is None else read_filter_json(conditions)
        self._read_by[follower] = tuple(row)
        return await RecordEventSelection(follower.table_id, EVENT, filter, type.events).for_caller(context)

    async def receive(self, unit: Unit, follower: Follower, events: Sequence[ChangeEvent]) -> None:
        """A run for each event that sets it off, unless it was deleted, paused or changed meanwhile."""
        row = await unit.connection.fetchrow(_FIND, follower.id)
        if row is None:
            return
        if tuple(row) != self._read_by.get(follower):
            raise Stale  # it was changed since it was asked what it wants

        async def fire(unit: Unit, table: TableMeta) -> None:
            await start_runs(unit, self._services, list(_starts(follower.id, row, events, table)))

        await with_current_table_on(unit, self._services, follower.table_id, fire)

    async def missed(self, unit: Unit, follower: Follower) -> None:
        """Told as the automation's error."""
        await unit.connection.execute(_MISSED, follower.id, _LOST)


def _starts(id: UUID, row: asyncpg.Record, events: Sequence[ChangeEvent], table: TableMeta) -> Iterator[Start]:
    type: TriggerType = trigger_type(row["trigger_type"])
    config = orjson.loads(row["config"])
    for event in events:
        if any(table.find_field(name) is None for name in event["changedFields"]):
            raise Stale  # a field was renamed since the events were read
        if RecordEventType[event["type"]] in type.events and type.fires(config, event, table):
            mutation = event["mutationId"]
            yield Start(id, event["cursor"], trigger_of(type, event), None if mutation is None else UUID(mutation))


def trigger_of(type: TriggerType, event: ChangeEvent) -> dict[str, Any]:
    """What templates see of an event as `trigger`."""
    record, previous = event["record"], event["previous"]
    values = {} if record is None else record["fields"]
    return {
        "type": type.key,
        "record_id": event["recordId"],
        "record": None if record is None else record_json(record),
        "previous_record": None if previous is None else {"id": event["recordId"], **values, **previous},
        "changed_fields": event["changedFields"],
        "user": event["actor"],
        "at": event["at"],
    }
