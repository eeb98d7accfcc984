"""The bodies of a webhook's messages, by Standard Webhooks: `type`, `timestamp` and `data`, as JSON."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from domain.changes.selection import WHOLE_EVENT, EventMembers, EventRecord, RecordEventType
from domain.records.selection import WHOLE_RECORD, FieldValues

TYPES: Final[Mapping[RecordEventType, str]] = {
    RecordEventType.CREATED: "record.created",
    RecordEventType.UPDATED: "record.updated",
    RecordEventType.DELETED: "record.deleted",
}
BATCH: Final = "records.changed"
TEST: Final = "webhook.test"
_MEMBERS: Final = (
    *("tableId", "recordId", "record", "previous", "changedFields", "isFilterTransition"),
    *("mutationId", "actor", "cursor", "at"),
)

_WITH_NAMES: Final = tuple(each for each in WHOLE_RECORD if not isinstance(each, FieldValues))
EVENT: Final[EventMembers] = (
    *(each for each in WHOLE_EVENT if not isinstance(each, EventRecord)),
    EventRecord("record", (*_WITH_NAMES, FieldValues("fields", None, by_id=False))),
)
"""What is read of an event: all, with values by the names of the fields."""

Event = Mapping[str, Any]
"""A `RecordEvent` as JSON."""


def narrowed_event(event: Event, names: Collection[str] | None) -> Event | None:
    """The event with these fields alone, given by name; None for a change of none of them. None names all."""
    if names is None:
        return event
    changed = [name for name in event["changedFields"] if name in names]
    if event["type"] == RecordEventType.UPDATED.name and not changed and not event["isFilterTransition"]:
        return None
    record = event["record"]
    if record is not None:
        record = {**record, "fields": _only(record["fields"], names)}
    return {**event, "changedFields": changed, "previous": _only(event["previous"], names), "record": record}


def event_text(event: Event, most: int) -> str:
    """An event as a part of a message. One of more bytes than that comes without values, and says so."""
    data = {name: event[name] for name in _MEMBERS}
    message = {"type": TYPES[RecordEventType[event["type"]]], "timestamp": event["at"], "data": data}
    text = orjson.dumps(message)
    if len(text) > most:
        record = data["record"] and {**data["record"], "fields": {}}
        message["data"] = {**data, "record": record, "previous": None, "isTruncated": True}
        text = orjson.dumps(message)
    return text.decode()


def batch_text(events: str) -> str:
    """The message of a batch, from its events joined by commas."""
    head = orjson.dumps({"type": BATCH, "timestamp": datetime.now(UTC)}).decode()
    return f'{head[:-1]},"data":{{"events":[{events}]}}}}'


def message_of_test(table_id: object) -> str:
    """What is sent to try a webhook."""
    data = {"tableId": str(table_id), "message": "This is a test."}
    return orjson.dumps({"type": TEST, "timestamp": datetime.now(UTC), "data": data}).decode()


def parts(events: Sequence[str], count: int, size: int, most: int, most_bytes: int) -> list[list[str]]:
    """Events in parts of `most` and so many bytes at most, but for an event that is larger by itself.

    The first part goes on from `count` events of `size` bytes, and may be empty.
    """
    found: list[list[str]] = [[]]
    for event in events:
        if count and (count >= most or size + len(event) > most_bytes):
            found.append([])
            count = size = 0
        found[-1].append(event)
        count, size = count + 1, size + len(event)
    return found


def _only(values: Mapping[str, Any] | None, names: Collection[str]) -> dict[str, Any] | None:
    return None if values is None else {name: value for name, value in values.items() if name in names}
