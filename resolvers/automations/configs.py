"""Configs of automations over the tables that there are: read when they are made, and held against them later."""

from collections.abc import Sequence
from uuid import UUID

from adapters.database import Unit
from domain.automations.conditions import FilterLimits
from domain.automations.configs import read_config
from domain.automations.contract import ConfigJson, Part, Reading
from domain.automations.records import trigger_records
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, PayloadTooLarge, Problem, invalid_input
from resolvers.context import RequestContext
from resolvers.narrowing import for_caller
from resolvers.services import Limits
from resolvers.views.content import table_of


def reading_of(limits: Limits, table: TableMeta) -> Reading:
    """What configs are read by."""
    filters = FilterLimits(limits.max_filter_depth, limits.max_filter_conditions)
    return Reading(table, filters, trigger_records=trigger_records(table))


async def reading_for(context: RequestContext, unit: Unit, table_id: UUID) -> Reading:
    """What the caller's configs are read by: the table, as far as the caller may see it."""
    table = await for_caller(context, unit, await table_of(unit, table_id))
    return reading_of(context.services.limits, table)


def require_sound(problems: Sequence[Problem]) -> None:
    """Raise `ValidationFailed` where something is wrong with the configs."""
    if problems:
        raise invalid_input(problems)


async def require_fitting(context: RequestContext, table_id: UUID, part: Part, config: ConfigJson) -> None:
    """Raise `BadRequest` where a config that is kept does not fit the table any longer, as its owner may see it."""
    async with context.unit() as unit:
        reading = await reading_for(context, unit, table_id)
    read_config(part, config, ("triggerConfig",), reading)
    if reading.problems:
        first = reading.problems[0]
        place = ".".join(map(str, first.loc))
        raise BadRequest(f"Its trigger does not fit the table any longer: {place}: {first.message}")


def require_size(bytes: int, limits: Limits) -> None:
    """Raise `PayloadTooLarge` where the configs of an automation take too much."""
    most = limits.max_automation_bytes
    if bytes > most:
        raise PayloadTooLarge(f"The configs of the automation take {bytes} bytes; at most {most} are allowed.")
