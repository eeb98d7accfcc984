"""From the arguments of a list of records to the query that the domain understands; every limit is checked here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.errors import BadRequest
from domain.records.filters import Filter, Group, Junction, Leaf, Shape
from domain.records.paging import Sort
from graph.records.inputs import OrderDirection, RecordFilter, RecordOrder
from resolvers.services import Limits

MAX_SORTS = 20
MAX_SEARCH_LENGTH = 1_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(slots=True)
class _FilterReader:
    """Collects the leaves' values while the shape is read."""

    limits: Limits
    values: list[object] = field(default_factory=list)
    conditions: int = 0

    def read(self, given: RecordFilter, depth: int = 1) -> Shape:
        if depth > self.limits.max_filter_depth:
            raise BadRequest(
                f"The filter is nested deeper than {self.limits.max_filter_depth} levels.", argument="filter"
            )
        parts: list[Shape] = []
        if given.field is not None or given.operator is not None:
            parts.append(self._leaf(given))
        elif given.value is not None:
            raise BadRequest("A filter has a 'value' without 'field' and 'operator'.", argument="filter")
        if given.and_ is not None:
            parts.append(self._group(Junction.AND, given.and_, depth))
        if given.or_ is not None:
            parts.append(self._group(Junction.OR, given.or_, depth))
        if given.not_ is not None:
            parts.append(self._group(Junction.NOT, [given.not_], depth))
        if not parts:
            self._count()
        return parts[0] if len(parts) == 1 else Group(Junction.AND, tuple(parts))

    def _count(self) -> None:
        """Count a condition; an empty object or list is one too: millions of them would fit into a request."""
        most = self.limits.max_filter_conditions
        self.conditions += 1
        if self.conditions > most:
            raise BadRequest(f"The filter has more than {most} conditions.", argument="filter")

    def _leaf(self, given: RecordFilter) -> Leaf:
        if given.field is None or given.operator is None:
            missing = "field" if given.field is None else "operator"
            raise BadRequest(
                f"A filter needs 'field' and 'operator' together; {missing!r} is missing.", argument="filter"
            )
        self._count()
        value: object = given.value
        self.values.append(value)
        return Leaf(given.field, given.operator, value is None or value == "")

    def _group(self, junction: Junction, parts: Sequence[RecordFilter], depth: int) -> Group:
        if not parts:
            self._count()
        return Group(junction, tuple(self.read(part, depth + 1) for part in parts))


def read_filter(given: RecordFilter | None, limits: Limits) -> Filter | None:
    """The filter of an argument; raises `BadRequest` when it is too deep, too long or incomplete."""
    if given is None:
        return None
    reader = _FilterReader(limits)
    shape = reader.read(given)
    return Filter(shape, tuple(reader.values))


def read_order(given: Sequence[RecordOrder] | None) -> tuple[Sort, ...]:
    """The keys of an order, each field at most once."""
    if not given:
        return ()
    if len(given) > MAX_SORTS:
        raise BadRequest(f"An order has at most {MAX_SORTS} keys; this one has {len(given)}.", argument="orderBy")
    sorts = tuple(Sort(each.field, each.direction is OrderDirection.DESC) for each in given)
    names = [sort.field for sort in sorts]
    for name in names:
        if names.count(name) > 1:
            raise BadRequest(f"The order names {name!r} twice.", argument="orderBy", field=name)
    return sorts


def has_unstorable(text: str) -> bool:
    """Whether a text has a character that neither PostgreSQL nor JSON in UTF-8 can hold."""
    return _UNSTORABLE.search(text) is not None


def read_search(given: str | None) -> str | None:
    """The text to search for; None when there is nothing to search."""
    text = (given or "").strip()
    if len(text) > MAX_SEARCH_LENGTH:
        raise BadRequest(
            f"'search' has {len(text)} characters; at most {MAX_SEARCH_LENGTH} are taken.", argument="search"
        )
    if has_unstorable(text):
        raise BadRequest(
            "'search' has a character that no text can contain (NUL or half a surrogate).", argument="search"
        )
    return text or None


@dataclass(frozen=True, slots=True)
class PageArguments:
    """`first`, `after`, `last` and `before` as given."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def is_backward(self) -> bool:
        """Whether the page is counted from the end."""
        return self.last is not None or (self.before is not None and self.first is None)

    @property
    def cursor(self) -> str | None:
        """The cursor that the page starts behind."""
        return self.before if self.is_backward else self.after

    def size(self, limits: Limits) -> int:
        """How many records; raises `BadRequest` for contradictions and numbers out of range."""
        if self.first is not None and self.last is not None:
            raise BadRequest("Ask for 'first' or for 'last', not for both.", argument="last")
        if self.after is not None and self.before is not None:
            raise BadRequest("Page with 'after' or with 'before', not with both.", argument="before")
        name, size = ("last", self.last) if self.is_backward else ("first", self.first)
        if (self.after if self.is_backward else self.before) is not None:
            raise BadRequest("'after' goes with 'first', 'before' goes with 'last'.", argument=name)
        size = limits.default_page_size if size is None else size
        if not 0 <= size <= limits.max_page_size:
            raise BadRequest(f"'{name}' is {size}; it must be from 0 to {limits.max_page_size}.", argument=name)
        return size
