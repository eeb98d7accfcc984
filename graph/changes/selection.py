"""From a GraphQL selection over record events to the domain's tree; or the finding that SQL does not cover it."""

from collections.abc import Sequence
from dataclasses import dataclass

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
from graph.execution.deferred import NotCovered
from graph.execution.operation import Operation, Selected
from graph.records.selection import record_members, user_members, without_pages


@dataclass(frozen=True, slots=True)
class ChangesPlan:
    """What is selected of RecordChanges: names of its fields with the keys of their answers, and what of each event."""

    fields: Sequence[tuple[str, str]]
    events: EventMembers


def changes_plan(operation: Operation, details: FieldDetailsList) -> ChangesPlan:
    """What is selected of RecordChanges; raises `NotCovered`, also for events that are selected under two keys."""
    selected = list(operation.selected("RecordChanges", details))
    events = [event_members(operation, each.details) for each in selected if each.name == "events"]
    if len(events) > 1:
        raise NotCovered("events")
    return ChangesPlan([(each.name, each.key) for each in selected], events[0] if events else Members())


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
