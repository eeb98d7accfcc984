"""Adds choices to selects on behalf of what needs them: a write of records, or an import."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action
from domain.audit.actions import AuditAction
from domain.fields.choices import ChoiceOptions
from domain.fields.contract import FieldType
from domain.ids import Kind, new_id
from resolvers.access import load_field
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.field_columns import typed
from resolvers.field_links import FieldWork
from resolvers.field_updates import FieldChanges, change_field
from resolvers.schema_changes import changing_schema, sign_changes

Pick = Callable[[FieldType[Any], ChoiceOptions], Sequence[str]]
"""The names of the choices that a field lacks, by the options that it has now."""


@asynccontextmanager
async def adding_choices(context: RequestContext, unit: Unit) -> AsyncIterator[None]:
    """Have the choices that are added inside be a mutation of their own in the log.

    So what needed them can be undone: choices cannot.
    """
    async with changing_schema(context, unit):
        await sign_changes(context, unit, new_id(Kind.MUTATION))
        yield
        await unit.session.flush()
        await sign_changes(context, unit)


async def add_choices(context: RequestContext, unit: Unit, field_id: UUID, pick: Pick) -> Sequence[str]:
    """Add the choices that are still missing once the field's base is locked; their names.

    Raises `NotFound`, and `Forbidden` for who may not change the schema. A field of another type by now gets none: the
    write will say what it says to that.
    """
    field, table, base = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA, lock=True)
    type, options = typed(field)
    if not isinstance(options, ChoiceOptions):
        return ()
    names = pick(type, options)
    if names:
        changes = FieldChanges(add_choices=names)
        await change_field(FieldWork(context, unit, base, table, field), changes)
        details = {"tableId": str(table.id), "choices": list(names)}
        action = AuditAction.FIELD_CHOICES_ADDED
        await audit(unit, context, action, subject=field.id, workspace=base.workspace_id, details=details)
    return names
