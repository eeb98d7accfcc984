"""From the arguments of an aggregate to the grouping that the domain understands; every limit is checked here."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from domain.aggregates.query import COUNT_NAME, GroupBy, Grouping, Metric
from domain.errors import BadRequest
from domain.fields.moments import zone
from domain.records.paging import Sort
from graph.records.aggregates.inputs import AggregateMetricInput, AggregateOrder, GroupByInput
from graph.records.arguments import has_unstorable
from graph.records.inputs import OrderDirection
from resolvers.services import Limits, Services

GroupByArgument = Annotated[
    list[GroupByInput] | None,
    strawberry.argument(description="The keys of the groups; without any, all records are one group."),
]
MetricsArgument = Annotated[
    list[AggregateMetricInput] | None, strawberry.argument(description="What is made of the records of each group.")
]
GroupOrderArgument = Annotated[
    list[AggregateOrder] | None,
    strawberry.argument(
        description="What groups are sorted by; by their keys, one after the other, if nothing is said."
    ),
]
FirstGroupsArgument = Annotated[
    int | None, strawberry.argument(description="How many groups, from the start of the list.")
]
LastGroupsArgument = Annotated[
    int | None, strawberry.argument(description="How many groups, from the end of the list.")
]


def read_grouping(
    group_by: Sequence[GroupByInput] | None,
    metrics: Sequence[AggregateMetricInput] | None,
    order_by: Sequence[AggregateOrder] | None,
    services: Services,
) -> Grouping:
    """The grouping, in the server's time zone where none is named.

    Raises `BadRequest` for too many parts, names that are taken or missing, and unknown time zones.
    """
    limits = services.limits
    _require_few("groupBy", group_by, limits.max_group_keys)
    _require_few("metrics", metrics, limits.max_metrics)
    _require_few("orderBy", order_by, limits.max_group_keys + limits.max_metrics)
    keys = tuple(_key(each, services.profile.time_zone) for each in group_by or ())
    made = tuple(_metric(each) for each in metrics or ())
    names = _names(keys, made, limits)
    sorts = tuple(Sort(each.by, each.direction is OrderDirection.DESC) for each in order_by or ())
    _require_known(sorts, names)
    return Grouping(keys, made, sorts)


def _require_few(argument: str, given: Sequence[object] | None, most: int) -> None:
    if given is not None and len(given) > most:
        raise BadRequest(f"'{argument}' has {len(given)} items; at most {most} are taken.", argument=argument)


def _key(given: GroupByInput, default_zone: str) -> GroupBy:
    if given.time_zone is not None:
        _require_zone(given.time_zone, given)
    name = given.field if given.as_ is None else given.as_
    return GroupBy(name, given.field, given.bucket, given.time_zone or default_zone, given.each_item or False)


def _require_zone(name: str, given: GroupByInput) -> None:
    if given.bucket is None:
        raise BadRequest("'timeZone' needs a 'bucket' beside it.", argument="groupBy", field=given.field)
    try:
        zone(name)
    except ValueError as error:
        raise BadRequest(f"'timeZone': {error}.", argument="groupBy", field=given.field) from None


def _metric(given: AggregateMetricInput) -> Metric:
    function = given.function.value.lower()
    default = function if given.field is None else f"{function}_{given.field}"
    return Metric(default if given.as_ is None else given.as_, given.function, given.field)


def _names(keys: Sequence[GroupBy], metrics: Sequence[Metric], limits: Limits) -> list[str]:
    names: list[str] = []
    both: Sequence[GroupBy | Metric] = (*keys, *metrics)
    for each in both:
        argument = "groupBy" if isinstance(each, GroupBy) else "metrics"
        if not 0 < len(each.name) <= limits.max_name_length or has_unstorable(each.name):
            raise BadRequest(
                f"A name of a key or metric has 1 to {limits.max_name_length} characters; give one with 'as'.",
                argument=argument,
            )
        if each.name in names:
            raise BadRequest(f"Two are named {each.name!r}; tell them apart with 'as'.", argument=argument)
        names.append(each.name)
    return names


def _require_known(sorts: Sequence[Sort], names: Sequence[str]) -> None:
    known = dict.fromkeys([*names, COUNT_NAME])
    seen: set[str] = set()
    for sort in sorts:
        if sort.field not in known:
            listed = ", ".join(map(repr, known))
            raise BadRequest(f"There is no key or metric {sort.field!r}. There are: {listed}.", argument="orderBy")
        if sort.field in seen:
            raise BadRequest(f"The order names {sort.field!r} twice.", argument="orderBy")
        seen.add(sort.field)
