"""Groups of records and what is made of them; PostgreSQL renders them, these classes declare the schema."""

import strawberry
from strawberry.scalars import JSON

from graph.paging import PageInfo


@strawberry.type(description="The records that have the same values of the keys.")
class AggregateGroup:
    """A group."""

    hash: str = strawberry.field(
        description="Tells the group from all others with these keys; the same whenever it is read, in whatever order."
    )
    key: JSON = strawberry.field(
        description="An object with the value of each key by its name, as `fields` of a record has it, or where the "
        "bucket begins; null, or an empty list, for records without one."
    )
    count: int = strawberry.field(description="How many records it has.")
    metrics: JSON = strawberry.field(description="An object with each metric by its name; null for one of no values.")


@strawberry.type(description="A group in a list, with its place in it.")
class AggregateGroupEdge:
    """A group and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` or `before` with the same keys and order.")
    node: AggregateGroup = strawberry.field(description="The group.")


@strawberry.type(description="A page of groups of records.")
class AggregateConnection:
    """A page."""

    nodes: list[AggregateGroup] = strawberry.field(description="The groups of the page.")
    edges: list[AggregateGroupEdge] = strawberry.field(description="The groups of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many groups there are in all.")
    event_cursor: str = strawberry.field(
        description="Subscribe to recordEvents after it: nothing between this read and the stream is missed."
    )
