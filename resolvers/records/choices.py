"""Makes the choices that a write of records names and its fields lack, in the transaction of the write."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from adapters.database import Unit
from domain.bases.catalog import FieldMeta
from domain.errors import BadRequest, Problem
from domain.records.choices import MissingChoices, new_choices
from domain.records.values import raise_problems
from resolvers.context import RequestContext
from resolvers.field_choices import add_choices, adding_choices
from resolvers.records.answers import Written

Write = Callable[[bool], Awaitable[Written]]
"""Writes the records; it is told whether to raise `MissingChoices` for what lacks nothing but choices."""
Place = Callable[[Problem], AbstractContextManager[None]]
"""Has what is refused because of a problem say where that is."""


async def making_choices(context: RequestContext, write: Write, *, typecast: bool, makes_choices: bool) -> Written:
    """What `write` answers, which is begun anew once the choices are there that it lacked.

    A write that lacks none runs the statements that it always does. Raises `Forbidden` for who may not change the
    schema, and `ValidationFailed` for names that can be no choices.
    """
    if not makes_choices:
        return await write(False)
    require_typecast(typecast)
    context.require_scope("schema")
    try:
        return await write(True)
    except MissingChoices as missing:
        problems = missing.problems
    async with context.unit() as unit, adding_choices(context, unit):
        await add_missing(context, unit, problems)
    return await write(False)


def require_typecast(typecast: bool) -> None:
    """Raise `BadRequest` for a write that is to make choices of values as they are."""
    if not typecast:
        message = "createMissingChoices goes with `typecast: true` only."
        raise BadRequest(message, argument="createMissingChoices")


async def add_missing(
    context: RequestContext,
    unit: Unit,
    problems: Mapping[FieldMeta, Sequence[Problem]],
    place: Place = lambda _: nullcontext(),
) -> None:
    """Add the choices that would mend the problems of each field; raises as `making_choices`."""
    refused: list[Problem] = []
    for field, each in problems.items():
        with place(each[0]):
            await add_choices(context, unit, field.id, partial(new_choices, problems=each, refused=refused))
    raise_problems(refused)
