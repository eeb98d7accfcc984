"""What one read of records asks for, split into its shape (compiled once) and its inputs (sent each time)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from domain.records.filters import Filter, Shape, named_in
from domain.records.nesting import nested_inputs
from domain.records.paging import Position, Sort
from domain.records.selection import ConnectionMembers, GroupMembers, RecordMembers


class Direction(Enum):
    """Which end of the list a page is counted from."""

    FORWARD = auto()
    BACKWARD = auto()


@dataclass(frozen=True, slots=True)
class PageShape:
    """A page's direction, the shape of the position that it starts behind (None: at the end of the list), and a bound.

    `bound` is a number of rows that the page is surely not larger than, one of few. It stands in the statement as it
    is: a planner that knew nothing of the size would expect a tenth of the table, and so plan anew for every request.
    """

    direction: Direction
    position: tuple[bool, ...] | None
    bound: int


@dataclass(frozen=True, slots=True)
class ConnectionShape:
    """The shape of a read of a page of records."""

    members: ConnectionMembers
    filter: Shape | None
    sorts: tuple[Sort, ...]
    has_search: bool
    page: PageShape


@dataclass(frozen=True, slots=True)
class RecordShape:
    """The shape of a read of one record by its id."""

    members: RecordMembers


@dataclass(frozen=True, slots=True)
class RecordListShape:
    """The shape of a read of records by their ids, in the order of the ids.

    `by_form` when what allows the read is a published form, not the role of a member.
    """

    members: RecordMembers
    separator: str = ","
    by_form: bool = False


@dataclass(frozen=True, slots=True)
class GroupsShape:
    """The shape of a read of groups of records, by a field's id; `bound` as that of a page."""

    members: GroupMembers
    field: str
    filter: Shape | None
    sorts: tuple[Sort, ...]
    bound: int

    def page_of(self, members: ConnectionMembers) -> ConnectionShape:
        """The first page of a group."""
        page = PageShape(Direction.FORWARD, None, self.bound)
        return ConnectionShape(members, self.filter, self.sorts, has_search=False, page=page)


ReadShape = ConnectionShape | GroupsShape | RecordShape | RecordListShape

USER_INPUT = 0
"""`inputs[0]` is always the id of the caller; what follows depends on the shape."""
FIRST_INPUT = 1


_BOUNDS = (2, 11, 51, 101, 501, 1_001, 10_001)
"""One row more than usual sizes of pages, for the row that tells whether there is a next page."""


def bound_of(size: int) -> int:
    """A number of rows that a page is surely not larger than, one of few; see `PageShape`."""
    return next((step for step in _BOUNDS if size < step), size + 1)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as asked for: a size, and where it starts."""

    direction: Direction
    size: int
    position: Position | None = None

    @property
    def shape(self) -> PageShape:
        """The page without its numbers."""
        return PageShape(self.direction, self.position.shape if self.position else None, bound_of(self.size))


@dataclass(frozen=True, slots=True)
class ConnectionQuery:
    """A read of a page of records."""

    members: ConnectionMembers
    page: Page
    filter: Filter | None = None
    sorts: tuple[Sort, ...] = ()
    search: str | None = None

    @property
    def fields(self) -> Sequence[str]:
        """What the filter and the order name."""
        return [*named_in(self.filter.shape if self.filter else None), *(sort.field for sort in self.sorts)]

    def shape(self) -> ConnectionShape:
        """The part that the SQL text depends on."""
        filter_shape = self.filter.shape if self.filter else None
        return ConnectionShape(self.members, filter_shape, self.sorts, self.search is not None, self.page.shape)

    def inputs(self, user_id: UUID) -> list[object]:
        """Caller, size, the position's values, the search text, the filter's values."""
        inputs: list[object] = [user_id, self.page.size]
        inputs.extend(self.page.position.values if self.page.position else ())
        if self.search is not None:
            inputs.append(self.search)
        inputs.extend(self.filter.values if self.filter else ())
        return inputs + nested_inputs(self.members)


@dataclass(frozen=True, slots=True)
class GroupsQuery:
    """A read of groups of records: `first` groups behind `skip`, each with so many records as `page` has."""

    members: GroupMembers
    field: str
    page: Page
    first: int
    skip: int
    filter: Filter | None = None
    sorts: tuple[Sort, ...] = ()

    def shape(self) -> GroupsShape:
        """The part that the SQL text depends on."""
        filter_shape = self.filter.shape if self.filter else None
        return GroupsShape(self.members, self.field, filter_shape, self.sorts, self.page.shape.bound)

    def inputs(self, user_id: UUID) -> list[object]:
        """Caller, size of a page, the filter's values, how many groups, behind how many."""
        values = self.filter.values if self.filter else ()
        return [user_id, self.page.size, *values, self.first, self.skip]


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """A read of one record."""

    members: RecordMembers
    id: UUID

    def shape(self) -> RecordShape:
        """The part that the SQL text depends on."""
        return RecordShape(self.members)

    def inputs(self, user_id: UUID) -> list[object]:
        """Caller and record."""
        return [user_id, self.id, *nested_inputs(self.members)]


@dataclass(frozen=True, slots=True)
class RecordListQuery:
    """A read of several records; ids that are not there are left out. `separator` stands between their objects.

    One that is allowed by a form (`by_form`) has the id of its view in the place of the caller's.
    """

    members: RecordMembers
    ids: Sequence[UUID]
    separator: str = ","
    by_form: bool = False

    def shape(self) -> RecordListShape:
        """The part that the SQL text depends on."""
        return RecordListShape(self.members, self.separator, self.by_form)

    def inputs(self, user_id: UUID) -> list[object]:
        """Caller and records."""
        return [user_id, list(self.ids), *nested_inputs(self.members)]


ReadQuery = ConnectionQuery | GroupsQuery | RecordQuery | RecordListQuery
