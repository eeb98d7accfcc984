"""The records of a call on their way to the database, each with its place in the call, and errors that say that place.

Whatever parses, checks or writes records works on lists of rows and speaks of their indexes. Here these become the
index of the operation, and that of the record in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from domain.errors import DomainError, Problem, ValidationFailed
from domain.records.values import Row
from domain.records.write import Operation
from resolvers.records.writing import Batch


@dataclass(slots=True, eq=False)
class Entry:
    """A record of an operation. `path` leads to it in the input; `id` is None until a new record gets one.

    What is to be done with a record of an upsert is known when the existing ones were looked for; until then it stands
    among the new ones. `is_sound` is false once something was found wrong with it.
    """

    operation: int
    index: int
    path: tuple[str | int, ...]
    effect: Operation
    row: Row
    id: UUID | None = None
    revision: int | None = None
    temp_id: str | None = None
    is_sound: bool = True

    @property
    def known_id(self) -> UUID:
        """The id, when there must be one."""
        assert self.id is not None
        return self.id


@dataclass(frozen=True, slots=True)
class Part:
    """All that a call does to one table, in the order of the operations."""

    batch: Batch
    entries: list[Entry]

    def of(self, *effects: Operation) -> list[Entry]:
        """Those that are created, changed or deleted."""
        return [entry for entry in self.entries if entry.effect in effects]


def placed(problems: Sequence[Problem], entries: Sequence[Entry]) -> list[Problem]:
    """Problems of rows as those of the entries that the rows are of."""
    return [_placed(problem, entries) for problem in problems]


def _placed(problem: Problem, entries: Sequence[Entry]) -> Problem:
    if problem.record_index is None:
        return replace(problem, operation_index=_shared_operation(entries))
    entry = entries[problem.record_index]
    entry.is_sound = False
    id = str(entry.id) if entry.effect is Operation.UPDATE else None
    return replace(
        problem,
        record_index=entry.index,
        record_id=id,
        operation_index=entry.operation,
        path=(*entry.path, "fields"),
    )


def problem_of(entry: Entry, message: str, type: str, value: object, *path: str) -> Problem:
    """A problem of an entry as a whole; `path` leads from the entry to what is wrong."""
    entry.is_sound = False
    id = None if entry.id is None else str(entry.id)
    return Problem((), message, type, entry.index, id, value, None, entry.operation, (*entry.path, *path))


@contextmanager
def refusals_of(entries: Sequence[Entry]) -> Iterator[None]:
    """Have what refuses rows say which operation and which record of it that is."""
    try:
        yield
    except ValidationFailed as error:
        raise type(error)(placed(error.problems, entries)) from error
    except DomainError as error:
        index = error.location.get("recordIndex")
        if not isinstance(index, int):
            _locate(error, _shared_operation(entries))
        else:
            error.location = {**error.location, "recordIndex": entries[index].index}
            _locate(error, entries[index].operation)
        raise


@contextmanager
def in_operation(index: int) -> Iterator[None]:
    """Have whatever is refused say in which operation."""
    try:
        yield
    except DomainError as error:
        _locate(error, index)
        raise


def _locate(error: DomainError, operation: int | None) -> None:
    if operation is not None:
        error.message = f"Operation {operation}: {error.message}"
        error.location = {**error.location, "operationIndex": operation}


def _shared_operation(entries: Sequence[Entry]) -> int | None:
    """The operation that all entries are of, if it is one."""
    operations = {entry.operation for entry in entries}
    return operations.pop() if len(operations) == 1 else None
