"""The arguments of `linked`: a page of the records that a record is linked to, as the compiler takes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.records.query import bound_of
from domain.records.selection import ConnectionMembers, Given, LinkedRecords
from graph.records.arguments import PageArguments, read_filter, read_order
from graph.records.inputs import RecordFilter, RecordOrder
from resolvers.services import Limits


def selected_page(key: str, members: ConnectionMembers, limits: Limits, arguments: Mapping[str, Any]) -> LinkedRecords:
    """The page that the arguments of a selection ask for, as graphql-core has coerced them."""
    filter, order = arguments.get("filter"), arguments.get("orderBy")
    return linked_page(
        key,
        members,
        limits,
        field=arguments["field"],
        filter=None if filter is None else _filter(filter),
        order_by=None if order is None else [RecordOrder(**each) for each in order],
        first=arguments.get("first"),
        after=arguments.get("after"),
    )


def _filter(given: Mapping[str, Any]) -> RecordFilter:
    inner = given.get("not")
    return RecordFilter(
        and_=_filters(given.get("and")),
        or_=_filters(given.get("or")),
        not_=None if inner is None else _filter(inner),
        field=given.get("field"),
        operator=given.get("operator"),
        value=given.get("value"),
    )


def _filters(given: Sequence[Mapping[str, Any]] | None) -> list[RecordFilter] | None:
    return None if given is None else [_filter(each) for each in given]


def linked_page(
    key: str,
    members: ConnectionMembers,
    limits: Limits,
    *,
    field: str,
    filter: RecordFilter | None = None,
    order_by: list[RecordOrder] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> LinkedRecords:
    """The page that the arguments ask for; raises `BadRequest` for those that make no sense."""
    size = PageArguments(first, after).size(limits)
    read = read_filter(filter, limits)
    return LinkedRecords(
        key=key,
        field=field,
        members=members,
        filter=read.shape if read else None,
        values=Given(read.values if read else ()),
        sorts=read_order(order_by),
        first=Given((size,)),
        bound=bound_of(size),
        after=after,
    )
