"""What a client selects of record events, as plain data; see domain/records/selection.py for records themselves."""

from dataclasses import dataclass
from enum import Enum

from domain.records.selection import WHOLE_RECORD, Property, RecordMembers, Typename, UserProperty
from domain.records.write import Operation


class RecordEventType(Enum):
    """What happened to a record, as a stream sees it; the value is what the log says."""

    CREATED = Operation.CREATE.value
    UPDATED = Operation.UPDATE.value
    DELETED = Operation.DELETE.value


class EventProperty(Enum):
    """Properties of an event that have no selection of their own."""

    CURSOR = "cursor"
    TYPE = "type"
    RECORD_ID = "recordId"
    TABLE_ID = "tableId"
    PREVIOUS = "previous"
    CHANGED_FIELDS = "changedFields"
    IS_FILTER_TRANSITION = "isFilterTransition"
    MUTATION_ID = "mutationId"
    AT = "at"


@dataclass(frozen=True, slots=True)
class EventValue:
    """A property of an event."""

    key: str
    of: EventProperty


@dataclass(frozen=True, slots=True)
class EventRecord:
    """`record`: the record as the change left it."""

    key: str
    members: RecordMembers


@dataclass(frozen=True, slots=True)
class EventActor:
    """`actor`: who made the change."""

    key: str
    members: tuple[Property | Typename, ...]


EventMember = Typename | EventValue | EventRecord | EventActor
EventMembers = tuple[EventMember, ...]

WHOLE_EVENT: EventMembers = (
    *(EventValue(property.value, property) for property in EventProperty),
    EventRecord("record", WHOLE_RECORD),
    EventActor("actor", (Property("id", UserProperty.ID),)),
)
"""All that there is of an event, for the resolvers that work on events one by one."""
