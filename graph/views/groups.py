"""`View.groups`: the records of a view in groups, all of them read by one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

import orjson
import strawberry
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.scalars import JSON

from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.records.filters import Filter
from domain.records.query import Direction, GroupsQuery, Page
from domain.records.rendered import Rendered
from domain.records.selection import (
    WHOLE_PAGE,
    GroupCount,
    GroupMember,
    GroupMembers,
    GroupRecords,
    GroupValue,
    Members,
    TotalCount,
    Typename,
)
from domain.records.stored import decode
from domain.views.days import Days, on_days
from domain.views.meta import ViewMeta, both, narrowed
from graph.execution.deferred import Deferred
from graph.execution.operation import Operation, Selected
from graph.records.arguments import PageArguments, read_filter
from graph.records.days import ViewDays, read_days
from graph.records.inputs import RecordFilter
from graph.records.selection import connection_members, without_pages
from graph.records.types import RecordConnection
from resolvers.context import RequestContext
from resolvers.records.reading import Found, read_table

WHOLE_GROUP: GroupMembers = (
    GroupValue("value"),
    GroupCount("count"),
    GroupRecords("records", (*WHOLE_PAGE, TotalCount("totalCount"))),
)


@strawberry.type(description="The records of a view that have the same value of its group field.")
class ViewGroup:
    """A group, made from the decoded JSON of `WHOLE_GROUP`."""

    page: strawberry.Private[RecordConnection]
    value: JSON | None = strawberry.field(
        description="The value as records have it: the name of a choice, the id of a user; null for none."
    )
    count: int = strawberry.field(description="How many records it has.")

    @strawberry.field(
        description="Its first records, in the order of the view. Further ones are those of `records` with the view's "
        "id, a filter for the value, and `after`; wherever this is selected of a group, it must be as many."
    )
    def records(
        self, first: Annotated[int | None, strawberry.argument(description="How many records of each group.")] = None
    ) -> RecordConnection:
        del first  # they were read with the groups
        return self.page

    @classmethod
    def from_json(cls, group: Mapping[str, Any], table: TableMeta) -> "ViewGroup":
        """The GraphQL object of a group's decoded JSON."""
        page = RecordConnection.from_page(group["records"], table)
        return cls(page=page, value=cast(JSON | None, group["value"]), count=group["count"])


@dataclass(frozen=True, slots=True)
class GroupsPlan:
    """What is selected of each group, and how many records of it; None for as many as a page has."""

    members: GroupMembers
    size: int | None


@dataclass(frozen=True, slots=True)
class GroupsRead(Deferred[GroupsPlan]):
    """The groups of a view."""

    table_id: UUID
    view_id: UUID
    filter: Filter | None
    first: int
    skip: int
    days: Days | None

    def plan(self, operation: Operation, details: FieldDetailsList) -> GroupsPlan:
        """What is selected of each group."""
        selected = list(operation.selected("ViewGroup", details))
        return GroupsPlan(Members(_member(operation, each) for each in selected), _size(selected))

    async def run(self, context: RequestContext, plan: GroupsPlan) -> Rendered:
        """The groups' JSON."""
        return Rendered((await self._read(context, plan)).json)

    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> list[ViewGroup]:
        """The groups with everything that is stored of their records."""
        size = _size(list(operation.selected("ViewGroup", details)))
        found = await self._read(context, GroupsPlan(WHOLE_GROUP, size))
        return [ViewGroup.from_json(group, found.table) for group in decode(found.json, orjson.Fragment)]

    async def _read(self, context: RequestContext, plan: GroupsPlan) -> Found:
        page = Page(Direction.FORWARD, PageArguments(first=plan.size).size(context.services.limits))

        def make_query(table: TableMeta, view: ViewMeta | None) -> GroupsQuery:
            assert view is not None  # one was asked for
            field = view.group_field_id
            if field is None:
                raise BadRequest("The view's config names no field to group by, 'group_field_id'.", viewId=view.id)
            on = None if self.days is None else on_days(view, self.days, table)
            filter = narrowed(view, both(on, self.filter))
            return GroupsQuery(plan.members, field, page, self.first, self.skip, filter, view.sorts)

        return await read_table(context, self.table_id, make_query, self.view_id)


def read_groups(
    context: RequestContext,
    table_id: UUID,
    view_id: UUID,
    filter: RecordFilter | None,
    first: int | None,
    skip: int | None,
    days: ViewDays | None,
) -> GroupsRead:
    """The read that the field's arguments ask for; every argument is checked here."""
    limits = context.services.limits
    skip = skip or 0
    if skip < 0:
        raise BadRequest(f"'skip' is {skip}; it must be 0 or more.", argument="skip")
    size = PageArguments(first=first).size(limits)
    return GroupsRead(
        table_id, view_id, read_filter(filter, limits), size, skip, read_days(days, context.services.profile.time_zone)
    )


def _member(operation: Operation, selected: Selected) -> GroupMember:
    match selected.name:
        case "__typename":
            return Typename(selected.key, "ViewGroup")
        case "value":
            return GroupValue(selected.key)
        case "count":
            return GroupCount(selected.key)
        case _:
            return GroupRecords(selected.key, without_pages(connection_members(operation, selected.details)))


def _size(selected: list[Selected]) -> int | None:
    """How many records of a group are asked for; the groups are one read, so it is one number."""
    sizes = {each.arguments.get("first") for each in selected if each.name == "records"}
    if len(sizes) > 1:
        raise BadRequest("Ask for the same number of records wherever 'records' of a group is selected.")
    return sizes.pop() if sizes else None
