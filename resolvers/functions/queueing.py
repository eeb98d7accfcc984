"""Calls that wait in the queue: put there with the operation that makes them, and made by a worker."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import func, select, update

from adapters.database import Unit, is_away
from adapters.jobs import Job, JobKind, enqueue
from domain.accounts.reach import Reach
from domain.accounts.viewer import Viewer
from domain.errors import DomainError, NotFound, PayloadTooLarge, RateLimited, Unauthenticated
from domain.extensions.functions import AuthLevel, Function
from domain.fields.storage import encode_json
from models import ApiKey, FunctionCall
from resolvers.acting import acting_for
from resolvers.context import Client, RequestContext
from resolvers.functions.recording import Asked, FunctionCallMode, FunctionCallStatus, end, new_call, seconds_of, times
from resolvers.functions.running import run_function
from resolvers.services import Services

KIND: Final = "function_call"
_SECONDS_MORE: Final = 10.0


async def put_into_queue(context: RequestContext, asked: Asked, arguments: object) -> FunctionCall:
    """The record of a call that begins once the operation is committed; raises `RateLimited` for one too many.

    Its arguments are kept sealed until it has ended: they may hold secrets.
    """
    limits = context.services.limits
    text = encode_json(arguments)
    if len(text.encode()) > limits.max_queued_argument_bytes:
        raise PayloadTooLarge(f"A queued call takes arguments of {limits.max_queued_argument_bytes:,} bytes at most.")
    async with context.unit() as unit:
        return await _put(unit, context.services, asked, context.user_id, text, context.client.mutation_id)


async def queue_call_of(unit: Unit, services: Services, user_id: UUID, name: str, arguments: object) -> FunctionCall:
    """A call that a user has planned, as part of a transaction; what the user may do is looked up when it begins.

    Raises `NotFound`, `ValidationFailed` where the function takes such arguments no longer, and `RateLimited`.
    """
    function = services.extensions.functions.get(name)
    if function is None:
        raise NotFound(f"There is no function {name!r}.")
    asked = Asked(function, Viewer(user_id), function.read(arguments), 1)
    return await _put(unit, services, asked, user_id, encode_json(arguments))


async def _put(
    unit: Unit, services: Services, asked: Asked, user_id: UUID, text: str, part_of: UUID | None = None
) -> FunctionCall:
    """`part_of` is the mutation id of the step of an automation that makes the call, however indirectly."""
    most = services.limits.max_queued_calls_per_user
    waiting = select(func.count()).where(FunctionCall.user_id == user_id, FunctionCall.status == "queued")
    if (await unit.session.scalar(waiting) or 0) >= most:
        raise RateLimited(f"{most:,} calls of yours wait already; try again later.")
    call = new_call(services, asked, FunctionCallMode.QUEUED)
    call.sealed_arguments = services.seal.close(text)
    unit.session.add(call)
    await unit.session.flush()
    about = {"id": str(call.id), "mutation": part_of and str(part_of)}
    await enqueue(unit.connection, [Job(KIND, about, key=job_key(call.id))])
    return call


def job_key(id: UUID) -> str:
    """Under which the queue knows the job of a call."""
    return f"{KIND} {id}"


def function_calls(services: Services) -> JobKind:
    """The jobs that make queued calls; a function that fails is not tried again, but its record tells why."""

    async def handle(job: Job) -> None:
        mutation = job.payload.get("mutation")
        await make_call(services, UUID(job.payload["id"]), mutation and UUID(mutation))

    longest = max((seconds_of(services, each) for each in services.extensions.functions.values()), default=0.0)
    return JobKind(KIND, handle, timeout=timedelta(seconds=longest + _SECONDS_MORE))


async def make_call(services: Services, id: UUID, mutation_id: UUID | None = None) -> None:
    """Make a call that waits, or that a worker has left midway; nothing for one that has ended, or is gone.

    What it writes has the mutation id, where a step of an automation has made the call.
    """
    output, error = None, None
    unended = select(FunctionCall).where(FunctionCall.id == id, FunctionCall.finished_at.is_(None))
    async with services.database.unit() as unit:
        call = await unit.session.scalar(unended)
    if call is None:
        return
    try:
        asked = await _asked(services, call)
        if not await _note_begin(services, id, asked.function):
            return
        output = await run_function(services, asked, id, Client(str(id), mutation_id=mutation_id))
    except DomainError as failed:
        if is_away(failed):
            raise  # it has not been made: what goes wrong within it is no fault of the database
        error = failed.message
    async with services.database.unit() as unit:
        await end(services, unit, id, output=output, error=error)


async def _note_begin(services: Services, id: UUID, function: Function) -> bool:
    """Whether the call begins: nobody has cancelled it."""
    begun = {"status": FunctionCallStatus.RUNNING.value, **times(services, function)}
    unended = update(FunctionCall).where(FunctionCall.id == id, FunctionCall.finished_at.is_(None))
    async with services.database.unit() as unit:
        return await unit.session.scalar(unended.values(**begun).returning(FunctionCall.id)) is not None


async def _asked(services: Services, call: FunctionCall) -> Asked:
    """What a call is about, by the rights that its caller has now; raises `NotFound` or `Unauthenticated`."""
    function = services.extensions.functions.get(call.function)
    viewer = await _viewer(services, call)
    if function is None or (function.auth is AuthLevel.ADMIN and not viewer.is_superuser):
        raise NotFound(f"There is no function {call.function!r}.")
    text = None if call.sealed_arguments is None else services.seal.open(call.sealed_arguments)
    if text is None:
        raise NotFound("What the call was given cannot be read: the secret key of the server is another one now.")
    return Asked(function, viewer, function.read(orjson.loads(text)), call.depth)


async def _viewer(services: Services, call: FunctionCall) -> Viewer:
    """The caller, with no more than the credentials had that the call was made with."""
    assert call.user_id is not None  # nobody else queues calls
    context = await acting_for(services, call.user_id, "function", frozenset(call.scopes or ()))
    if call.api_key_id is None:
        return context.viewer
    async with services.database.unit() as unit:
        key = await unit.session.get(ApiKey, call.api_key_id)
    if key is None or (key.expires_at is not None and key.expires_at <= datetime.now(UTC)):
        raise Unauthenticated("The API key that the call was made with is not valid any more.")
    scopes = context.viewer.scopes.intersection(key.scopes)
    return replace(context.viewer, api_key_id=key.id, scopes=scopes, reach=_reach(key))


def _reach(key: ApiKey) -> Reach | None:
    if key.base_ids is None:
        return None
    return Reach(frozenset(key.workspace_ids or ()), frozenset(key.base_ids))
