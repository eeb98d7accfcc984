"""Idempotency keys: a mutation that is sent again with its key gets its first answer and writes nothing."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, Conflict
from domain.records.selection import RecordMembers
from resolvers.context import RequestContext
from resolvers.records.answers import Written
from resolvers.records.reading import read_list, require_records
from resolvers.records.tables import schema_version
from resolvers.records.writing import Batch

MAX_KEY_LENGTH = 255

_TAKE = """
INSERT INTO idempotency_keys AS k (user_id, key, request_hash, answer) VALUES ($1, $2, $3, 'null')
ON CONFLICT (user_id, key) DO UPDATE SET request_hash = $3, answer = 'null', created_at = now()
 WHERE k.created_at < now() - $4::interval
RETURNING true
"""
_ANSWER = "UPDATE idempotency_keys SET answer = $3 WHERE user_id = $1 AND key = $2"
_FIND = "SELECT request_hash, answer::text FROM idempotency_keys WHERE user_id = $1 AND key = $2"


async def once(
    batch: Batch,
    key: str,
    request: Sequence[object],
    selections: Sequence[RecordMembers],
    write: Callable[[], Awaitable[Written]],
) -> Written:
    """What `write` answers, or what it answered the first time that this user sent this key with this request.

    `request` is what makes it the same request: the mutation's name and its arguments. A second request with the key
    waits for the first one to end. A retry that selects something else gets the records as they are now. Raises
    `Conflict` when the key came with another request before. The batch's unit must be the operation's own, so that
    the key and the records are committed together.
    """
    shape_hash = shape_of(selections, batch.table)
    first = await kept_answer(batch.context, batch.unit, key, request)
    if first is not None:
        return await _again(batch, first, shape_hash, selections)
    written = await write()
    answer = {
        "ids": written.ids,
        "created": written.created,
        "cursor": written.event_cursor,
        "mutation": written.mutation_id,
        "shape": shape_hash,
        "rendered": written.rendered,
    }
    await keep_answer(batch.context, batch.unit, key, answer)
    return written


async def kept_answer(context: RequestContext, unit: Unit, key: str, request: object) -> dict[str, Any] | None:
    """What was answered to this request, when the key came with it before; None when it is for the caller to write.

    Nobody else can see a key without its answer, both are committed together: without one it was taken by this very
    operation, which starts anew since its metadata was stale.
    """
    check_key(key)
    request_hash = request_hash_of(request)
    connection, user_id = unit.connection, context.user_id
    if await connection.fetchval(_TAKE, user_id, key, request_hash, context.services.limits.idempotency_retention):
        return None
    row = await connection.fetchrow(_FIND, user_id, key)
    if row is None or row[0] != request_hash:
        raise Conflict(f"The idempotency key {key!r} was used for another request.", argument="idempotencyKey")
    answer: dict[str, Any] | None = orjson.loads(row[1])
    return answer


async def keep_answer(context: RequestContext, unit: Unit, key: str, answer: Mapping[str, object]) -> None:
    """Keep the answer to the request that the key was taken for."""
    text = orjson.dumps(answer, default=str).decode()
    await unit.connection.execute(_ANSWER, context.user_id, key, text)


def shape_of(selections: Sequence[RecordMembers], *tables: TableMeta) -> str:
    """The same for equal selections of tables of which the caller may see the same."""
    hidden = [sorted(_hidden(table)) for table in tables if table.profile is not None]
    policies = [sorted(table.profile.policies) for table in tables if table.profile is not None]
    shape = (*selections, *(each for each in (hidden, policies) if any(each)))
    return hashlib.sha256(repr(shape).encode()).hexdigest()


def _hidden(table: TableMeta) -> Iterator[str]:
    return (each.column for each in table.whole.fields if table.find_field(str(each.id)) is None)


def check_key(key: str) -> None:
    """Raise `BadRequest` for a text that is too long, or cannot be stored."""
    if not 1 <= len(key) <= MAX_KEY_LENGTH or "\x00" in key:
        message = f"An idempotency key has from 1 to {MAX_KEY_LENGTH} characters, and no NUL; this one has {len(key)}."
        raise BadRequest(message, argument="idempotencyKey")


def request_hash_of(request: object) -> bytes:
    """The same for equal requests, in whatever order the keys of their objects stand. Raises `BadRequest`."""
    try:
        text = orjson.dumps(request, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        message = "With an idempotency key, a number may have 64 bits and a value 250 levels of nesting at most."
        raise BadRequest(message, argument="idempotencyKey") from None
    return hashlib.sha256(text).digest()


async def _again(
    batch: Batch, answer: Mapping[str, Any], shape_hash: str, selections: Sequence[RecordMembers]
) -> Written:
    context, unit, table = batch.context, batch.unit, batch.table
    await schema_version(context, unit, table, Action.WRITE_RECORDS, batch.missing)
    ids = [UUID(id) for id in answer["ids"]]
    rendered: Sequence[str] = answer["rendered"]
    if answer["shape"] != shape_hash:
        await require_records(context, unit, table, ids)
        rendered = [await read_list(context, unit, table, ids, each) for each in selections]
    created = [UUID(id) for id in answer["created"]]
    mutation_id = UUID(answer.get("mutation", str(context.mutation_id)))  # versions before 0006 did not keep it
    return Written(table, ids, rendered, answer["cursor"], mutation_id, created)
