"""Taking a request to an incoming webhook: one record, and the note that it was taken, in one transaction."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.errors import BadRequest, Conflict, DomainError, NotFound, Unavailable, ValidationFailed
from domain.ids import Kind, new_id
from domain.webhooks.paths import ABSENT, read_path, value_at
from domain.webhooks.signing import ID, verify
from domain.webhooks.tokens import INCOMING_TOKENS
from resolvers.acting import acting_for
from resolvers.automations.returning import run_in
from resolvers.context import Client, RequestContext
from resolvers.incoming_webhooks.listeners import LISTENERS
from resolvers.incoming_webhooks.taken import TakenRequest
from resolvers.records.idempotency import check_key
from resolvers.records.mutations import create_records, upsert_records
from resolvers.records.tables import MAX_RELOADS, SCHEMA_MOVED
from resolvers.services import Services

KEY_HEADERS: Final = ("idempotency-key", ID)
"""Of these the first that is there names the request."""
_SERVICE: Final = "incoming webhook"
_FIND: Final = """
SELECT id, table_id, owner_id, mappings::text, merge_field_ids::text, sealed_secret FROM incoming_webhooks
 WHERE token_hash = $1 AND is_enabled
"""
_STILL_THERE: Final = "SELECT FROM incoming_webhooks WHERE id = $1 AND token_hash = $2 AND is_enabled FOR KEY SHARE"
_TAKE: Final = """
INSERT INTO incoming_requests (id, webhook_id, key, request_hash, content_type, body)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (webhook_id, key) DO NOTHING RETURNING id
"""
_FIRST: Final = "SELECT request_hash, answer::text FROM incoming_requests WHERE webhook_id = $1 AND key = $2"
_ANSWER: Final = "UPDATE incoming_requests SET answer = $2, record_id = $3 WHERE id = $1"
_REFUSE: Final = """
INSERT INTO incoming_requests (id, webhook_id, request_hash, content_type, body, code, message)
SELECT $1, $2, $3, $4, $5, $6, $7 FROM incoming_webhooks WHERE id = $2
"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came. `headers` are in small letters; `document` is the body as JSON, None where it is none.

    `problem` is why it is none; `is_signed` says that it was signed by who knows the webhook's secret.
    """

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    document: Any = None
    problem: DomainError | None = None
    is_signed: bool = False

    @property
    def key(self) -> str | None:
        """What names it, so that it counts once: of one that is signed what was signed, which nobody can replace."""
        names = (ID,) if self.is_signed else KEY_HEADERS
        return next((value for name in names if (value := self.headers.get(name))), None)

    @property
    def hash(self) -> bytes:
        """The same for equal bodies."""
        return hashlib.sha256(self.body).digest()


async def receive(services: Services, client: Client, token: str, request: Incoming) -> Mapping[str, Any]:
    """What a request is answered: the same as the first time, where it came before with its key.

    Raises `NotFound` for a token that opens nothing, `RateLimited`, `InvalidSignature`, and what the creation of a
    record raises; `Conflict` for a key that came with another body.
    """
    await services.incoming.count_client(client.network)
    digest = INCOMING_TOKENS.digest(token)
    async with services.database.unit() as unit:
        webhook = None if digest is None else await unit.connection.fetchrow(_FIND, digest)
    if webhook is None or digest is None:
        raise no_webhook()
    await services.incoming.count_webhook(webhook["id"])
    try:
        return await _take(services, webhook, digest, _verified(services, webhook, request))
    except DomainError as error:
        await _note_refusal(services, webhook["id"], request, error)
        raise


def no_webhook() -> NotFound:
    """The error for whatever takes no requests: unknown, disabled or deleted."""
    return NotFound("There is no webhook here.")


def _verified(services: Services, webhook: asyncpg.Record, request: Incoming) -> Incoming:
    """The request, whose signature is right where it needs one; raises `InvalidSignature`, and its problem."""
    if webhook["sealed_secret"] is not None:
        secret = services.seal.open(webhook["sealed_secret"])
        verify(request.body, request.headers, [] if secret is None else [secret])
    if request.problem is not None:
        raise request.problem
    return replace(request, is_signed=webhook["sealed_secret"] is not None)


async def _take(services: Services, webhook: asyncpg.Record, digest: bytes, request: Incoming) -> Mapping[str, Any]:
    if request.key is not None:
        check_key(request.key)
    if webhook["owner_id"] is None:
        raise Conflict("The owner of this webhook has no account any more; somebody else must take it over.")
    run_id = run_in(services, request.headers)
    for _ in range(MAX_RELOADS):
        context = await acting_for(services, webhook["owner_id"], _SERVICE, mutation_id=run_id)
        try:
            async with context.transaction():
                return await _take_once(context, webhook, digest, request)
        except SCHEMA_MOVED:  # it is all rolled back, and the metadata are forgotten
            continue
    raise Unavailable("The table's fields are being changed right now; try again.")


async def _take_once(
    context: RequestContext, webhook: asyncpg.Record, digest: bytes, request: Incoming
) -> Mapping[str, Any]:
    id = new_id(Kind.INCOMING_REQUEST)
    async with context.unit() as unit:
        if await unit.connection.fetchrow(_STILL_THERE, webhook["id"], digest) is None:
            raise no_webhook()
        if not await _is_new(unit, id, webhook["id"], request, context.services):
            return await _first_answer(unit, webhook["id"], request)
    record_id, is_new = await _write(context, webhook, request)
    answer = {"id": str(id), "isNew": is_new, "recordId": record_id and str(record_id)}  # as PostgreSQL orders it
    async with context.unit() as unit:
        await unit.connection.execute(_ANSWER, id, orjson.dumps(answer).decode(), record_id)
    taken = TakenRequest(id, webhook["id"], webhook["table_id"], request.document, request.headers, record_id)
    for listener in LISTENERS:
        await listener(context, taken)
    return answer


async def _write(context: RequestContext, webhook: asyncpg.Record, request: Incoming) -> tuple[UUID | None, bool]:
    """The record that came of a request, and whether it is a new one; None where it makes none."""
    mappings = orjson.loads(webhook["mappings"])
    fields = _fields(request.document, mappings)
    if not fields:
        return None, False
    merge_on = orjson.loads(webhook["merge_field_ids"])
    with _telling_paths(mappings):
        if not merge_on:
            done = await create_records(context, webhook["table_id"], [fields], (), typecast=True)
            return done.ids[0], True
        done = await upsert_records(context, webhook["table_id"], merge_on, [fields], (), typecast=True)
        return done.ids[0], bool(done.created)


@contextmanager
def _telling_paths(mappings: Sequence[Mapping[str, str]]) -> Iterator[None]:
    """Have problems with values say where these stand in the body, not in which field."""
    paths = {mapping["fieldId"]: mapping["path"] for mapping in mappings}
    try:
        yield
    except ValidationFailed as error:
        problems = [
            replace(problem, loc=(paths.get(str(problem.loc[0]), problem.loc[0]), *problem.loc[1:]), record_index=None)
            if problem.loc
            else problem
            for problem in error.problems
        ]
        raise type(error)(problems) from None


def _fields(document: Any, mappings: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The values by the ids of fields; what the body does not have is left out."""
    found = {mapping["fieldId"]: value_at(document, read_path(mapping["path"])) for mapping in mappings}
    fields = {id: value for id, value in found.items() if value is not ABSENT}
    if mappings and not fields:
        paths = ", ".join(mapping["path"] for mapping in mappings[:5])
        raise BadRequest(f"The body has nothing of what is mapped: {paths}.")
    return fields


async def _is_new(unit: Unit, id: UUID, webhook_id: UUID, request: Incoming, services: Services) -> bool:
    """Whether its key has not come before; it waits for another one with it that is under way."""
    given = (id, webhook_id, request.key, request.hash, request.content_type, _logged(services, request))
    return await unit.connection.fetchval(_TAKE, *given) is not None


async def _first_answer(unit: Unit, webhook_id: UUID, request: Incoming) -> Mapping[str, Any]:
    row = await unit.connection.fetchrow(_FIRST, webhook_id, request.key)
    if row is None or row["request_hash"] != request.hash:
        raise Conflict("This idempotency key came with another body before.", argument="Idempotency-Key")
    answer: Mapping[str, Any] = orjson.loads(row["answer"])
    return answer


async def _note_refusal(services: Services, webhook_id: UUID, request: Incoming, error: DomainError) -> None:
    """In a transaction of its own: that of the request is rolled back. It takes no key, so that it can come again."""
    told = (new_id(Kind.INCOMING_REQUEST), webhook_id, request.hash, request.content_type, _logged(services, request))
    async with services.database.unit() as unit:
        await unit.connection.execute(_REFUSE, *told, error.code, error.message)


def _logged(services: Services, request: Incoming) -> str:
    """The start of the body as a text that the database can hold."""
    text = request.body[: services.limits.max_webhook_logged_bytes].decode("utf-8", "replace")
    return text.replace("\x00", "\ufffd")
