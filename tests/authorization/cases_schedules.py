"""Who may use the root fields about schedules: whoever is signed in, for their own, with a session."""

from collections.abc import Mapping
from typing import Any

from domain.ids import Kind, new_id
from models import Timer
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import given, ids
from tests.authorization.cases_functions import three_functions
from tests.authorization.outcomes import nobody_but_its_user, sessions_only
from tests.authorization.world import World

DAILY = {"once": None, "every": None, "start": None, "cron": "0 9 * * *", "zone": "UTC"}
OWN = nobody_but_its_user(Caller.OWNER)


async def a_schedule(world: World) -> None:
    """One of the owner's, under `world.ids["schedule"]`."""
    await three_functions(world)
    id = new_id(Kind.SCHEDULE)
    await world.add(
        Timer(
            id=id,
            owner_id=world.users[Caller.OWNER],
            name="Nightly",
            function="for_users",
            sealed_arguments=world.services.seal.close("{}"),
            rule=DAILY,
            missed_runs="SKIP",
        )
    )
    world.ids["schedule"] = str(id)


def of_a_function(_: World, __: Caller) -> Mapping[str, Any]:
    """The input of createSchedule."""
    return {"input": {"name": "Nightly", "functionName": "for_users", "rule": {"cron": "@daily"}}}


LIST = "{ schedules { id } }"
ONE = "query ($id: ID!) { schedule(id: $id) { id } }"
CREATE, UPDATE = (mutation(f"{verb}Schedule", "schedule { id }") for verb in ("create", "update"))
CASES = [
    Case("Query.schedules", LIST, sessions_only(), prepare=a_schedule),
    Case("Query.schedule", ONE, OWN, ids(id="schedule"), a_schedule),
    Case("Mutation.createSchedule", CREATE, sessions_only(), of_a_function, three_functions),
    Case("Mutation.updateSchedule", UPDATE, OWN, given({"isEnabled": False}, id="schedule"), a_schedule),
    Case("Mutation.deleteSchedule", mutation("deleteSchedule", "deletedId"), OWN, given(id="schedule"), a_schedule),
]
