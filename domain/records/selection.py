"""What a client selects of records, as plain data: the tree that is rendered to JSON inside PostgreSQL.

`key` is always the response key, an alias included. Trees are immutable and hashable: a tree is part of the shape
that a compiled statement is kept under.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")


class Members(tuple[T, ...]):
    """A tuple that computes its hash once: a kept selection is looked up by it on every request."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash


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


RecordMember = Typename | Property | FieldValues | FieldValue | UserObject | TableObject
RecordMembers = tuple[RecordMember, ...]


@dataclass(frozen=True, slots=True)
class Nodes:
    """`nodes` of a connection."""

    key: str
    record: RecordMembers


@dataclass(frozen=True, slots=True)
class EdgeCursor:
    """`cursor` of an edge."""

    key: str


@dataclass(frozen=True, slots=True)
class EdgeNode:
    """`node` of an edge."""

    key: str
    record: RecordMembers


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


ConnectionMember = Typename | Nodes | Edges | PageInfo | TotalCount | EventCursor
ConnectionMembers = tuple[ConnectionMember, ...]

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
