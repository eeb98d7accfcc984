"""What connections share whose items have time-ordered ids: an item's cursor is its id."""

from typing import Annotated, Any

import strawberry

from graph.paging import PageInfo
from graph.records.arguments import PageArguments
from resolvers.id_pages import IdPage, PageRequest, read_place
from resolvers.services import Limits

FirstItems = Annotated[int | None, strawberry.argument(description="How many, from the start of the list.")]
AfterPlace = Annotated[str | None, strawberry.argument(description="Cursor that the page starts behind.")]


def page_info_of(page: IdPage[Any]) -> PageInfo:
    """The object that tells where a page stands."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=str(page.items[0].id) if page.items else None,
        end_cursor=str(page.items[-1].id) if page.items else None,
    )


def read_page_request(first: int | None, after: str | None, limits: Limits) -> PageRequest:
    """The page that the arguments ask for; raises `BadRequest` for a size out of range and for what is no cursor."""
    return PageRequest(PageArguments(first=first).size(limits), read_place(after))
