"""Makes the choices that a write of records names and its fields lack, in the transaction of the write."""

from collections.abc import Awaitable, Callable, Sequence

from adapters.database import Unit
from domain.access.roles import Action
from domain.audit.actions import AuditAction
from domain.bases.catalog import FieldMeta
from domain.errors import BadRequest, Problem
from domain.fields.choices import ChoiceOptions
from domain.ids import Kind, new_id
from domain.records.choices import MissingChoices, new_choices
from domain.records.values import raise_problems
from resolvers.access import load_field
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.field_columns import typed
from resolvers.field_links import FieldWork
from resolvers.field_updates import FieldChanges, change_field
from resolvers.records.answers import Written
from resolvers.schema_changes import schema_change, sign_changes

Write = Callable[[bool], Awaitable[Written]]
"""Writes the records; it is told whether to raise `MissingChoices` for what lacks nothing but choices."""


async def making_choices(context: RequestContext, write: Write, *, typecast: bool, makes_choices: bool) -> Written:
    """What `write` answers, which is begun anew once the choices are there that it lacked.

    A write that lacks none runs the statements that it always does. Raises `Forbidden` for who may not change the
    schema, and `ValidationFailed` for names that can be no choices.
    """
    if not makes_choices:
        return await write(False)
    if not typecast:
        message = "createMissingChoices goes with `typecast: true` only."
        raise BadRequest(message, argument="createMissingChoices")
    context.require_scope("schema")
    try:
        return await write(True)
    except MissingChoices as missing:
        problems = missing.problems
    async with schema_change(context) as unit:
        # A mutation of their own in the log, so that the records can be undone: choices cannot.
        await sign_changes(context, unit, new_id(Kind.MUTATION))
        refused: list[Problem] = []
        for field, each in problems.items():
            await _make(context, unit, field, each, refused)
        raise_problems(refused)
        await unit.session.flush()
        await sign_changes(context, unit)
    return await write(False)


async def _make(
    context: RequestContext, unit: Unit, meta: FieldMeta, problems: Sequence[Problem], refused: list[Problem]
) -> None:
    """Make the choices of one field that are still missing once its base is locked; `refused` as for `new_choices`."""
    field, table, base = await load_field(unit, context, meta.id, Action.CHANGE_SCHEMA, lock=True)
    type, options = typed(field)
    if not isinstance(options, ChoiceOptions):
        return  # another type by now, to which the write will say what it says
    names = new_choices(type, options, problems, refused)
    if names:
        changes = FieldChanges(add_choices=names)
        await change_field(FieldWork(context, unit, base, table, field), changes)
        details = {"tableId": str(table.id), "choices": list(names)}
        action = AuditAction.FIELD_CHOICES_ADDED
        await audit(unit, context, action, subject=field.id, workspace=base.workspace_id, details=details)
