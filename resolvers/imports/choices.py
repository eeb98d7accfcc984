"""The choices that a file names and the fields of its table lack: made before its rows come, where that is wanted.

The file is read for them without a lock: of imports side by side only those that lack something wait for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from adapters.database import Unit
from domain.errors import Forbidden
from domain.fields.choices import ChoiceOptions
from domain.fields.contract import FieldType
from domain.imports.choices import MissingNames, missing_choices, still_missing
from domain.imports.columns import TargetField
from domain.imports.plan import ImportPlan
from domain.imports.problems import listed
from domain.imports.source import ImportSource
from resolvers.context import RequestContext
from resolvers.field_choices import add_choices, adding_choices
from resolvers.imports.planning import Import, planned
from resolvers.imports.reading import in_thread
from resolvers.imports.targets import Place, find_place


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of an import before its base is locked; `made` are names of choices by those of their columns."""

    plan: ImportPlan | None = None
    fields: Sequence[TargetField] | None = None
    made: MissingNames = field(default_factory=dict)

    def plan_for(self, place: Place) -> ImportPlan | None:
        """The plan, where the fields of the table are still those that it was made for."""
        return self.plan if self.plan is not None and self.fields == place.target_fields else None


async def lacking(plan: ImportPlan) -> MissingNames:
    """The choices that the fields of the table lack which are there already."""
    return await in_thread(lambda: missing_choices(plan, [each for each in plan.columns if not each.is_new]))


async def prepare(context: RequestContext, source: ImportSource, what: Import) -> Prepared:
    """Make the choices that the file names and the table's fields lack, in the operation's transaction.

    Raises `Forbidden`, before anything is written, where there are some and the caller may not change the schema.
    """
    async with context.unit() as unit:
        place = await find_place(unit, context, what.target)
    plan = await planned(context, source, what, place)
    missing = await lacking(plan)
    if not missing:
        return Prepared(plan, place.target_fields)
    fields = {each.name: each.id for each in place.fields or ()}
    async with context.unit() as unit, adding_choices(context, unit):
        made = {name: await _add(context, unit, fields, name, names) for name, names in missing.items()}
    return Prepared(made={name: names for name, names in made.items() if names})


async def _add(
    context: RequestContext, unit: Unit, fields: Mapping[str, UUID], name: str, names: Sequence[str]
) -> Sequence[str]:
    try:
        return await add_choices(context, unit, fields[name], partial(_lacking, names))
    except Forbidden as refused:
        message = f"The field {name!r} lacks the choices {listed(names)}. {refused.message}"
        raise Forbidden(message, **refused.location, field=name) from refused


def _lacking(names: Sequence[str], _: FieldType[Any], options: ChoiceOptions) -> Sequence[str]:
    return still_missing(names, options)
