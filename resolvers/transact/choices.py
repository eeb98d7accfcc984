"""The choices that a call names and fields lack: made where its operations ask for it, in its transaction."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import Problem
from domain.records.choices import MissingChoices
from resolvers.context import RequestContext
from resolvers.field_choices import adding_choices
from resolvers.records.choices import add_missing, require_typecast
from resolvers.transact.entries import in_operation
from resolvers.transact.operations import Asked, Delete, makes_choices
from resolvers.transact.reading import Lacking
from resolvers.transact.results import Transacted

Attempt = Callable[[bool], Awaitable[Transacted]]
"""Does the operations; it is told whether to raise `MissingChoices` for what lacks nothing but choices."""

_LOCK = "SELECT FROM bases WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"


def require_may_make(context: RequestContext, operations: Sequence[Asked]) -> bool:
    """Whether any operation wants choices made; raises `BadRequest` and `Forbidden` where it may not want that."""
    for index, asked in enumerate(operations):
        if makes_choices(asked) and not isinstance(asked, Delete):
            with in_operation(index):
                require_typecast(asked.typecast)
                context.require_scope("schema")
    return any(map(makes_choices, operations))


async def making_choices(context: RequestContext, unit: Unit, attempt: Attempt) -> Transacted:
    """What `attempt` answers, which is begun anew once the choices are there that it lacked.

    The first attempt is undone before: what it holds of bases, which others hold too, stands in nobody's way then.
    Raises `Forbidden` for who may not change a schema, and `ValidationFailed` for names that can be no choices.
    """
    try:
        async with unit.connection.transaction():
            return await attempt(True)
    except MissingChoices as missing:
        problems, bases = missing.problems, missing.bases
    async with adding_choices(context, unit):
        await unit.connection.execute(_LOCK, bases)
        await add_missing(context, unit, problems, _place)
    return await attempt(False)


def want_choices(missing: Lacking, problems: Sequence[Problem], tables: Iterable[TableMeta]) -> None:
    """Raise `MissingChoices` where nothing is wrong but that choices are missing."""
    if missing and not problems:
        raise MissingChoices(missing, list({table.base_id for table in tables}))


def _place(problem: Problem) -> AbstractContextManager[None]:
    return nullcontext() if problem.operation_index is None else in_operation(problem.operation_index)
