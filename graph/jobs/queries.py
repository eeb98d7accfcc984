"""Root fields of Query about work in the background."""

from typing import Annotated

import strawberry

from graph.id_pages import AfterPlace, FirstItems
from graph.info import Info
from graph.jobs.types import DeadLetterConnection
from graph.records.arguments import PageArguments
from resolvers.jobs.dead_letters import read_dead_letters, read_number

Kind = Annotated[str | None, strawberry.argument(description="Only those of this kind.")]


@strawberry.type
class JobQueries:
    """What became of work in the background."""

    @strawberry.field(
        description="Work in the background that failed for good, the newest first. Needs `jobs:read`, and a session."
    )
    async def dead_letters(
        self, info: Info, kind: Kind = None, first: FirstItems = None, after: AfterPlace = None
    ) -> DeadLetterConnection:
        size = PageArguments(first=first).size(info.context.services.limits)
        before = None if after is None else read_number(after, "after")
        letters = await read_dead_letters(info.context, kind, before, size + 1)
        return DeadLetterConnection.of(letters, size, is_first=after is None)
