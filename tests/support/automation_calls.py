"""Makes automations over the API, and reads what came of them."""

from collections.abc import Sequence
from typing import Any

from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

AUTOMATION = """
    id name description triggerType triggerConfig isEnabled isPaused error nextRunAt owner { id } table { id }
    actions { type config order }
"""
DELAY = {"type": "DELAY", "config": {"seconds": 0}}
"""An action that does nothing."""
_RUNS = """
    query ($id: ID!, $first: Int) {
      automation(id: $id) { runs(first: $first) { totalCount nodes { id status trigger depth error errorCode } } }
    }
"""


async def make_automation(api: Api, table: MadeTable, trigger: str, config: Any = None, **more: Any) -> str:
    """Id of a new automation of the table's owner."""
    return (await try_automation(api, table, trigger, config, **more)).ok["createAutomation"]["automation"]["id"]


async def try_automation(
    api: Api, table: MadeTable, trigger: str, config: Any = None, *, as_: Person | None = None, **more: Any
) -> Result:
    """The answer to createAutomation."""
    given = {"tableId": table.id, "name": "Automation", "triggerType": trigger, "triggerConfig": config, **more}
    return await mutate(api, "createAutomation", f"automation {{ {AUTOMATION} }}", given, as_=as_ or table.owner)


async def change(api: Api, table: MadeTable, name: str, given: Any, *, as_: Person | None = None) -> Any:
    """The automation that a mutation answers."""
    result = await mutate(api, name, f"automation {{ {AUTOMATION} }}", given, as_=as_ or table.owner)
    return result.ok[name]["automation"]


async def read_automation(api: Api, table: MadeTable, id: str) -> Any:
    """An automation as its owner reads it."""
    query = f"query ($id: ID!) {{ automation(id: $id) {{ {AUTOMATION} }} }}"
    return (await api.execute(query, {"id": id}, as_=table.owner)).ok["automation"]


async def runs_of(api: Api, table: MadeTable, id: str, first: int = 100) -> list[dict[str, Any]]:
    """The runs of an automation, oldest first."""
    found = (await api.execute(_RUNS, {"id": id, "first": first}, as_=table.owner)).ok["automation"]["runs"]
    assert found["totalCount"] >= len(found["nodes"])
    return list(reversed(found["nodes"]))


async def until_ended(api: Api, table: MadeTable, id: str, count: int) -> Sequence[dict[str, Any]]:
    """The runs of an automation, oldest first, once so many are over; and there are no others."""

    async def are_over() -> bool:
        runs = await runs_of(api, table, id)
        return len([run for run in runs if run["status"] not in ("QUEUED", "RUNNING")]) >= count

    await eventually(are_over)
    runs = await runs_of(api, table, id)
    assert len(runs) == count
    return runs
