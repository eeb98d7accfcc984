"""Root fields of Query about schedules."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.schedules.types import Schedule
from resolvers.timers.managing import read_timer, read_timers


@strawberry.type
class ScheduleQueries:
    """What the clock sets off for the caller; for sessions."""

    @strawberry.field(description="The caller's schedules, the oldest first. Needs a session.")
    async def schedules(self, info: Info) -> list[Schedule]:
        return [Schedule.of(found) for found in await read_timers(info.context)]

    @strawberry.field(description="One of the caller's schedules. Needs a session.")
    async def schedule(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the schedule.")]
    ) -> Schedule:
        return Schedule.of(await read_timer(info.context, read_id(id)))
