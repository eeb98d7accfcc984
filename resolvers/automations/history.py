"""The runs of automations: reading them, cancelling one, and doing one again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true

from adapters.database import Unit
from domain.access.roles import roles_that_may
from domain.automations.runs import RunStatus
from domain.errors import Conflict
from domain.ids import Kind, new_id
from models import Automation, AutomationRun, AutomationRunStep, Base, Table, table_members
from resolvers.access import missing
from resolvers.automations.access import MANAGE, load_run
from resolvers.automations.starting import Start, overtaken, start_runs
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.id_pages import IdPage, PageRequest
from resolvers.loader import Loader
from resolvers.reach import sees_table

_CANCEL: Final = """
UPDATE automation_runs SET status = 'CANCELLED', error = $2, finished_at = now(), claim = claim + 1 WHERE id = $1
"""
_RETRY: Final = "UPDATE automation_runs SET retry_of = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs: all that is given must hold. `since` is part of the time, `until` is not."""

    statuses: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_test: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What must hold of a run."""
        found: list[ColumnElement[bool]] = []
        if self.statuses is not None:
            found.append(AutomationRun.status.in_(self.statuses))
        if self.since is not None:
            found.append(AutomationRun.created_at >= self.since)
        if self.until is not None:
            found.append(AutomationRun.created_at < self.until)
        if self.is_test is not None:
            found.append(AutomationRun.is_test == self.is_test)
        return found


@dataclass(frozen=True, slots=True)
class RunsKey:
    """A page of the runs of an automation."""

    automation_id: UUID
    filter: RunFilter
    page: PageRequest


class RunsLoader(Loader[RunsKey, IdPage[AutomationRun]]):
    """Pages of runs, newest first, of automations that the caller may see; those that are alike by one statement."""

    async def fetch(self, unit: Unit, keys: list[RunsKey]) -> Mapping[RunsKey, IdPage[AutomationRun]]:
        """See `Loader.fetch`."""
        found: dict[RunsKey, IdPage[AutomationRun]] = {}
        for filter, page in dict.fromkeys((key.filter, key.page) for key in keys):
            alike = [key for key in keys if (key.filter, key.page) == (filter, page)]
            runs = await _newest(unit, [key.automation_id for key in alike], filter, page)
            for key in alike:
                items = runs[key.automation_id]
                found[key] = IdPage(items[: page.size], len(items) > page.size, page.after is not None)
        return found


async def _newest(
    unit: Unit, ids: Sequence[UUID], filter: RunFilter, page: PageRequest
) -> Mapping[UUID, list[AutomationRun]]:
    """Of each automation one run more than the page has."""
    of_one = select(AutomationRun.id).where(AutomationRun.automation_id == Automation.id, *filter.conditions())
    if page.after is not None:
        of_one = of_one.where(AutomationRun.id < page.after)
    newest = of_one.order_by(AutomationRun.id.desc()).limit(page.size + 1).correlate(Automation).lateral()
    statement = select(AutomationRun).select_from(Automation).join(newest, true())
    statement = statement.join(AutomationRun, AutomationRun.id == newest.c.id)
    statement = statement.where(among(Automation.id, ids)).order_by(AutomationRun.id.desc())
    return grouped(ids, ((run.automation_id, run) for run in await unit.session.scalars(statement)))


@dataclass(frozen=True, slots=True)
class RunCountKey:
    """How many runs of an automation a filter chooses."""

    automation_id: UUID
    filter: RunFilter


class RunCountLoader(Loader[RunCountKey, int]):
    """Numbers of runs, of automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[RunCountKey]) -> Mapping[RunCountKey, int]:
        """See `Loader.fetch`."""
        found: dict[RunCountKey, int] = {}
        for filter in dict.fromkeys(key.filter for key in keys):
            ids = [key.automation_id for key in keys if key.filter == filter]
            statement = select(AutomationRun.automation_id, func.count()).group_by(AutomationRun.automation_id)
            statement = statement.where(among(AutomationRun.automation_id, ids), *filter.conditions())
            counts = {row[0]: row[1] for row in await unit.session.execute(statement)}
            found |= {RunCountKey(id, filter): counts.get(id, 0) for id in ids}
        return found


class RunLoader(Loader[UUID, AutomationRun]):
    """Runs by id, of automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, AutomationRun]:
        """See `Loader.fetch`."""
        found = await unit.session.scalars(_mine(self.context).where(among(AutomationRun.id, keys)))
        return {run.id: run for run in found}


class StepsLoader(Loader[UUID, list[AutomationRunStep]]):
    """The steps of runs in their order, of automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[AutomationRunStep]]:
        """See `Loader.fetch`."""
        roles = [role.value for role in roles_that_may(MANAGE)]
        statement = select(AutomationRunStep).join(AutomationRun, AutomationRun.id == AutomationRunStep.run_id)
        statement = _of_mine(self.context, statement).where(among(AutomationRunStep.run_id, keys))
        statement = statement.where(table_members.c.role.in_(roles))
        found = await unit.session.scalars(statement.order_by(AutomationRunStep.position, AutomationRunStep.path))
        return grouped(keys, ((step.run_id, step) for step in found))


def _mine(context: RequestContext) -> Select[AutomationRun]:
    roles = [role.value for role in roles_that_may(MANAGE)]
    return _of_mine(context, select(AutomationRun)).where(table_members.c.role.in_(roles))


def _of_mine(context: RequestContext, statement: Select[Any]) -> Select[Any]:
    statement = statement.join(Automation, Automation.id == AutomationRun.automation_id)
    statement = statement.join(Table, Table.id == Automation.table_id).join(Base, Base.id == Table.base_id)
    return statement.join(table_members, sees_table(context))


async def get_run(context: RequestContext, run_id: UUID) -> AutomationRun:
    """The run; raises `NotFound` when the caller may not see it."""
    found = await context.loader(RunLoader).load(run_id)
    if found is None:
        raise missing("run", run_id)
    return found


async def cancel_run(context: RequestContext, run_id: UUID) -> AutomationRun:
    """The run, of which no further step begins; what a step has done stays. Raises `Conflict` for one that is over."""
    async with context.unit() as unit:
        run, automation = await load_run(unit, context, run_id)
        if RunStatus(run.status).is_over:
            raise Conflict(f"The run is over: it is {run.status}.", runId=str(run.id))
        await unit.connection.execute(_CANCEL, run.id, "Somebody cancelled it.")
        await unit.session.refresh(run)
        _tell(context, unit, automation.id)
    context.forget_loaded()
    return run


async def retry_run(context: RequestContext, run_id: UUID) -> AutomationRun:
    """A new run for the same event, from the first action on, with the actions as they are now.

    Raises `Conflict` for a run that has neither failed nor was cancelled, and for one that was a test: its event was
    made up by whoever tried the automation out, and the new run acts by the owner's rights.
    """
    async with context.unit() as unit:
        run, automation = await load_run(unit, context, run_id)
        if run.is_test:
            raise Conflict("A test is not done again: test the automation once more.", runId=str(run.id))
        if run.status not in (RunStatus.FAILED, RunStatus.CANCELLED):
            raise Conflict(f"Only a run that failed or was cancelled is done again: it is {run.status}.")
        start = Start(automation.id, f"retry:{new_id(Kind.MUTATION)}", run.trigger, context.mutation_id)
        started = await start_runs(unit, context.services, [start], by_hand=True)
        if not started:
            raise overtaken(automation.id)
        await unit.connection.execute(_RETRY, started[0], run.id)
        again = await unit.session.get_one(AutomationRun, started[0])
    context.forget_loaded()
    return again


def _tell(context: RequestContext, unit: Unit, automation_id: UUID) -> None:
    unit.after_commit(lambda: context.services.bus.publish(automation_id))
