"""What all connections share."""

import strawberry


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(description="Whether the list goes on after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has something before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first item; null when it is empty.")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last item; null when it is empty.")
