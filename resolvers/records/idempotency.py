"""Idempotency keys: a mutation that is sent again with its key gets its first answer and writes nothing."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import orjson

from domain.access.roles import Action
from domain.errors import BadRequest, Conflict
from domain.records.selection import RecordMembers
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
    _check_key(key)
    request_hash = _request_hash(request)
    shape_hash = hashlib.sha256(repr(tuple(selections)).encode()).hexdigest()
    connection, user_id = batch.unit.connection, batch.user_id
    retention = batch.context.services.limits.idempotency_retention
    if not await connection.fetchval(_TAKE, user_id, key, request_hash, retention):
        first = await _first_answer(batch, key, request_hash, shape_hash, selections)
        if first is not None:
            return first
    written = await write()
    answer = {
        "ids": written.ids,
        "created": written.created,
        "cursor": written.event_cursor,
        "shape": shape_hash,
        "rendered": written.rendered,
    }
    await connection.execute(_ANSWER, user_id, key, orjson.dumps(answer, default=str).decode())
    return written


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= MAX_KEY_LENGTH or "\x00" in key:
        message = f"An idempotency key has from 1 to {MAX_KEY_LENGTH} characters, and no NUL; this one has {len(key)}."
        raise BadRequest(message, argument="idempotencyKey")


def _request_hash(request: Sequence[object]) -> bytes:
    """The same for equal requests, in whatever order the keys of their objects stand."""
    try:
        text = orjson.dumps(request, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        message = "With an idempotency key, a number may have 64 bits and a value 250 levels of nesting at most."
        raise BadRequest(message, argument="idempotencyKey") from None
    return hashlib.sha256(text).digest()


async def _first_answer(
    batch: Batch, key: str, request_hash: bytes, shape_hash: str, selections: Sequence[RecordMembers]
) -> Written | None:
    """None when this very operation took the key and has not written yet: it starts anew, its metadata was stale.

    Nobody else can see a key without its answer: both are committed together.
    """
    context, unit, table = batch.context, batch.unit, batch.table
    row = await unit.connection.fetchrow(_FIND, batch.user_id, key)
    if row is None or row[0] != request_hash:
        raise Conflict(f"The idempotency key {key!r} was used for another request.", argument="idempotencyKey")
    await schema_version(context, unit, table, Action.WRITE_RECORDS, batch.missing)
    answer: dict[str, Any] | None = orjson.loads(row[1])
    if answer is None:
        return None
    ids = [UUID(id) for id in answer["ids"]]
    rendered: Sequence[str] = answer["rendered"]
    if answer["shape"] != shape_hash:
        await require_records(context, unit, table, ids)
        rendered = [await read_list(context, unit, table, ids, each) for each in selections]
    return Written(table, ids, rendered, answer["cursor"], [UUID(id) for id in answer["created"]])
