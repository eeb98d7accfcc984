"""What an import is to do: what its caller has decided, who may, and the plan that its file gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.choices import missing_choices, with_choices
from domain.imports.columns import ImportColumn, same_name
from domain.imports.limits import ImportLimits
from domain.imports.options import ImportOptions
from domain.imports.plan import ImportPlan, plan_import
from domain.imports.source import ImportSource
from domain.imports.stated import check_stated
from resolvers.context import RequestContext
from resolvers.imports.reading import in_thread
from resolvers.imports.targets import IntoTable, Place, Target, find_place
from resolvers.services import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What the caller of an import has decided.

    `strict` lets nothing in if anything does not fit; otherwise it is reported and its cell stays empty.
    `indexed` names columns whose new fields get indexes, which are made once the rows are there. `makes_missing` has
    records made in linked tables for names that no record has, `makes_choices` the choices that selects lack.
    """

    target: Target
    options: ImportOptions = field(default_factory=ImportOptions)
    strict: bool = False
    indexed: Sequence[str] = ()
    makes_missing: bool = False
    makes_choices: bool = False


async def check_access(context: RequestContext, what: Import) -> None:
    """Raise `NotFound` or `Forbidden` when the caller may not import there."""
    check_asked(context, what)
    async with context.unit() as unit:
        await find_place(unit, context, what.target)


def check_asked(context: RequestContext, what: Import) -> None:
    """Refuse what can be refused without the file: credentials that may not do it, and columns that cannot be made.

    Raises `Forbidden`, `BadRequest` and `ValidationFailed`.
    """
    if what.options.columns and isinstance(what.target, IntoTable) and not what.target.create_missing:
        message = "columns says what new fields become: with tableId it goes with createMissingFields only."
        raise BadRequest(message, argument="columns")
    check_stated(what.options.columns)
    if what.makes_choices or not isinstance(what.target, IntoTable) or what.target.create_missing:
        context.require_scope("schema")


async def planned(context: RequestContext, source: ImportSource, what: Import, place: Place) -> ImportPlan:
    """The plan for a place; its new selects have all the choices that they are to have."""
    limits = context.services.limits
    check_size(source.size, limits)
    bounds = ImportLimits(max_columns=limits.max_fields_per_table, max_name_characters=limits.max_name_length)
    create_missing = isinstance(what.target, IntoTable) and what.target.create_missing
    options = replace(what.options, limits=bounds, create_missing=create_missing)
    plan = await in_thread(lambda: _plan(source, options, place, what.makes_choices))
    _check_indexed(plan, what.indexed)
    return plan


def _plan(source: ImportSource, options: ImportOptions, place: Place, makes_choices: bool) -> ImportPlan:
    plan = plan_import(source, options, place.target_fields)
    stated = {same_name(each.name): each for each in options.columns}

    def takes_choices(column: ImportColumn) -> bool:
        said = stated.get(same_name(column.source_name))
        if said is None:  # it has those of the whole sample
            return makes_choices and not plan.is_complete
        return makes_choices or said.takes_choices

    return with_choices(plan, missing_choices(plan, filter(takes_choices, plan.new_columns)))


def check_size(size: int, limits: Limits) -> None:
    """Refuse a file that is too large; `size` is in bytes."""
    if size > limits.max_import_bytes:
        raise PayloadTooLarge(f"The file has {size:,} bytes or more; at most {limits.max_import_bytes:,} are taken.")


def _check_indexed(plan: ImportPlan, indexed: Sequence[str]) -> None:
    new = {same_name(column.name) for column in plan.new_columns}
    for name in indexed:
        if same_name(name) not in new:
            raise BadRequest(f"No new field can be indexed as {name!r}: no column of the file makes one.", value=name)
