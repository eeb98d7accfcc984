"""What one aggregate over records asks for, split into its shape (compiled once) and its inputs (sent each time)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.fields.aggregates import AggregateFunction, Bucket
from domain.records.paging import Sort
from domain.records.query import ConnectionQuery, ConnectionShape

COUNT_NAME: Final = "count"
"""By this name groups are sorted by how many records they have, unless a key or a metric has it."""


@dataclass(frozen=True, slots=True)
class GroupBy:
    """One key of the groups: a field's values, the spans of the calendar that they are in, or each item of them.

    `field` is an id or a name, or a system column; `time_zone` an IANA name, which counts for buckets alone.
    """

    name: str
    field: str
    bucket: Bucket | None = None
    time_zone: str = "UTC"
    each_item: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A number or value that each group gets; `field` is None for the count of its records."""

    name: str
    function: AggregateFunction
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """How records are put into groups, what is made of each, and the order of the groups: sorts name keys or metrics.

    Names of keys and metrics are unique among them all. Without keys all records are one group, even if there are none.
    """

    keys: tuple[GroupBy, ...]
    metrics: tuple[Metric, ...]
    sorts: tuple[Sort, ...] = ()

    def place(self, name: str) -> "GroupBy | Metric | None":
        """The key or metric with this name."""
        both: Sequence[GroupBy | Metric] = (*self.keys, *self.metrics)
        return next((each for each in both if each.name == name), None)


@dataclass(frozen=True, slots=True)
class AggregateShape:
    """The shape of an aggregate; `page` is that of a page of its groups, over the records that it selects."""

    grouping: Grouping
    page: ConnectionShape


@dataclass(frozen=True, slots=True)
class AggregateQuery:
    """An aggregate: `page` is a page of groups; its filter and search select the records, and it has no sorts."""

    grouping: Grouping
    page: ConnectionQuery

    @property
    def fields(self) -> Sequence[str]:
        """What the filter, the keys and the metrics name."""
        both: Sequence[GroupBy | Metric] = (*self.grouping.keys, *self.grouping.metrics)
        return [*self.page.fields, *(each.field for each in both if each.field is not None)]

    def shape(self) -> AggregateShape:
        """The part that the SQL text depends on."""
        return AggregateShape(self.grouping, self.page.shape())

    def inputs(self, user_id: UUID) -> list[object]:
        """Those of the page."""
        return self.page.inputs(user_id)
