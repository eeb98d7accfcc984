"""From exceptions to GraphQL errors: the one place where a failure gets its public code."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
import strawberry
import structlog
from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError
from strawberry.exceptions import StrawberryInputCoercionError

from adapters.database import AWAY_OR_BUSY
from domain.errors import DomainError, Problem, ValidationFailed

logger = structlog.get_logger(__name__)


@strawberry.enum(description="The stable code of a failure, in `extensions.code` of an error.")
class ErrorCode(enum.Enum):
    """Codes of the public contract; `domain.errors` holds the exceptions that carry them."""

    UNAUTHENTICATED = strawberry.enum_value("UNAUTHENTICATED", description="No credentials, or invalid ones.")
    SECOND_FACTOR_REQUIRED = strawberry.enum_value(
        "SECOND_FACTOR_REQUIRED",
        description="The password was right and a code is missing: call `completeLogin` with the `challenge`.",
    )
    EMAIL_NOT_VERIFIED = strawberry.enum_value(
        "EMAIL_NOT_VERIFIED", description="The account's e-mail address must be confirmed first."
    )
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description="Visible, but this caller may not do that.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="Does not exist, or may not be seen.")
    BAD_REQUEST = strawberry.enum_value("BAD_REQUEST", description="The request itself makes no sense.")
    VALIDATION_ERROR = strawberry.enum_value("VALIDATION_ERROR", description="Values do not fit their fields.")
    REQUIRED_FIELD = strawberry.enum_value("REQUIRED_FIELD", description="A required value is missing or empty.")
    DUPLICATE_VALUE = strawberry.enum_value("DUPLICATE_VALUE", description="A value must be unique and is not.")
    FOREIGN_KEY_VIOLATION = strawberry.enum_value(
        "FOREIGN_KEY_VIOLATION", description="A value points at something that is not there."
    )
    CONSTRAINT_DISABLED = strawberry.enum_value("CONSTRAINT_DISABLED", description="The constraint is disabled.")
    CONSTRAINT_PENDING = strawberry.enum_value("CONSTRAINT_PENDING", description="The constraint is being created.")
    CONFLICT = strawberry.enum_value("CONFLICT", description="Somebody else changed it first.")
    RATE_LIMITED = strawberry.enum_value("RATE_LIMITED", description="Asked too often.")
    PERSISTED_QUERY_NOT_FOUND = strawberry.enum_value(
        "PERSISTED_QUERY_NOT_FOUND", description="No document has that hash or id; send the document itself."
    )
    QUERY_TOO_COMPLEX = strawberry.enum_value("QUERY_TOO_COMPLEX", description="The query is over a limit of shape.")
    PAYLOAD_TOO_LARGE = strawberry.enum_value("PAYLOAD_TOO_LARGE", description="The request is over a limit of size.")
    RESYNC_REQUIRED = strawberry.enum_value("RESYNC_REQUIRED", description="The event cursor is too old; read again.")
    REFUSED = strawberry.enum_value(
        "REFUSED", description="An extension of the server refuses it; the message is its own."
    )
    FUNCTION_FAILED = strawberry.enum_value("FUNCTION_FAILED", description="A function or hook of an extension failed.")
    QUERY_TIMEOUT = strawberry.enum_value(
        "QUERY_TIMEOUT", description="A statement took longer than it may: ask for less, or simplify what is computed."
    )
    UNAVAILABLE = strawberry.enum_value("UNAVAILABLE", description="Cannot be answered now; try again.")
    INTERNAL_ERROR = strawberry.enum_value("INTERNAL_ERROR", description="A fault of the server; see the request id.")


MAX_SHOWN_BYTES: Final = 400
"""How long the `value` of an error may be, as JSON; a longer one is left out, and so is one that is nested deeply."""

BUSY: Final = (*AWAY_OR_BUSY, asyncpg.QueryCanceledError, TimeoutError)
"""What the database or the way to it raises when the same request may well succeed a little later."""


_TOO_LARGE = (
    "A record or an indexed value is too large to store: an indexed text takes about 2,700 bytes, a record 8,000 bytes "
    "of numbers, dates and short texts, with 18 for each long text."
)

_TOO_SLOW = (
    "The database took longer than a statement may. Ask for less, or simplify what is computed, such as the pattern of "
    "a regular expression in a formula; if the server was busy, the same may work later."
)


def format_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """The JSON object of one error: message, locations, path, and extensions with the code."""
    original = root_cause(error)
    message, extensions = describe(original, _own_message(error), request_id)
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    formatted["extensions"] = extensions
    return formatted


def _own_message(error: GraphQLError) -> str:
    """The message of an error that no resolver raised; Strawberry's own would name its classes."""
    current: BaseException | None = error
    while isinstance(current, GraphQLError):
        if isinstance(current, StrawberryInputCoercionError):
            return "A member of the input is null that cannot be: leave it out to keep what is there."
        current = current.original_error
    return error.message


def describe(original: BaseException | None, message: str, request_id: str) -> tuple[str, dict[str, Any]]:
    """The public message and extensions of a failure; anything unexpected is masked and logged with the request id."""
    if original is None:
        return message, {"code": "BAD_REQUEST"}
    if isinstance(original, DomainError):
        return original.message, {"code": original.code, **_plain(original.location), **_problems(original)}
    if isinstance(original, asyncpg.QueryCanceledError):
        logger.warning("statement took too long", request_id=request_id)
        return _TOO_SLOW, {"code": "QUERY_TIMEOUT", "requestId": request_id}
    if isinstance(original, BUSY):
        logger.warning("database busy or away", request_id=request_id, error=repr(original))
        message = "The server is too busy or the database did not answer in time; try again."
        return message, {"code": "UNAVAILABLE", "requestId": request_id}
    logger.error("unexpected failure", request_id=request_id, exc_info=original)
    message = f"Something went wrong on the server. Report it with the request id {request_id}."
    return message, {"code": "INTERNAL_ERROR", "requestId": request_id}


def is_unavailable(original: BaseException | None) -> bool:
    """Whether the same request may well succeed a little later."""
    return isinstance(original, BUSY)


def root_cause(error: BaseException) -> BaseException | None:
    """The exception that a resolver raised, without what GraphQL and SQLAlchemy wrapped around it; None if none."""
    current: BaseException | None = error
    while isinstance(current, GraphQLError):
        current = current.original_error
    if isinstance(current, DBAPIError):
        while current is not None and not isinstance(current, asyncpg.PostgresError) and current.__cause__ is not None:
            current = current.__cause__
    return current


def _problems(error: DomainError) -> dict[str, Any]:
    if not isinstance(error, ValidationFailed):
        return {}
    return {"errors": [_problem(problem) for problem in error.problems]}


def _problem(problem: Problem) -> dict[str, Any]:
    formatted: dict[str, Any] = {"loc": [*problem.path, *problem.loc], "msg": problem.message, "type": problem.type}
    if problem.record_index is not None:
        formatted["recordIndex"] = problem.record_index
    if problem.record_id is not None:
        formatted["recordId"] = problem.record_id
    if problem.operation_index is not None:
        formatted["operationIndex"] = problem.operation_index
    if problem.line is not None:
        formatted["line"] = problem.line
    return formatted


def _plain(location: Mapping[str, object]) -> dict[str, Any]:
    plain = {key: str(value) if isinstance(value, UUID) else value for key, value in location.items()}
    return {key: value for key, value in plain.items() if key != "value" or _is_short(value)}


def _is_short(value: object) -> bool:
    """Whether what was sent can be sent back: not when it is long, or nested deeper than JSON is written."""
    if not isinstance(value, str | list | dict):
        return True
    try:
        return len(orjson.dumps(value)) <= MAX_SHOWN_BYTES
    except orjson.JSONEncodeError:
        return False


def format_errors(errors: Sequence[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """Every error of a result, formatted."""
    return [format_error(error, request_id) for error in errors]
