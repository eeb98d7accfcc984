"""What all connections share."""

from collections.abc import Mapping
from typing import Any

import strawberry


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(description="Whether the list goes on after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has something before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first item; null when it is empty.")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last item; null when it is empty.")


def page_info(decoded: Mapping[str, Any]) -> PageInfo:
    """The object of a page's decoded JSON."""
    return PageInfo(
        has_next_page=decoded["hasNextPage"],
        has_previous_page=decoded["hasPreviousPage"],
        start_cursor=decoded["startCursor"],
        end_cursor=decoded["endCursor"],
    )
