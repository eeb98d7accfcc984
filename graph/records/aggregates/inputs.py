"""The inputs of an aggregate: by what records are grouped, what is made of each group, and the order of the groups."""

import strawberry

from graph.records.aggregates.functions import AggregateFunction, Bucket
from graph.records.inputs import OrderDirection


@strawberry.input(
    description="One key of the groups. Records with the same value of it, or without one, belong together."
)
class GroupByInput:
    """A field, and how its values are put together."""

    field: str = strawberry.field(description="Id or name of a field, or a system column such as `$createdAt`.")
    bucket: Bucket | None = strawberry.field(
        default=None, description="The span of the calendar that counts in place of the day or moment itself."
    )
    time_zone: str | None = strawberry.field(
        default=None,
        description="IANA name of the zone by whose clocks moments are put into buckets, such as Europe/Berlin; by "
        "default that of the server, `time_zone`. Days are the same everywhere.",
    )
    each_item: bool | None = strawberry.field(
        default=False,
        description="For fields with lists, such as MULTI_SELECT: a group for each item, and a record is in each of "
        "those of its items. Otherwise a group for each list, whatever the order of its items.",
    )
    as_: str | None = strawberry.field(
        name="as", default=None, description="Its name in `key` and in the order; by default the field as given."
    )


@strawberry.input(description="A number or value that is made of the records of each group.")
class AggregateMetricInput:
    """A function over a field."""

    function: AggregateFunction = strawberry.field(
        description="What is made of the values; `fieldTypes` says which functions fit a type."
    )
    field: str | None = strawberry.field(
        default=None, description="Id or name of a field, or a system column. COUNT needs none: it counts records."
    )
    as_: str | None = strawberry.field(
        name="as",
        default=None,
        description="Its name in `metrics` and in the order; by default the function and the field as given, "
        "`sum_Price`, or just the function, `count`.",
    )


@strawberry.input(description="One key of an order of groups. The groups' own keys break ties.")
class AggregateOrder:
    """A name and a direction."""

    by: str = strawberry.field(
        description="Name of a group key or a metric; or `count` for the number of records. A key sorts as records do."
    )
    direction: OrderDirection | None = strawberry.field(
        default=OrderDirection.ASC, description="Ascending or descending."
    )
