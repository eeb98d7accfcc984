"""Schedules, a server with functions, and a clock that tests wind."""

from datetime import datetime
from typing import Any

import pytest

from resolvers.jobs.registry import clocks
from resolvers.schedules.ticker import Ticker
from resolvers.services import Services
from tests.graph.functions.conftest import greetings
from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate

__all__ = ["greetings"]

SCHEDULE = """
schedule { id name functionName automationId once everySeconds cron timeZone description missedRuns isEnabled
           nextRunAt lastRunAt error }
"""


async def create(api: Api, person: Person, **given: Any) -> Result:
    """The answer to createSchedule."""
    return await mutate(api, "createSchedule", SCHEDULE, {"name": "Nightly", **given}, as_=person)


async def created(api: Api, person: Person, **given: Any) -> dict[str, Any]:
    """A schedule that must be made."""
    found: dict[str, Any] = (await create(api, person, **given)).ok["createSchedule"]["schedule"]
    return found


async def read(api: Api, person: Person, id: str) -> dict[str, Any]:
    """One of a person's schedules as it is now."""
    document = f"query ($id: ID!) {{ {SCHEDULE.replace('schedule {', 'schedule(id: $id) {', 1)} }}"
    found: dict[str, Any] = (await api.execute(document, {"id": id}, as_=person)).ok["schedule"]
    return found


async def fire(services: Services, now: datetime) -> int:
    """Have all fired that is due at a moment; how many schedules that were."""
    ticker, count = Ticker(services, clocks(services)), 0
    while await ticker.fire_one(now):
        count += 1
    return count


@pytest.fixture
async def person(api: Api) -> Person:
    """Somebody who is signed in."""
    return await api.register()
