"""From a GraphQL selection over record events to the domain's tree; or the finding that SQL does not cover it."""

from graphql.execution.collect_fields import FieldDetailsList

from domain.changes.selection import (
    EventActor,
    EventMember,
    EventMembers,
    EventProperty,
    EventRecord,
    EventValue,
)
from domain.records.selection import Members, Typename
from graph.execution.operation import Operation, Selected
from graph.records.selection import record_members, user_members, without_pages


def event_members(operation: Operation, details: FieldDetailsList) -> EventMembers:
    """What is selected of a RecordEvent; raises `NotCovered`."""
    return Members(_event_member(operation, each) for each in operation.selected("RecordEvent", details))


def _event_member(operation: Operation, selected: Selected) -> EventMember:
    match selected.name:
        case "__typename":
            return Typename(selected.key, "RecordEvent")
        case "record":
            return EventRecord(selected.key, without_pages(record_members(operation, selected.details)))
        case "actor":
            return EventActor(selected.key, user_members(operation, selected))
        case name:
            return EventValue(selected.key, EventProperty(name))
