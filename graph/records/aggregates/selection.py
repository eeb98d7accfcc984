"""From a GraphQL selection over groups to the domain's tree; there is nothing in it that SQL does not cover."""

from collections.abc import Callable

from graphql.execution.collect_fields import FieldDetailsList

from domain.records.selection import (
    AggregateGroupMembers,
    ConnectionMember,
    ConnectionMembers,
    EdgeCursor,
    EdgeNode,
    Edges,
    EventCursor,
    GroupPart,
    GroupProperty,
    Members,
    Nodes,
    TotalCount,
    Typename,
)
from graph.execution.operation import Operation, Selected
from graph.records.selection import page_info_members


def aggregate_members(operation: Operation, details: FieldDetailsList) -> ConnectionMembers:
    """What is selected of an AggregateConnection."""
    return Members(_connection_member(operation, each) for each in operation.selected("AggregateConnection", details))


def group_members(operation: Operation, details: FieldDetailsList) -> AggregateGroupMembers:
    """What is selected of an AggregateGroup."""
    return Members(_group_member(each) for each in operation.selected("AggregateGroup", details))


def _connection_member(operation: Operation, selected: Selected) -> ConnectionMember:
    key = selected.key
    make: dict[str, Callable[[], ConnectionMember]] = {
        "__typename": lambda: Typename(key, "AggregateConnection"),
        "nodes": lambda: Nodes(key, group_members(operation, selected.details)),
        "edges": lambda: Edges(key, _edge_members(operation, selected.details)),
        "pageInfo": lambda: page_info_members(operation, selected),
        "totalCount": lambda: TotalCount(key),
        "eventCursor": lambda: EventCursor(key),
    }
    return make[selected.name]()


def _edge_members(operation: Operation, details: FieldDetailsList) -> tuple[EdgeCursor | EdgeNode | Typename, ...]:
    return Members(_edge_member(operation, each) for each in operation.selected("AggregateGroupEdge", details))


def _edge_member(operation: Operation, selected: Selected) -> EdgeCursor | EdgeNode | Typename:
    match selected.name:
        case "__typename":
            return Typename(selected.key, "AggregateGroupEdge")
        case "cursor":
            return EdgeCursor(selected.key)
        case _:
            return EdgeNode(selected.key, group_members(operation, selected.details))


def _group_member(selected: Selected) -> Typename | GroupPart:
    if selected.name == "__typename":
        return Typename(selected.key, "AggregateGroup")
    return GroupPart(selected.key, GroupProperty(selected.name))
