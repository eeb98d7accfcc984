"""From a GraphQL selection over the change log to the domain's tree; or the finding that SQL does not cover it."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import graph.records.selection as record_selection
from domain.changes.history import ChangeMembers, ChangeProperty, ChangeValue, RecordHistory
from domain.changes.pages import LogEdgeNode, LogEdges, LogNodes, LogPageMember, LogPageMembers
from domain.changes.selection import EventActor, EventRecord
from domain.changes.trash import DeletedMembers, DeletedProperty, DeletedValue
from domain.records.selection import EdgeCursor, Members, TotalCount, Typename
from graph.execution.deferred import NotCovered
from graph.execution.operation import Operation, Selected
from graph.records.arguments import PageArguments

NodeT = TypeVar("NodeT")
ReadNode = Callable[[Operation, Selected], NodeT]
"""Reads what is selected of the items of a page."""


def history_member(operation: Operation, selected: Selected) -> RecordHistory:
    """`history` of a Record; raises `NotCovered` for a page behind another, which is a statement of its own."""
    arguments = selected.arguments
    if arguments.get("after") is not None:
        raise NotCovered(selected.name)
    size = PageArguments(first=arguments.get("first")).size(operation.limits)
    members = page_members(operation, selected, "RecordChange", _change_members)
    return RecordHistory(selected.key, members, size)


def page_members(
    operation: Operation, selected: Selected, node_type: str, read_node: ReadNode[NodeT]
) -> LogPageMembers[NodeT]:
    """What is selected of the connection of a type of items; raises `NotCovered`."""
    connection = f"{node_type}Connection"
    return Members(
        _page_member(operation, each, node_type, read_node) for each in operation.selected(connection, selected.details)
    )


def _page_member(
    operation: Operation, selected: Selected, node_type: str, read_node: ReadNode[NodeT]
) -> LogPageMember[NodeT]:
    match selected.name:
        case "__typename":
            return Typename(selected.key, f"{node_type}Connection")
        case "nodes":
            return LogNodes(selected.key, read_node(operation, selected))
        case "edges":
            return LogEdges(selected.key, tuple(_edge_members(operation, selected, node_type, read_node)))
        case "pageInfo":
            return record_selection.page_info_members(operation, selected)
        case "totalCount":
            return TotalCount(selected.key)
        case other:
            raise NotCovered(other)


def _edge_members(
    operation: Operation, selected: Selected, node_type: str, read_node: ReadNode[NodeT]
) -> Iterator[EdgeCursor | LogEdgeNode[NodeT] | Typename]:
    edge = f"{node_type}Edge"
    for each in operation.selected(edge, selected.details):
        match each.name:
            case "__typename":
                yield Typename(each.key, edge)
            case "cursor":
                yield EdgeCursor(each.key)
            case "node":
                yield LogEdgeNode(each.key, read_node(operation, each))
            case other:
                raise NotCovered(other)


def _change_members(operation: Operation, selected: Selected) -> ChangeMembers:
    return Members(_change_member(operation, each) for each in operation.selected("RecordChange", selected.details))


def _change_member(operation: Operation, selected: Selected) -> Typename | ChangeValue | EventActor:
    match selected.name:
        case "__typename":
            return Typename(selected.key, "RecordChange")
        case "actor":
            return EventActor(selected.key, record_selection.user_members(operation, selected))
        case name:
            return ChangeValue(selected.key, ChangeProperty(name))


def deleted_members(operation: Operation, selected: Selected) -> DeletedMembers:
    """What is selected of a DeletedRecord; raises `NotCovered`."""
    return Members(_deleted_member(operation, each) for each in operation.selected("DeletedRecord", selected.details))


def _deleted_member(operation: Operation, selected: Selected) -> Typename | DeletedValue | EventActor | EventRecord:
    match selected.name:
        case "__typename":
            return Typename(selected.key, "DeletedRecord")
        case "deletedBy":
            return EventActor(selected.key, record_selection.user_members(operation, selected))
        case "record":
            record = record_selection.record_members(operation, selected.details)
            return EventRecord(selected.key, record_selection.without_pages(record))
        case name:
            return DeletedValue(selected.key, DeletedProperty(name))
