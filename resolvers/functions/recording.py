"""The records of calls: each begins before its function does, and ends with it, whatever becomes of it."""

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
from domain.fields.storage import encode_json
from models import FunctionCall

GRACE: Final = timedelta(minutes=1)
"""How long behind its time limit a call counts as under way; then its process is taken to be gone."""


class CallMode(Enum):
    """Whether the caller waits for a call."""

    SYNC = "sync"
    QUEUED = "queued"


class CallStatus(Enum):
    """How far a call is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


async def begin(
    unit: Unit,
    id: UUID,
    function: Function,
    viewer: Viewer | None,
    given: BaseModel,
    *,
    seconds: float,
    depth: int,
    most_bytes: int,
) -> FunctionCall:
    """Record a call that begins now."""
    call = FunctionCall(
        id=id,
        function=function.name,
        extension=function.extension,
        mode=CallMode.SYNC.value,
        status=CallStatus.RUNNING.value,
        depth=depth,
        input=shown_input(given, most_bytes),
        started_at=func.now(),
        given_up_at=func.now() + timedelta(seconds=seconds) + GRACE,
        **caller_of(viewer),
    )
    unit.session.add(call)
    await unit.session.flush()
    return call


async def end(
    unit: Unit, id: UUID, *, output: object = None, error: str | None = None, most_bytes: int
) -> FunctionCall | None:
    """Record the end of a call that is under way; None where it was given up, or deleted, meanwhile."""
    status = CallStatus.SUCCEEDED if error is None else CallStatus.FAILED
    statement = (
        update(FunctionCall)
        .where(FunctionCall.id == id, FunctionCall.finished_at.is_(None))
        .values(
            status=status.value,
            output=None if error is not None else bounded(encode_json(output), most_bytes),
            error=error,
            finished_at=func.clock_timestamp(),
        )
        .returning(FunctionCall)
    )
    return await unit.session.scalar(statement)


def caller_of(viewer: Viewer | None) -> dict[str, Any]:
    """What is kept of who called."""
    if viewer is None:
        return {}
    return {"user_id": viewer.user_id, "api_key_id": viewer.api_key_id, "scopes": sorted(viewer.scopes)}


def shown_input(given: BaseModel, most_bytes: int) -> str | None:
    """The arguments as JSON, secrets masked; None where that is too long to be kept."""
    try:
        return bounded(given.model_dump_json(), most_bytes)
    except PydanticSerializationError:
        return None


def bounded(text: str, most_bytes: int) -> str | None:
    """A text that is kept; None for one that is too long, or that PostgreSQL cannot hold."""
    return text if len(text.encode()) <= most_bytes else None
