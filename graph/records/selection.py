"""From a GraphQL selection over records to the domain's tree; or the finding that SQL does not cover it."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeVar

from graphql.execution.collect_fields import FieldDetailsList

import graph.history.selection as history_selection
from domain.records.nesting import has_pages
from domain.records.selection import (
    ConnectionMember,
    ConnectionMembers,
    EdgeCursor,
    EdgeNode,
    Edges,
    EventCursor,
    FieldValue,
    FieldValues,
    Members,
    Nodes,
    PageInfo,
    PageProperty,
    Property,
    RecordMember,
    RecordMembers,
    RecordProperty,
    TableObject,
    TableProperty,
    TotalCount,
    Typename,
    UserColumn,
    UserObject,
    UserProperty,
)
from graph.execution.deferred import NotCovered
from graph.execution.operation import Operation, Selected
from graph.records.inputs import FieldKey
from graph.records.linked import selected_page

MembersT = TypeVar("MembersT", RecordMembers, ConnectionMembers)


def record_members(operation: Operation, details: FieldDetailsList) -> RecordMembers:
    """What is selected of a Record; raises `NotCovered`."""
    return Members(_record_member(operation, each) for each in operation.selected("Record", details))


def connection_members(operation: Operation, details: FieldDetailsList) -> ConnectionMembers:
    """What is selected of a RecordConnection; raises `NotCovered`."""
    return Members(_connection_member(operation, each) for each in operation.selected("RecordConnection", details))


_RECORD_PROPERTIES = {property.value: property for property in RecordProperty}
_USER_COLUMNS = {"createdBy": UserColumn.CREATED_BY, "updatedBy": UserColumn.UPDATED_BY}


def _record_member(operation: Operation, selected: Selected) -> RecordMember:
    key, name = selected.key, selected.name
    if name in _RECORD_PROPERTIES:
        return Property(key, _RECORD_PROPERTIES[name])
    if name == "fields":
        return field_values(selected)
    if name == "value":
        return FieldValue(key, selected.arguments["field"])
    if name in _USER_COLUMNS:
        return UserObject(key, _USER_COLUMNS[name], user_members(operation, selected))
    if name == "table":
        return TableObject(key, _properties(operation, selected, "Table", TableProperty))
    if name == "history":
        return history_selection.history_member(operation, selected)
    if name == "linked":
        members = connection_members(operation, selected.details)
        return selected_page(key, members, operation.limits, selected.arguments)
    if name == "__typename":
        return Typename(key, "Record")
    raise NotCovered(name)


def without_pages(members: MembersT) -> MembersT:
    """A selection that has no pages of linked records; raises `NotCovered` for one that has, which resolvers answer."""
    if has_pages(members):
        raise NotCovered("linked")
    return members


def user_members(operation: Operation, selected: Selected) -> tuple[Property | Typename, ...]:
    """What is selected of a User; raises `NotCovered`."""
    return _properties(operation, selected, "User", UserProperty)


def field_values(selected: Selected) -> FieldValues:
    """`fields(only, keyBy)` with its arguments."""
    only = selected.arguments.get("only")
    by_id = selected.arguments.get("keyBy") is FieldKey.ID
    return FieldValues(selected.key, None if only is None else tuple(only), by_id)


def _connection_member(operation: Operation, selected: Selected) -> ConnectionMember:
    key = selected.key
    make: dict[str, Callable[[], ConnectionMember]] = {
        "nodes": lambda: Nodes(key, record_members(operation, selected.details)),
        "edges": lambda: Edges(key, tuple(_edge_members(operation, selected.details))),
        "pageInfo": lambda: page_info_members(operation, selected),
        "totalCount": lambda: TotalCount(key),
        "eventCursor": lambda: EventCursor(key),
        "__typename": lambda: Typename(key, "RecordConnection"),
    }
    if selected.name not in make:
        raise NotCovered(selected.name)
    return make[selected.name]()


def page_info_members(operation: Operation, selected: Selected) -> PageInfo:
    """What is selected of a PageInfo; raises `NotCovered`."""
    return PageInfo(selected.key, _properties(operation, selected, "PageInfo", PageProperty))


def _edge_members(operation: Operation, details: FieldDetailsList) -> Iterable[EdgeCursor | EdgeNode | Typename]:
    for selected in operation.selected("RecordEdge", details):
        match selected.name:
            case "cursor":
                yield EdgeCursor(selected.key)
            case "node":
                yield EdgeNode(selected.key, record_members(operation, selected.details))
            case "__typename":
                yield Typename(selected.key, "RecordEdge")
            case other:
                raise NotCovered(other)


def _properties(
    operation: Operation,
    selected: Selected,
    type_name: str,
    properties: type[TableProperty] | type[UserProperty] | type[PageProperty],
) -> tuple[Property | Typename, ...]:
    known: dict[str, Enum] = {property.value: property for property in properties}
    members: list[Property | Typename] = []
    for each in operation.selected(type_name, selected.details):
        property = known.get(each.name)
        if each.name == "__typename":
            members.append(Typename(each.key, type_name))
        elif isinstance(property, TableProperty | UserProperty | PageProperty):
            members.append(Property(each.key, property))
        else:
            raise NotCovered(each.name)
    return tuple(members)
