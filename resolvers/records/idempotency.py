"""Idempotency keys: a mutation that is sent again with its key gets its first answer and writes nothing."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.errors import BadRequest, Conflict
from domain.fields.storage import encode_json
from domain.records.selection import RecordMembers
from resolvers.context import RequestContext
from resolvers.records.answers import Written

MAX_KEY_LENGTH = 255

_TAKE = """
INSERT INTO idempotency_keys AS k (user_id, key, request_hash, answer) VALUES ($1, $2, $3, 'null')
ON CONFLICT (user_id, key) DO UPDATE SET request_hash = $3, answer = 'null', created_at = now()
 WHERE k.created_at < now() - $4::interval
RETURNING true
"""
_ANSWER = "UPDATE idempotency_keys SET answer = $3 WHERE user_id = $1 AND key = $2"
_FIND = "SELECT request_hash, answer::text FROM idempotency_keys WHERE user_id = $1 AND key = $2"

Read = Callable[[Sequence[UUID]], Awaitable[Sequence[str]]]
"""The JSON of records by their ids, one text a selection: for a retry that selects something else."""


async def once(
    context: RequestContext,
    unit: Unit,
    key: str,
    request: Sequence[object],
    selections: Sequence[RecordMembers],
    write: Callable[[], Awaitable[Written]],
    read: Read,
) -> Written:
    """What `write` answers, or what it answered the first time that this user sent this key with this request.

    `request` is what makes it the same request: the mutation's name and its arguments. A second request with the key waits
    for the first one to end. Raises `Conflict` when the key came with another request before. `unit` must be the
    operation's own, so that the key and the records are committed together.
    """
    if not 1 <= len(key) <= MAX_KEY_LENGTH or "\x00" in key:
        message = f"An idempotency key has from 1 to {MAX_KEY_LENGTH} characters, and no NUL; this one has {len(key)}."
        raise BadRequest(message, argument="idempotencyKey")
    request_hash = hashlib.sha256(encode_json(list(request)).encode()).digest()
    shape_hash = hashlib.sha256(repr(tuple(selections)).encode()).hexdigest()
    retention = context.services.limits.idempotency_retention
    if not await unit.connection.fetchval(_TAKE, context.user_id, key, request_hash, retention):
        return await _first_answer(context, unit, key, request_hash, shape_hash, read)
    written = await write()
    answer = {"ids": written.ids, "cursor": written.event_cursor, "shape": shape_hash, "rendered": written.rendered}
    await unit.connection.execute(_ANSWER, context.user_id, key, orjson.dumps(answer).decode())
    return written


async def _first_answer(
    context: RequestContext, unit: Unit, key: str, request_hash: bytes, shape_hash: str, read: Read
) -> Written:
    row = await unit.connection.fetchrow(_FIND, context.user_id, key)
    if row is None or row[0] != request_hash:
        raise Conflict(f"The idempotency key {key!r} was used for another request.", argument="idempotencyKey")
    answer: dict[str, Any] = orjson.loads(row[1])
    ids = [UUID(id) for id in answer["ids"]]
    rendered = answer["rendered"] if answer["shape"] == shape_hash else await read(ids)
    return Written(ids, rendered, answer["cursor"])
