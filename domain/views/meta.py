"""A view as reads of records need it: what it narrows them to, and how it sorts them."""

from dataclasses import dataclass
from uuid import UUID

from domain.records.filters import Filter, Group, Junction
from domain.records.paging import Sort


@dataclass(frozen=True, slots=True)
class ViewMeta:
    """A view's filter and order, as they are at one schema version. `size` is that of their JSON, in characters."""

    id: UUID
    owner_id: UUID | None
    filter: Filter | None
    sorts: tuple[Sort, ...]
    size: int
    group_field_id: str | None = None
    """The field by whose values its records stand in groups, if it says so."""
    span: tuple[str | None, str | None] | None = None
    """The fields with the first and the last day of a record, as far as it names them; None where it has no days."""


def narrowed(view: ViewMeta | None, filter: Filter | None) -> Filter | None:
    """What must hold of the records of a view, if there is one, for which a filter holds, if there is one."""
    return both(None if view is None else view.filter, filter)


def both(first: Filter | None, second: Filter | None) -> Filter | None:
    """What holds where both of them do, as far as there are any."""
    if first is None or second is None:
        return first or second
    return Filter(Group(Junction.AND, (first.shape, second.shape)), (*first.values, *second.values))


def ordered(view: ViewMeta | None, sorts: tuple[Sort, ...]) -> tuple[Sort, ...]:
    """The order that is asked for; where none is, that of the view, if there is one."""
    return sorts or (() if view is None else view.sorts)
