"""From a GraphQL selection over a live list to the domain's tree; or the finding that SQL does not cover it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from graphql.execution.collect_fields import FieldDetailsList

from domain.records.live_selection import (
    LiveMember,
    LiveMembers,
    LivePage,
    LiveType,
    Patches,
    PatchMember,
    PatchProperty,
    PatchRecord,
    PatchValue,
)
from domain.records.selection import (
    AggregateGroupMembers,
    ConnectionMembers,
    EventCursor,
    Members,
    RecordMembers,
    TotalCount,
    Typename,
)
from graph.execution.operation import Operation, Selected
from graph.records.selection import connection_members, page_info_members, record_members, without_pages


@dataclass(frozen=True, slots=True)
class LiveNames:
    """How the schema calls the parts of a kind of live list, and what reads the selections of its page and items."""

    event: str
    patch: str
    item: str
    id: str
    page_members: Callable[[Operation, FieldDetailsList], ConnectionMembers]
    item_members: Callable[[Operation, FieldDetailsList], RecordMembers | AggregateGroupMembers]


def _page(operation: Operation, details: FieldDetailsList) -> ConnectionMembers:
    return without_pages(connection_members(operation, details))


def _record(operation: Operation, details: FieldDetailsList) -> RecordMembers:
    return without_pages(record_members(operation, details))


RECORDS: Final = LiveNames("LiveRecords", "RecordListPatch", "record", "id", _page, _record)


def live_members(operation: Operation, details: FieldDetailsList, names: LiveNames = RECORDS) -> LiveMembers:
    """What is selected of an event of a live list; raises `NotCovered`."""
    return Members(_live_member(operation, each, names) for each in operation.selected(names.event, details))


def _live_member(operation: Operation, selected: Selected, names: LiveNames) -> LiveMember:
    key = selected.key
    make: dict[str, Callable[[], LiveMember]] = {
        "__typename": lambda: Typename(key, names.event),
        "type": lambda: LiveType(key),
        "page": lambda: LivePage(key, names.page_members(operation, selected.details)),
        "patches": lambda: Patches(key, _patch_members(operation, selected.details, names)),
        "totalCount": lambda: TotalCount(key),
        "pageInfo": lambda: page_info_members(operation, selected),
        "eventCursor": lambda: EventCursor(key),
    }
    return make[selected.name]()


def _patch_members(operation: Operation, details: FieldDetailsList, names: LiveNames) -> tuple[PatchMember, ...]:
    return Members(_patch_member(operation, each, names) for each in operation.selected(names.patch, details))


def _patch_member(operation: Operation, selected: Selected, names: LiveNames) -> PatchMember:
    if selected.name == "__typename":
        return Typename(selected.key, names.patch)
    if selected.name == names.item:
        return PatchRecord(selected.key, names.item_members(operation, selected.details))
    property = PatchProperty.ID if selected.name == names.id else PatchProperty(selected.name)
    return PatchValue(selected.key, property)
