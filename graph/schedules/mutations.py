"""Root fields of Mutation about schedules, and their payloads."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id, read_optional_id
from graph.schedules.inputs import CreateScheduleInput, DeleteScheduleInput, UpdateScheduleInput
from graph.schedules.types import Schedule
from resolvers.timers.managing import Wanted, create_timer, delete_timer, update_timer


@strawberry.type(description="A schedule as it is now.")
class SchedulePayload:
    """Payload of createSchedule and updateSchedule."""

    schedule: Schedule = strawberry.field(description="The schedule.")


@strawberry.type(description="What deleteSchedule did.")
class DeleteSchedulePayload:
    """Payload of deleteSchedule."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the schedule that is gone.")


@strawberry.type
class ScheduleMutations:
    """What the clock sets off; for sessions."""

    @strawberry.mutation(
        description="Have a function called, or an automation run, when the clock says so. Needs a session."
    )
    async def create_schedule(
        self, info: Info, input: Annotated[CreateScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> SchedulePayload:
        wanted = Wanted(input.function_name, input.arguments, read_optional_id(input.automation_id, "automationId"))
        found = await create_timer(
            info.context, input.name, wanted, input.rule.read(), input.missed_runs, is_enabled=input.is_enabled
        )
        return SchedulePayload(schedule=Schedule.of(found))

    @strawberry.mutation(description="Change one of one's schedules. Needs a session.")
    async def update_schedule(
        self, info: Info, input: Annotated[UpdateScheduleInput, strawberry.argument(description="The changes.")]
    ) -> SchedulePayload:
        found = await update_timer(
            info.context,
            read_id(input.id),
            name=input.name,
            arguments=input.arguments,
            rule=None if input.rule is None else input.rule.read(),
            missed=input.missed_runs,
            is_enabled=input.is_enabled,
        )
        return SchedulePayload(schedule=Schedule.of(found))

    @strawberry.mutation(description="Delete one of one's schedules. Needs a session.")
    async def delete_schedule(
        self, info: Info, input: Annotated[DeleteScheduleInput, strawberry.argument(description="Which.")]
    ) -> DeleteSchedulePayload:
        await delete_timer(info.context, read_id(input.id))
        return DeleteSchedulePayload(deleted_id=input.id)
