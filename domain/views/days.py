"""The days that a calendar shows: which records of a view lie on them, as a filter that is merged with the view's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest
from domain.fields.moments import settled
from domain.fields.operators import FilterOperator
from domain.records.filters import Filter, Group, Junction, Leaf, Shape
from domain.views.meta import ViewMeta


@dataclass(frozen=True, slots=True)
class Days:
    """The days from the first until before `until`, in a time zone.

    A date is that day in whatever zone; a moment lies on a day from its midnight in the zone to that of the next day.
    """

    first: date
    until: date
    zone: tzinfo = UTC

    def edges(self, field: FieldMeta) -> tuple[str, str]:
        """Where they begin and end, as values of the field."""
        first, until = (self.first, self.until) if _has_days(field) else self.moments()
        return first.isoformat(), until.isoformat()

    def moments(self) -> tuple[datetime, datetime]:
        """Where they begin and end, in UTC; raises `InvalidValue` outside the years 1-9999."""
        first, until = (datetime.combine(day, time(), self.zone) for day in (self.first, self.until))
        return settled(first, UTC), settled(until, UTC)


Condition = tuple[FieldMeta, FilterOperator, str]


def on_days(view: ViewMeta | None, days: Days, table: TableMeta) -> Filter:
    """What holds of the records that are on one of the days at least, from their first day to their last one.

    A record without a last day, or with one before its first, is on its first one; one without a first day is on none.
    Written so that an index on either field can serve it. Raises `BadRequest` for a view that has no days.
    """
    if view is None or view.span is None:
        raise BadRequest("'days' needs a view of the type CALENDAR, GANTT or TIMELINE.", argument="days")
    start, end = (None if id is None else table.find_field(id) for id in view.span)
    if start is None:
        raise BadRequest("The view's config names no field with the day of a record.", argument="days", viewId=view.id)
    first, until = days.edges(start)
    begun: Condition = (start, FilterOperator.LT, until)
    late: Condition = (start, FilterOperator.GTE, first)
    if end is None:
        return _filter([begun, late])
    edge, _ = days.edges(end)
    # the last day belongs to a record, the moment at which it ends does not
    operator = FilterOperator.GTE if _has_days(end) else FilterOperator.GT
    return _filter([begun], [late, (end, operator, edge)])


def _filter(all_of: list[Condition], any_of: list[Condition] | None = None) -> Filter:
    parts: list[Shape] = list(_leaves(all_of))
    if any_of:
        parts.append(Group(Junction.OR, tuple(_leaves(any_of))))
    values = tuple(value for _, _, value in [*all_of, *(any_of or [])])
    return Filter(Group(Junction.AND, tuple(parts)), values)


def _leaves(conditions: list[Condition]) -> Iterator[Leaf]:
    return (Leaf(str(field.id), operator, is_null=False) for field, operator, _ in conditions)


def _has_days(field: FieldMeta) -> bool:
    """Whether the field has days, not moments."""
    return field.type.column_type_for(field.options) == "date"
