"""Root fields of Mutation about work in the background."""

from typing import Annotated

import strawberry

from graph.info import Info
from resolvers.jobs.dead_letters import drop_dead_letters, redrive_dead_letters


@strawberry.input(description="Which dead letters are done again: those of `ids`, or of `kind`, or all.")
class RedriveInput:
    """The argument of `redrive`."""

    ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Only these; unknown ones are left.")
    kind: str | None = strawberry.field(default=None, description="Only those of this kind.")


@strawberry.type(description="What `redrive` did.")
class RedrivePayload:
    """The answer of `redrive`."""

    ids: list[strawberry.ID] = strawberry.field(description="What waits in the queue again, 10,000 at most.")


@strawberry.input(description="Which dead letters are dropped.")
class DropDeadLettersInput:
    """The argument of `dropDeadLetters`."""

    ids: list[strawberry.ID] = strawberry.field(description="These; unknown ones are left.")


@strawberry.type(description="What `dropDeadLetters` did.")
class DropDeadLettersPayload:
    """The answer of `dropDeadLetters`."""

    count: int = strawberry.field(description="How many were dropped.")


@strawberry.type
class JobMutations:
    """What is done about work that failed."""

    @strawberry.mutation(
        description="Have work done again that failed for good, with as many attempts as new work. Needs "
        "`jobs:manage`, and a session."
    )
    async def redrive(
        self, info: Info, input: Annotated[RedriveInput, strawberry.argument(description="Which.")]
    ) -> RedrivePayload:
        ids = await redrive_dead_letters(info.context, input.ids, input.kind)
        return RedrivePayload(ids=[strawberry.ID(str(id)) for id in ids])

    @strawberry.mutation(
        description="Drop work that failed for good; it is never done. Needs `jobs:manage`, and a session."
    )
    async def drop_dead_letters(
        self, info: Info, input: Annotated[DropDeadLettersInput, strawberry.argument(description="Which.")]
    ) -> DropDeadLettersPayload:
        return DropDeadLettersPayload(count=await drop_dead_letters(info.context, input.ids))
