"""What a client selects of a live list, as plain data; see selection.py for records and pages themselves."""

from dataclasses import dataclass, replace
from enum import Enum

from domain.records.selection import (
    WHOLE_PAGE,
    WHOLE_PAGE_INFO,
    WHOLE_RECORD,
    AggregateGroupMembers,
    ConnectionMember,
    ConnectionMembers,
    EventCursor,
    GroupPart,
    GroupProperty,
    Members,
    Nodes,
    NodeTexts,
    PageInfo,
    Property,
    RecordMembers,
    RecordProperty,
    TotalCount,
    Typename,
)


class LiveRecordsType(Enum):
    """What an event of a live list brings."""

    SNAPSHOT = "SNAPSHOT"
    PATCH = "PATCH"


class PatchProperty(Enum):
    """Properties of a patch that have no selection of their own."""

    TYPE = "type"
    ID = "id"
    INDEX = "index"
    PREVIOUS_INDEX = "previousIndex"


@dataclass(frozen=True, slots=True)
class PatchValue:
    """A property of a patch."""

    key: str
    of: PatchProperty


@dataclass(frozen=True, slots=True)
class PatchRecord:
    """`record` of a patch, or `group`."""

    key: str
    members: RecordMembers | AggregateGroupMembers


PatchMember = PatchValue | PatchRecord | Typename


@dataclass(frozen=True, slots=True)
class Patches:
    """`patches` of an event."""

    key: str
    members: tuple[PatchMember, ...]


@dataclass(frozen=True, slots=True)
class LiveType:
    """`type` of an event."""

    key: str


@dataclass(frozen=True, slots=True)
class LivePage:
    """`page` of an event: the whole page in the first one, null in the others."""

    key: str
    members: ConnectionMembers


LiveMember = Typename | LiveType | LivePage | Patches | TotalCount | PageInfo | EventCursor
LiveMembers = tuple[LiveMember, ...]


def beside_key(key: str) -> str:
    """The key in `compared_members` of what has this response key: no response key begins like that."""
    return f"={key}"


def is_beside(key: str) -> bool:
    """Whether a key of `compared_members` is one of those."""
    return key.startswith("=")


def records_in(members: LiveMembers) -> list[RecordMembers | AggregateGroupMembers]:
    """What patches show of a record, each selection once."""
    shown = [
        each.members
        for member in members
        if isinstance(member, Patches)
        for each in member.members
        if isinstance(each, PatchRecord)
    ]
    return list(dict.fromkeys(shown))


@dataclass(frozen=True, slots=True)
class LiveRows:
    """What the rows of a live list are: what tells them apart, as `id`, and what of them counts where none is shown."""

    identity: RecordMembers | AggregateGroupMembers
    unshown: RecordMembers | AggregateGroupMembers


RECORDS = LiveRows((Property("id", RecordProperty.ID),), (Property("revision", RecordProperty.REVISION),))
GROUPS = LiveRows(
    (GroupPart("id", GroupProperty.HASH),),
    (GroupPart("count", GroupProperty.COUNT), GroupPart("metrics", GroupProperty.METRICS)),
)


def compared_members(members: LiveMembers, rows: LiveRows = RECORDS) -> ConnectionMembers:
    """What is read of a page to find out what has changed: its rows as far as they are shown, and what is beside."""
    records: list[ConnectionMember] = [
        NodeTexts(f"r{n}", shown) for n, shown in enumerate(records_in(members) or [rows.unshown])
    ]
    beside = [
        replace(each, key=beside_key(each.key))
        for each in members
        if isinstance(each, TotalCount | PageInfo | EventCursor)
    ]
    return Members([Nodes("ids", rows.identity), *records, *beside])


WHOLE_LIVE: LiveMembers = (
    LiveType("type"),
    LivePage("page", (*WHOLE_PAGE, TotalCount("totalCount"))),
    Patches(
        "patches", (*(PatchValue(each.value, each) for each in PatchProperty), PatchRecord("record", WHOLE_RECORD))
    ),
    TotalCount("totalCount"),
    WHOLE_PAGE_INFO,
    EventCursor("eventCursor"),
)
"""All that there is of an event, for the resolvers that work on events one by one."""
