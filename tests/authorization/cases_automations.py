"""Who may use the root fields about automations."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case, Variables, mutation
from tests.authorization.cases_catalog import NODE, given, ids, many, one, order, table
from tests.authorization.outcomes import Outcomes, everybody, members
from tests.authorization.world import World

DELAY = {"type": "DELAY", "config": {"seconds": 1}}


async def automation(world: World) -> None:
    """An automation with two actions, as `world.ids["automation"]`, `["action"]` and `["second"]`; and a record."""
    await table(world)
    given = {
        "tableId": world.ids["table"],
        "name": "Automation",
        "triggerType": "BUTTON_CLICKED",
        "actions": [DELAY, DELAY],
    }
    made = await world.owner(mutation("createAutomation", "automation { id actions { id } }"), {"input": given})
    found = made["createAutomation"]["automation"]
    world.ids["automation"] = found["id"]
    world.ids["action"], world.ids["second"] = (action["id"] for action in found["actions"])
    record = mutation("createRecord", "record { id }")
    made = await world.owner(record, {"input": {"tableId": world.ids["table"], "fields": {}}})
    world.ids["record"] = made["createRecord"]["record"]["id"]


async def paused(world: World) -> None:
    """As `automation`, and it is paused."""
    await automation(world)
    given = {"input": {"id": world.ids["automation"]}}
    await world.owner(mutation("pauseAutomation", "automation { id }"), given)


async def run(world: World) -> None:
    """As `automation`, with a run that waits, as `world.ids["run"]`."""
    await automation(world)
    given = {"automationId": world.ids["automation"], "recordId": world.ids["record"]}
    made = await world.owner(mutation("triggerAutomation", "run { id }"), {"input": given})
    world.ids["run"] = made["triggerAutomation"]["run"]["id"]


async def cancelled(world: World) -> None:
    """As `run`, and it was cancelled."""
    await run(world)
    await world.owner(mutation("cancelAutomationRun", "run { id }"), {"input": {"id": world.ids["run"]}})


def new_automation(world: World, _: Caller) -> Mapping[str, Any]:
    """An automation of the table."""
    return {"input": {"tableId": world.ids["table"], "name": "New", "triggerType": "RECORD_CREATED"}}


READ: Outcomes = members("Query", WorkspaceRole.ADMIN)
RUNS: Outcomes = {caller: code and code.replace("FORBIDDEN", "NOT_FOUND") for caller, code in READ.items()}
"""Members who may not manage automations do not learn what ran."""
CHANGE: Outcomes = members("Mutation", WorkspaceRole.ADMIN)
SET_OFF: Outcomes = members("Mutation", WorkspaceRole.EDITOR)
FOLLOW: Outcomes = members("Subscription", WorkspaceRole.ADMIN)
EVENTS = "subscription ($id: ID!) { automationRunEvents(automationId: $id) { run { id } } }"


def _change(name: str, variables: Variables, prepare: Any = automation, outcomes: Outcomes = CHANGE) -> Case:
    selection = "deletedId" if name == "deleteAutomation" else "automation { id }"
    return Case(f"Mutation.{name}", mutation(name, selection), outcomes, variables, prepare)


def _run(name: str, variables: Variables, prepare: Any = automation, outcomes: Outcomes = CHANGE) -> Case:
    return Case(f"Mutation.{name}", mutation(name, "run { id }"), outcomes, variables, prepare)


CASES = [
    Case("Query.triggerTypes", "{ triggerTypes { type } }", everybody("Query")),
    Case("Query.actionTypes", "{ actionTypes { type } }", everybody("Query")),
    Case("Query.automations", many("automations", "tableId"), READ, ids(id="table"), automation),
    Case("Query.automations", many("automations", "baseId"), READ, ids(id="base"), automation, about="of a base"),
    Case("Query.automation", one("automation"), READ, ids(id="automation"), automation),
    Case("Query.automationRun", one("automationRun"), RUNS, ids(id="run"), run),
    Case("Query.node", NODE, READ, ids(id="automation"), automation, about="of an automation"),
    Case("Query.node", NODE, RUNS, ids(id="action"), automation, about="of an action"),
    Case("Query.node", NODE, RUNS, ids(id="run"), run, about="of a run"),
    _change("createAutomation", new_automation, table),
    _change("updateAutomation", given({"name": "Other"}, id="automation")),
    _change("deleteAutomation", given(id="automation")),
    _change("duplicateAutomation", given(id="automation")),
    _change("pauseAutomation", given(id="automation")),
    _change("resumeAutomation", given(id="automation"), paused),
    _change("takeOverAutomation", given(id="automation")),
    _change("addAutomationAction", given(DELAY, automationId="automation")),
    _change("updateAutomationAction", given({"order": 1}, id="action")),
    _change("deleteAutomationAction", given(id="action")),
    _change("reorderAutomationActions", order("automationId", "actionIds", "second", "action")),
    _run("triggerAutomation", given(automationId="automation", recordId="record"), outcomes=SET_OFF),
    _run("clickButton", given(automationId="automation", recordId="record"), outcomes=SET_OFF),
    _run("testAutomation", given(automationId="automation", recordId="record")),
    _run("cancelAutomationRun", given(id="run"), run),
    _run("retryAutomationRun", given(id="run"), cancelled),
    Case("Subscription.automationRunEvents", EVENTS, FOLLOW, ids(id="automation"), run),
]
