"""Who may use the root fields about the instance."""

from collections.abc import Mapping
from typing import Any

from models import Instance
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_permissions import SUPERUSERS
from tests.authorization.outcomes import everybody
from tests.authorization.world import World

SELECTION = "settings { revision settings { name value } }"


async def named(world: World) -> None:
    """An instance whose name was set."""
    await world.add(Instance(id=1, revision=1, values={"instance_name": "Before"}, updated_at=world.tomorrow))


def a_name(_: World, __: Caller) -> Mapping[str, Any]:
    """The input of updateInstanceSettings for another name."""
    return {"input": {"settings": [{"name": "instance_name", "value": "After"}]}}


def all_of_them(_: World, __: Caller) -> Mapping[str, Any]:
    """The input of resetInstanceSettings for all settings."""
    return {"input": {}}


CASES = [
    Case("Query.instanceInfo", "{ instanceInfo { name registration hasProviders } }", everybody("Query")),
    Case("Query.instanceSettings", "{ instanceSettings { revision } }", SUPERUSERS),
    Case("Mutation.updateInstanceSettings", mutation("updateInstanceSettings", SELECTION), SUPERUSERS, a_name, named),
    Case(
        "Mutation.resetInstanceSettings", mutation("resetInstanceSettings", SELECTION), SUPERUSERS, all_of_them, named
    ),
]
