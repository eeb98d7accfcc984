"""Finding a published form by its token, for everybody who has it."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import NotFound
from domain.views.forms import FormMeta, asked_for
from resolvers.context import RequestContext
from resolvers.metadata import TableKey
from resolvers.records.tables import Stale, with_metadata

T = TypeVar("T")

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FIND: Final = """
SELECT f.view_id, v.table_id, b.schema_version, v.name, v.config::text AS config,
       v.hidden_field_ids::text AS hidden_field_ids
  FROM published_forms f JOIN views v ON v.id = f.view_id
       JOIN tables t ON t.id = v.table_id JOIN bases b ON b.id = t.base_id
 WHERE f.token = $1
"""


def no_form() -> NotFound:
    """The error for whatever is no form that can be filled in: unknown, withdrawn, deleted, or without fields."""
    return NotFound("There is no form with this token.")


async def with_form(
    context: RequestContext, unit: Unit, token: str, work: Callable[[FormMeta, TableMeta], Awaitable[T]]
) -> T:
    """`work` done with a published form and its table, again as long as it raises `Stale`; see `with_table`.

    Raises `NotFound`. What `work` refuses is told while the form is published, and when the metadata is not stale.
    """
    first = await _find(unit, token)
    found: FormMeta | None = first

    async def in_table(table: TableMeta) -> T:
        nonlocal found
        form, found = found or await _find(unit, token), None
        if form.schema_version != table.schema_version:
            raise Stale
        if not form.open_table(table).fields:
            raise no_form()
        return await work(form, table)

    async def current_version(_: TableMeta) -> int:
        return (await _find(unit, token)).schema_version

    return await with_metadata(context, unit, TableKey(id=first.table_id), in_table, current_version, no_form)


async def _find(unit: Unit, token: str) -> FormMeta:
    row = await unit.connection.fetchrow(_FIND, token) if _TOKEN.fullmatch(token) else None
    if row is None:
        raise no_form()
    config = json.loads(row["config"])
    return FormMeta(
        view_id=row["view_id"],
        table_id=row["table_id"],
        schema_version=row["schema_version"],
        title=row["name"],
        submit_text=config["submit_text"],
        field_ids=asked_for(config, json.loads(row["hidden_field_ids"])),
    )
