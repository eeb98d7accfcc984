"""Every failure that a caller can bring about, as one tree of exceptions that carry data.

    DomainError
    ├── Unauthenticated         no credentials, or ones that are not valid
    │   └── EmailNotVerified    valid ones of an account whose e-mail address must be confirmed first
    ├── SecondFactorRequired    the password was right, and a code is missing
    ├── Forbidden               visible, but this caller may not do that
    │   └── FixedField          values of fields that this caller may read, but not write
    ├── NotFound                does not exist, or may not be seen
    ├── BadRequest              the request itself makes no sense (argument, cursor, filter)
    ├── ValidationFailed        values that do not fit their fields, all of them at once
    │   ├── RequiredField       the only fault is that required values are missing
    │   └── ForeignKeyViolation the only fault is that values point at something that is not there
    ├── DuplicateValue          a unique constraint refused a value
    ├── ConstraintDisabled      a unique constraint is disabled already
    ├── ConstraintPending       a unique constraint is being made
    ├── Conflict                somebody else changed it first (revision, idempotency key)
    ├── ResyncRequired          the change log reaches no longer back to a cursor
    ├── RateLimited             too often
    ├── PersistedQueryNotFound  a document was named by a hash or an id that is not known
    ├── QueryTooComplex         a limit on the shape of a query
    ├── PayloadTooLarge         a limit on the size of a request
    └── Unavailable             the database is away, or too busy to answer in time

The code of each is the `ErrorCode` of the public contract; `graph/errors.py` is the one place that maps them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that does not fit: where it stands, what is wrong, and the kind of fault.

    `loc` is the path to the value (field name first, then indexes or keys inside the value); `record_index`
    counts from 0 in a batch and is None outside one; `value` is what was sent; `line` counts from 1 in a file that is
    imported. `operation_index` counts from 0 in a call of several operations, where `path` leads from the input to the
    record's fields.
    """

    loc: tuple[str | int, ...]
    message: str
    type: str
    record_index: int | None = None
    record_id: str | None = None
    value: object = None
    line: int | None = None
    operation_index: int | None = None
    path: tuple[str | int, ...] = ()


class DomainError(Exception):
    """A failure with a code of the public contract, a message for the caller, and what locates it."""

    code: ClassVar[str]

    def __init__(self, message: str, **location: object) -> None:
        super().__init__(message)
        self.message = message
        self.location: Mapping[str, object] = {k: v for k, v in location.items() if v is not None}


class Unauthenticated(DomainError):
    """No credentials, or credentials that are not valid."""

    code = "UNAUTHENTICATED"


class SecondFactorRequired(DomainError):
    """The password was right, and a code is missing: `challenge` goes with it to `completeLogin`."""

    code = "SECOND_FACTOR_REQUIRED"

    def __init__(self, challenge: str) -> None:
        super().__init__("Complete the sign-in with a code of your app, or a recovery code.", challenge=challenge)


class EmailNotVerified(Unauthenticated):
    """The credentials are right, and count once the account's e-mail address is confirmed."""

    code = "EMAIL_NOT_VERIFIED"

    def __init__(self) -> None:
        super().__init__(
            "Confirm the e-mail address of this account first: open the link that was mailed to it, or have another "
            "one sent with requestEmailVerification."
        )


class Forbidden(DomainError):
    """The caller may see the thing, but may not do this to it."""

    code = "FORBIDDEN"


class FixedField(Forbidden):
    """Values of fields that the caller may read, but not write; says of the first where it stands."""

    def __init__(self, problems: Sequence[Problem], *, total: int | None = None) -> None:
        super().__init__(_summary(problems, total or len(problems)), **_place(problems[0]))


class NotFound(DomainError):
    """It does not exist, or the caller may not know that it does."""

    code = "NOT_FOUND"


class BadRequest(DomainError):
    """An argument, a filter, a cursor or an option that makes no sense."""

    code = "BAD_REQUEST"


class ValidationFailed(DomainError):
    """Values that do not fit their fields; carries every problem of the batch, never only the first."""

    code = "VALIDATION_ERROR"

    def __init__(self, problems: Sequence[Problem], message: str | None = None, *, total: int | None = None) -> None:
        first = problems[0]
        super().__init__(
            message or _summary(problems, total or len(problems)),
            value=first.value,
            **_place(first),
        )
        self.problems = tuple(problems)


class RequiredField(ValidationFailed):
    """Required values are missing and nothing else is wrong."""

    code = "REQUIRED_FIELD"


class ForeignKeyViolation(ValidationFailed):
    """Values point at records, users or files that are not there, and nothing else is wrong."""

    code = "FOREIGN_KEY_VIOLATION"


class DuplicateValue(DomainError):
    """A unique constraint, or the uniqueness of a name, refused a value."""

    code = "DUPLICATE_VALUE"


class ConstraintDisabled(DomainError):
    """A unique constraint is disabled already."""

    code = "CONSTRAINT_DISABLED"


class ConstraintPending(DomainError):
    """A unique constraint is being made already."""

    code = "CONSTRAINT_PENDING"


class Conflict(DomainError):
    """Somebody else changed it first, or the same key was used for something else."""

    code = "CONFLICT"


class ResyncRequired(DomainError):
    """The changes behind a cursor were dropped from the log: read again, and follow from there."""

    code = "RESYNC_REQUIRED"


class RateLimited(DomainError):
    """The caller asked too often."""

    code = "RATE_LIMITED"


class PersistedQueryNotFound(DomainError):
    """A request named its document by a hash or an id that is not known; clients then send the document itself."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")  # the clients of Apollo and urql look for this word


class QueryTooComplex(DomainError):
    """A limit on the shape of a query; the message says which and by how much."""

    code = "QUERY_TOO_COMPLEX"


class PayloadTooLarge(DomainError):
    """A limit on the size of a request; the message says which and by how much."""

    code = "PAYLOAD_TOO_LARGE"


class Unavailable(DomainError):
    """The database is away, or could not answer in time; the same request may work later."""

    code = "UNAVAILABLE"


def _place(problem: Problem) -> Mapping[str, object]:
    return {
        "field": problem.loc[0] if problem.loc else None,
        "recordIndex": problem.record_index,
        "recordId": problem.record_id,
        "operationIndex": problem.operation_index,
    }


def _summary(problems: Sequence[Problem], total: int) -> str:
    first = problems[0]
    place = f"Field {first.loc[0]!r}: " if first.loc else ""
    where = "" if first.record_index is None else f"Record {first.record_index}: "
    operation = "" if first.operation_index is None else f"Operation {first.operation_index}: "
    more = f" (and {total - 1} more)" if total > 1 else ""
    return f"{operation}{where}{place}{first.message}{more}"


def invalid_input(problems: Sequence[Problem]) -> ValidationFailed:
    """The error for arguments that are not the values of a record: each problem's `loc` is a path in the input."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    place = "" if len(first.loc) < 2 else f"{'.'.join(map(str, first.loc))}: "
    return ValidationFailed(problems, f"{place}{first.message}{more}")
