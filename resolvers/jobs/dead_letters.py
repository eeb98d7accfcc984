"""What administrators do with jobs that have failed for good."""

from collections.abc import Sequence
from typing import Final

from adapters.jobs.dead_letters import DeadLetter, drop, list_dead_letters, redrive
from domain.access.permissions import JOBS_MANAGE, JOBS_READ
from domain.errors import BadRequest
from domain.storable import storable
from resolvers.context import RequestContext
from resolvers.permissions.holdings import permitted

MAX_AT_ONCE: Final = 10_000
"""Jobs that one call has done again, or drops."""
_MAX_NUMBER: Final = (1 << 63) - 1


async def read_dead_letters(
    context: RequestContext, kind: str | None, before: int | None, count: int
) -> Sequence[DeadLetter]:
    """Jobs that have failed for good, the newest first; raises `Forbidden` without the permission, and `BadRequest`."""
    _check_kind(kind)
    async with context.unit() as unit:
        await permitted(unit, context, JOBS_READ)
        return await list_dead_letters(unit.connection, kind, before, count)


async def redrive_dead_letters(context: RequestContext, ids: Sequence[str] | None, kind: str | None) -> list[int]:
    """Have them done again, with as many attempts as new ones: those of these ids, or of a kind, or all."""
    numbers = None if ids is None else _numbers(ids)
    _check_kind(kind)
    async with context.unit() as unit:
        await permitted(unit, context, JOBS_MANAGE)
        return await redrive(unit.connection, numbers, kind, MAX_AT_ONCE)


async def drop_dead_letters(context: RequestContext, ids: Sequence[str]) -> int:
    """Forget them; how many there were of these ids."""
    numbers = _numbers(ids)
    async with context.unit() as unit:
        await permitted(unit, context, JOBS_MANAGE)
        return await drop(unit.connection, numbers)


def _check_kind(kind: str | None) -> None:
    if kind is not None and storable(kind) != kind:
        raise BadRequest("'kind' has a character that no text can contain (NUL or half a surrogate).", argument="kind")


def _numbers(ids: Sequence[str]) -> list[int]:
    if len(ids) > MAX_AT_ONCE:
        raise BadRequest(f"At most {MAX_AT_ONCE:,} ids at a time, not {len(ids):,}.", argument="ids")
    return [read_number(id, "ids") for id in ids]


def read_number(text: str, argument: str) -> int:
    """The number of a job that a client sends back; raises `BadRequest`."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > _MAX_NUMBER:
        raise BadRequest(f"'{argument}' holds what is no id of a job: {text[:40]!r}.", argument=argument)
    return int(text)
