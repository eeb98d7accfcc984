"""Submitting a published form: one new record, of nobody, from whoever has the token."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import Conflict, DuplicateValue, Problem, ValidationFailed
from domain.records.values import Row, TableWriter, raise_problems
from domain.views.forms import FormMeta
from resolvers.automations.forms import form_submitted
from resolvers.context import RequestContext
from resolvers.forms.finding import no_form, with_form
from resolvers.records.idempotency import check_key, request_hash_of
from resolvers.records.writing import Batch

_TAKE: Final = """
WITH gone AS (
    DELETE FROM form_submissions WHERE (view_id, key) IN (
        SELECT view_id, key FROM form_submissions
         WHERE view_id = $1 AND key <> $2 AND created_at < now() - $4::interval
         ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED))
INSERT INTO form_submissions AS s (view_id, key, request_hash) VALUES ($1, $2, $3)
ON CONFLICT (view_id, key) DO UPDATE SET request_hash = $3, created_at = now()
 WHERE s.created_at < now() - $4::interval
RETURNING true
"""
_FIND: Final = "SELECT request_hash FROM form_submissions WHERE view_id = $1 AND key = $2"


async def submit_form(
    context: RequestContext, token: str, fields: object, *, idempotency_key: str | None = None
) -> FormMeta:
    """The form, once a record was made of values by the ids or names of its fields.

    With an idempotency key that was used for the same values no second record is made. Raises `NotFound`,
    `RateLimited`, what the creation of a record raises, and `Conflict` where no submission can be taken.
    """
    rates = context.services.submissions
    await rates.count_client(context.client.network)
    if idempotency_key is not None:
        check_key(idempotency_key)
    is_new = False

    async with context.unit() as unit:

        async def work(form: FormMeta, table: TableMeta) -> FormMeta:
            nonlocal is_new
            if not is_new:
                await rates.count_form(form.view_id)
                is_new = idempotency_key is None or await _is_new(context, unit, form, idempotency_key, fields)
            if is_new:
                batch = Batch(context, None, unit, table, no_form, form.view_id)
                row = await _row(batch, form, fields)
                with _telling_nothing_of_others(form.open_table(table)):
                    made = await batch.insert([row], ())
                await form_submitted(unit, context.services, form, made.ids[0], made.mutation_id)
            return form

        return await with_form(context, unit, token, work)


async def _is_new(context: RequestContext, unit: Unit, form: FormMeta, key: str, fields: object) -> bool:
    """Whether the key was not used yet; it is from now on, if the transaction is committed.

    A second submission with the key waits for the first one to end. Raises `Conflict` for other values.
    """
    sent = request_hash_of(["submitForm", fields])
    retention = context.services.limits.idempotency_retention
    if await unit.connection.fetchval(_TAKE, form.view_id, key, sent, retention):
        return True
    if await unit.connection.fetchval(_FIND, form.view_id, key) != sent:
        raise Conflict(f"The idempotency key {key!r} was used for another submission.", argument="idempotencyKey")
    return False


async def _row(batch: Batch, form: FormMeta, fields: object) -> Row:
    """The row of the new record; what is wrong with the values that were sent is told, of other fields nothing."""
    made = batch.context.statements_of(batch.table)
    key = ("form", form.view_id)
    writer = made.get(batch.table, key, lambda: TableWriter(form.open_table(batch.table), typecast=None))
    problems: list[Problem] = []
    [row] = writer.new_rows([fields], problems)
    raise_problems(problems)
    unmet: list[Problem] = []
    whole = batch.writer(typecast=False).completed(row, 0, unmet)
    try:
        await batch.require_sound([whole], unmet)
    except ValidationFailed:
        raise Conflict("The form cannot be submitted: the table needs a value that it does not ask for.") from None
    return whole


@contextmanager
def _telling_nothing_of_others(form: TableMeta) -> Iterator[None]:
    """Have a `DuplicateValue` name no record, and no field but one of the form."""
    try:
        yield
    except DuplicateValue as duplicate:
        name = duplicate.location.get("field")
        if isinstance(name, str) and form.find_field(name) is not None:
            raise DuplicateValue(duplicate.message, field=name) from None
        raise Conflict("The form cannot be submitted: a value that it does not ask for must be unique.") from None
