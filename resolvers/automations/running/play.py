"""One go at a run: from its first step that is not done to its end, or to where it waits or fails."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.automations.faults import StepFailed
from domain.automations.registry import action_type
from domain.automations.runs import RunStatus
from domain.automations.step import Names
from resolvers.automations.running.claim import Run
from resolvers.automations.running.entries import Entry
from resolvers.automations.running.step import StepUnderWay
from resolvers.automations.running.world import World
from resolvers.services import Limits


class Play:
    """The steps of a run, as far as they are done."""

    def __init__(self, run: Run, world: World, limits: Limits) -> None:
        self.run = run
        self.world = world
        self.limits = limits
        self.entries = run.entries
        self.outputs: dict[str, Any] = {}
        self.names: dict[str, object] = {
            "trigger": run.trigger,
            "steps": self.outputs,
            "automation": {"id": str(run.automation_id), "name": run.name, "run_id": str(run.id)},
        }

    async def go(self) -> None:
        """Do what is left; raises `StepEnded`, `Waiting` and `Superseded`."""
        last = self.entries.get(str(len(self.run.actions)))
        is_all_done = not self.run.actions or (last is not None and last.status is RunStatus.SUCCEEDED)
        await self.actions(self.run.actions, "", self.outputs, {})
        if is_all_done:
            await self.world.note([], is_end=True)

    async def actions(
        self, actions: Sequence[Mapping[str, Any]], before: str, outputs: dict[str, Any], names: Names
    ) -> None:
        """Do actions one after the other. `before` is what their paths begin with, `outputs` where theirs are put."""
        for number, action in enumerate(actions, 1):
            path = f"{before}{number}"
            entry = self.entries.get(path)
            if entry is None or entry.status is not RunStatus.SUCCEEDED:
                entry = entry or self._begin(path, action)
                is_end = not before and number == len(actions)
                await StepUnderWay(self, entry, action, outputs, names, is_end=is_end).go()
            outputs[str(number)] = entry.output

    def _begin(self, path: str, action: Mapping[str, Any]) -> Entry:
        most = self.limits.max_run_steps
        if len(self.entries) >= most:
            raise StepFailed(f"A run has at most {most:,} steps.")
        top = self.run.actions[int(path.partition(".")[0]) - 1]
        entry = self.entries[path] = Entry(path, len(self.entries), top.get("id"), action_type(action["type"]).key)
        return entry

    @property
    def table_id(self) -> UUID:
        """The table of the automation."""
        return self.run.table_id
