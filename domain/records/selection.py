"""What a client selects of records, as plain data: the tree that is rendered to JSON inside PostgreSQL.

`key` is always the response key, an alias included. Trees are immutable and hashable: a tree is part of the shape
that a compiled statement is kept under.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from domain.records.rows import Row

T = TypeVar("T")


class Members(tuple[T, ...]):
    """A tuple that computes its hash once: a kept selection is looked up by it on every request."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def has_pages(self) -> bool:
        """Whether linked records are selected in it, or in any selection inside."""
        return any(_has_pages(member) for member in self)


class RecordProperty(Enum):
    """Properties of a record that are columns of every table."""

    ID = "id"
    REVISION = "revision"
    CREATED_AT = "createdAt"
    UPDATED_AT = "updatedAt"


class TableProperty(Enum):
    """Properties of a table that do not change without its schema version."""

    ID = "id"
    NAME = "name"
    DESCRIPTION = "description"


class UserProperty(Enum):
    """Properties of a user that members of a shared workspace may see."""

    ID = "id"
    NAME = "name"
    EMAIL = "email"
    IS_VERIFIED = "isVerified"
    IS_ACTIVE = "isActive"
    IS_SUPERUSER = "isSuperuser"
    IS_STAFF = "isStaff"
    CREATED_AT = "createdAt"


class PageProperty(Enum):
    """Properties of a page of records."""

    HAS_NEXT_PAGE = "hasNextPage"
    HAS_PREVIOUS_PAGE = "hasPreviousPage"
    START_CURSOR = "startCursor"
    END_CURSOR = "endCursor"


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`: the same text for every value."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Property:
    """A scalar property of a record, a table, a user or a page."""

    key: str
    of: RecordProperty | TableProperty | UserProperty | PageProperty


@dataclass(frozen=True, slots=True)
class FieldValues:
    """`fields(only, keyBy)`: an object with the values of some fields, or of all when `only` is None."""

    key: str
    only: tuple[str, ...] | None
    by_id: bool


@dataclass(frozen=True, slots=True)
class FieldValue:
    """`value(field)`: the value of one field, named by its id or name."""

    key: str
    field: str


class UserColumn(Enum):
    """The columns of a record that point at a user."""

    CREATED_BY = "created_by"
    UPDATED_BY = "updated_by"


@dataclass(frozen=True, slots=True)
class UserObject:
    """`createdBy` or `updatedBy`."""

    key: str
    column: UserColumn
    members: tuple[Property | Typename, ...]


@dataclass(frozen=True, slots=True)
class TableObject:
    """`table`, as far as it is constant for all records of the table."""

    key: str
    members: tuple[Property | Typename, ...]


class Given(tuple[object, ...]):
    """Values of a selection that are sent with each request: all are equal, so that a statement serves them all."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given)

    def __hash__(self) -> int:
        return 0


NOTHING: Final = Given()


@dataclass(frozen=True, slots=True)
class LinkedRecords:
    """`linked(field, filter, orderBy, first, after)`: a page of the records that a record is linked to.

    `filter` is the shape of a filter (see filters.py), whose values are `values`; `sorts` are the keys of the order,
    none for that of the links. `after` is a cursor until it is read: then `position` tells which of its values are
    empty, and `place` has them.
    """

    key: str
    field: str
    members: "ConnectionMembers"
    filter: Hashable
    values: Given
    sorts: tuple[Hashable, ...]
    first: Given
    bound: int
    after: str | None = None
    position: tuple[bool, ...] | None = None
    place: Given = NOTHING

    @property
    def inputs(self) -> tuple[object, ...]:
        """What is sent for the page itself: its size, the place that it starts behind, the filter's values."""
        return (*self.first, *self.place, *self.values)


class NestedMember(ABC):
    """What is selected of a record and read from elsewhere, in the same statement; immutable and hashable."""

    __slots__ = ()
    key: str

    @abstractmethod
    def sql(self, row: "Row") -> str:
        """A text expression, never NULL: its JSON, for a record."""


OwnMember = Typename | Property | FieldValues | FieldValue | UserObject | TableObject | NestedMember
RecordMember = OwnMember | LinkedRecords
RecordMembers = tuple[RecordMember, ...]


class GroupProperty(Enum):
    """Properties of a group of an aggregate."""

    HASH = "hash"
    KEY = "key"
    COUNT = "count"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A property of a group of an aggregate."""

    key: str
    of: GroupProperty


AggregateGroupMembers = tuple[Typename | GroupPart, ...]


@dataclass(frozen=True, slots=True)
class Nodes:
    """`nodes` of a connection: records, or the groups of an aggregate."""

    key: str
    record: RecordMembers | AggregateGroupMembers


@dataclass(frozen=True, slots=True)
class NodeTexts:
    """The JSON of each record of a page, as a string: to be compared and passed on as it is."""

    key: str
    record: RecordMembers | AggregateGroupMembers


@dataclass(frozen=True, slots=True)
class EdgeCursor:
    """`cursor` of an edge."""

    key: str


@dataclass(frozen=True, slots=True)
class EdgeNode:
    """`node` of an edge."""

    key: str
    record: RecordMembers | AggregateGroupMembers


@dataclass(frozen=True, slots=True)
class Edges:
    """`edges` of a connection."""

    key: str
    members: tuple[EdgeCursor | EdgeNode | Typename, ...]


@dataclass(frozen=True, slots=True)
class PageInfo:
    """`pageInfo` of a connection."""

    key: str
    members: tuple[Property | Typename, ...]


@dataclass(frozen=True, slots=True)
class TotalCount:
    """`totalCount` of a connection; counted only because it is here."""

    key: str


@dataclass(frozen=True, slots=True)
class EventCursor:
    """`eventCursor`: the snapshot that the statement reads."""

    key: str


ConnectionMember = Typename | Nodes | NodeTexts | Edges | PageInfo | TotalCount | EventCursor
ConnectionMembers = tuple[ConnectionMember, ...]


@dataclass(frozen=True, slots=True)
class GroupValue:
    """`value` of a group of records."""

    key: str


@dataclass(frozen=True, slots=True)
class GroupCount:
    """`count` of a group of records."""

    key: str


@dataclass(frozen=True, slots=True)
class GroupRecords:
    """`records` of a group."""

    key: str
    members: ConnectionMembers


GroupMember = Typename | GroupValue | GroupCount | GroupRecords
GroupMembers = tuple[GroupMember, ...]


def _has_pages(member: object) -> bool:
    match member:
        case LinkedRecords():
            return True
        case Nodes(record=inner) | NodeTexts(record=inner) | EdgeNode(record=inner) | Edges(members=inner):
            return any(map(_has_pages, inner))
    return False


WHOLE_RECORD: RecordMembers = (
    Property("id", RecordProperty.ID),
    Property("revision", RecordProperty.REVISION),
    Property("createdAt", RecordProperty.CREATED_AT),
    Property("updatedAt", RecordProperty.UPDATED_AT),
    UserObject("createdBy", UserColumn.CREATED_BY, (Property("id", UserProperty.ID),)),
    UserObject("updatedBy", UserColumn.UPDATED_BY, (Property("id", UserProperty.ID),)),
    TableObject("table", (Property("id", TableProperty.ID),)),
    FieldValues("fields", None, by_id=True),
)
"""All that is stored of a record, for the resolvers that work on records one by one."""


WHOLE_PAGE_INFO = PageInfo("pageInfo", tuple(Property(each.value, each) for each in PageProperty))
WHOLE_PAGE: ConnectionMembers = (
    Edges("edges", (EdgeCursor("cursor"), EdgeNode("node", WHOLE_RECORD))),
    WHOLE_PAGE_INFO,
    EventCursor("eventCursor"),
)
"""All that there is of a page but its count, which costs the most."""
