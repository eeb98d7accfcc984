"""From a GraphQL selection over presence events to their JSON, which is made once for all who selected the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql.execution.collect_fields import FieldDetailsList

from domain.records.rendered import SharedRendered
from domain.records.selection import Members
from graph.execution.deferred import NotCovered
from graph.execution.operation import Operation
from resolvers.presence.rooms import Event

_INNER: Final = {
    "PresenceEvent": {"member": "PresenceMember", "members": "PresenceMember"},
    "PresenceMember": {"user": "User", "focus": "CellFocus"},
    "CellFocus": {},
    "User": {},
}
"""The members of each type that are objects, and their types."""
_PLAIN: Final = {
    "PresenceEvent": {"type", "channel"},
    "PresenceMember": {"connectionId", "cursor", "joinedAt"},
    "CellFocus": {"tableId", "viewId", "recordId", "fieldId"},
    "User": {"id", "email", "name", "isVerified", "isActive", "isSuperuser", "isStaff", "createdAt"},
}
"""Those that stand as they are in the JSON of an event."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A selected member: response key, name (a type's where it is `__typename`), and what is selected of an object."""

    key: str
    name: str
    is_typename: bool = False
    inner: "Selection | None" = None


Selection = Members[Picked]


def selection_of(operation: Operation, details: FieldDetailsList, type: str = "PresenceEvent") -> Selection:
    """What is selected of an object of this type; raises `NotCovered`."""
    picked = []
    for each in operation.selected(type, details):
        if each.name == "__typename":
            picked.append(Picked(each.key, type, is_typename=True))
        elif each.name in _INNER[type]:
            inner = selection_of(operation, each.details, _INNER[type][each.name])
            picked.append(Picked(each.key, each.name, inner=inner))
        elif each.name in _PLAIN[type]:
            picked.append(Picked(each.key, each.name))
        else:
            raise NotCovered(each.name)
    return Members(picked)


def render_event(event: Event, selection: Selection) -> SharedRendered:
    """The JSON of what is selected of an event, made once for all who select it."""
    found = event.rendered.get(selection)
    if found is None:
        found = event.rendered[selection] = SharedRendered(orjson.dumps(_event(event, selection)).decode())
    return found


def _event(event: Event, selection: Selection) -> dict[str, Any]:
    return {each.key: _event_member(event, each) for each in selection}


def _event_member(event: Event, picked: Picked) -> object:
    if picked.is_typename:
        return picked.name
    match picked.name:
        case "type":
            return event.type.name
        case "channel":
            return event.channel
        case "member":
            return _value(event.member, picked.inner)
    return orjson.Fragment(_members_json(event, picked.inner))


def _members_json(event: Event, selection: Selection | None) -> str:
    """The members, rendered once for all events that share their state."""
    members = event.members
    found = members.rendered.get(selection)
    if found is None:
        values = [_value(member, selection) for member in members.all]
        found = members.rendered[selection] = orjson.dumps(values).decode()
    return found


def _value(value: Mapping[str, Any] | None, selection: Selection | None) -> object:
    """What is selected of an object; other values as they are."""
    if value is None or selection is None:
        return value
    return {each.key: each.name if each.is_typename else _value(value[each.name], each.inner) for each in selection}
