"""Jobs that have failed for good, as the API shows them."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from adapters.jobs.dead_letters import DeadLetter as Letter
from graph.paging import PageInfo


@strawberry.type(
    description="A piece of work in the background that failed as often as it may be tried. It stays until it is done "
    "again or dropped."
)
class DeadLetter:
    """A job that has failed for good."""

    id: strawberry.ID = strawberry.field(description="Its number in the queue.")
    kind: str = strawberry.field(description="What kind of work it is, such as `webhook_delivery`.")
    payload: JSON = strawberry.field(description="What it is about: ids, an object.")
    attempts: int = strawberry.field(description="How often it was tried.")
    error: str | None = strawberry.field(description="Why the last attempt failed.")
    created_at: datetime = strawberry.field(description="When it was put into the queue.")
    failed_at: datetime = strawberry.field(description="When the last attempt failed.")

    @classmethod
    def of(cls, letter: Letter) -> "DeadLetter":
        """The GraphQL object of one."""
        return cls(
            id=strawberry.ID(str(letter.id)),
            kind=letter.kind,
            payload=JSON(dict(letter.payload)),
            attempts=letter.attempts,
            error=letter.error,
            created_at=letter.created_at,
            failed_at=letter.failed_at,
        )


@strawberry.type(description="A dead letter in the list of them, with its place in it.")
class DeadLetterEdge:
    """A dead letter and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` for what comes behind it.")
    node: DeadLetter = strawberry.field(description="The dead letter.")


@strawberry.type(description="A page of dead letters, the newest first.")
class DeadLetterConnection:
    """A page of dead letters."""

    edges: list[DeadLetterEdge] = strawberry.field(description="Those of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @strawberry.field(description="The dead letters of the page.")
    def nodes(self) -> list[DeadLetter]:
        return [edge.node for edge in self.edges]

    @classmethod
    def of(cls, letters: Sequence[Letter], size: int, *, is_first: bool) -> "DeadLetterConnection":
        """The page of the first `size` of them."""
        edges = [DeadLetterEdge(cursor=str(letter.id), node=DeadLetter.of(letter)) for letter in letters[:size]]
        info = PageInfo(
            has_next_page=len(letters) > size,
            has_previous_page=not is_first,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return cls(edges=edges, page_info=info)
