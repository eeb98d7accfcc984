"""Who may use the root fields about work in the background."""

from collections.abc import Mapping
from typing import Any

from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_permissions import SUPERUSERS
from tests.authorization.world import World
from tests.support.jobs import add_dead_letter


async def a_dead_letter(world: World) -> None:
    """One, under `world.ids["job"]`."""
    world.ids["job"] = await add_dead_letter(world.database)


def the_letter(world: World, _: Caller) -> Mapping[str, Any]:
    """Its id as the input."""
    return {"input": {"ids": [world.ids["job"]]}}


CASES = [
    Case("Query.deadLetters", "{ deadLetters { nodes { id } } }", SUPERUSERS, prepare=a_dead_letter),
    Case("Mutation.redrive", mutation("redrive", "ids"), SUPERUSERS, the_letter, a_dead_letter),
    Case("Mutation.dropDeadLetters", mutation("dropDeadLetters", "count"), SUPERUSERS, the_letter, a_dead_letter),
]
