"""The records of calls: each begins before its function does, and ends with it, whatever becomes of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError
from sqlalchemy import func, update

from adapters.database import Unit
from domain.accounts.viewer import Viewer
from domain.extensions.functions import Function
from domain.ids import Kind, new_id
from domain.storable import storable
from models import FunctionCall
from resolvers.services import Services

GRACE: Final = timedelta(minutes=1)
"""How long behind its time limit a call counts as under way; then its process is taken to be gone."""


class FunctionCallMode(Enum):
    """Whether the caller waits for a call."""

    SYNC = "sync"
    QUEUED = "queued"


class FunctionCallStatus(Enum):
    """How far a call is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that is to be made: of which function, by whom, with what, and within how many others."""

    function: Function
    viewer: Viewer | None
    given: BaseModel
    depth: int


def seconds_of(services: Services, function: Function) -> float:
    """How long a call of a function may take."""
    return function.seconds or services.limits.function_timeout.total_seconds()


def new_call(services: Services, asked: Asked, mode: FunctionCallMode) -> FunctionCall:
    """The record of a call that waits."""
    viewer = asked.viewer
    return FunctionCall(
        id=new_id(Kind.FUNCTION_CALL),
        function=asked.function.name,
        extension=asked.function.extension,
        mode=mode.value,
        status=FunctionCallStatus.QUEUED.value,
        depth=asked.depth,
        input=_shown(asked.given, services.limits.max_function_record_bytes),
        user_id=None if viewer is None else viewer.user_id,
        api_key_id=None if viewer is None else viewer.api_key_id,
        scopes=None if viewer is None else sorted(viewer.scopes),
    )


def times(services: Services, function: Function) -> dict[str, Any]:
    """When a call begins that begins now, and from when on it counts as given up."""
    limit = timedelta(seconds=seconds_of(services, function)) + GRACE
    return {"started_at": func.now(), "given_up_at": func.now() + limit}


async def end(
    services: Services, unit: Unit, id: UUID, *, output: str | None = None, error: str | None = None
) -> FunctionCall | None:
    """Record the end of a call, `output` as JSON; None where it was given up, or deleted, meanwhile."""
    status = FunctionCallStatus.SUCCEEDED if error is None else FunctionCallStatus.FAILED
    shown = None if output is None else _bounded(output, services.limits.max_function_record_bytes)
    ended = {"status": status.value, "output": shown, "error": storable(error), "sealed_arguments": None}
    statement = (
        update(FunctionCall)
        .where(FunctionCall.id == id, FunctionCall.finished_at.is_(None))
        .values(**ended, finished_at=func.clock_timestamp())
        .returning(FunctionCall)
    )
    return await unit.session.scalar(statement)


def _shown(given: BaseModel, most_bytes: int) -> str | None:
    """The arguments as JSON, secrets masked; None where that is too long to be kept."""
    try:
        return _bounded(given.model_dump_json(), most_bytes)
    except PydanticSerializationError:
        return None


def _bounded(text: str, most_bytes: int) -> str | None:
    return text if len(text.encode()) <= most_bytes else None
