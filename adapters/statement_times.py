"""How long each SQL statement took, told to the piece of work on whose behalf it ran.

It is measured where asyncpg and SQLAlchemy both hand a statement to the protocol, and costs a microsecond where
somebody listens, and next to nothing elsewhere. asyncpg's own query loggers are told later than a request may last, and
never of what SQLAlchemy does.
"""

import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from time import perf_counter
from typing import Any, Final, NamedTuple

from asyncpg.protocol import Protocol
from asyncpg.protocol.protocol import BaseProtocol

MAX_RUNS: Final = 200
"""How many runs of statements are kept of one piece of work; the others are counted."""


_WITH_PLACEHOLDERS: Final = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
_LITERAL: Final = re.compile(r"'(?:[^']|'')*('|$)")


def has_plan(statement: str) -> bool:
    """Whether PostgreSQL makes a plan of such a statement, and takes values for placeholders in it."""
    return _WITH_PLACEHOLDERS.match(statement) is not None


def shown(statement: str, most: int) -> str:
    """A statement for logs and traces, at most so many characters of it, and no values.

    Changes of tables take no placeholders: in those, values such as the default of a field are literals.
    """
    text = statement[: 2 * most]
    return (text if has_plan(text) else _LITERAL.sub(r"'…\1", text))[:most]


class Run(NamedTuple):
    """One statement that ran, or was prepared. Times are those of `perf_counter`, in seconds."""

    text: str
    """As it was sent; see `shown`."""
    began: float
    ended: float
    is_preparation: bool
    error: str | None
    """The SQLSTATE of its failure, or the name of the exception; None where it went well."""


class StatementTimes:
    """The statements of one piece of work, until it is `over`; those of several tasks may run at the same time."""

    __slots__ = ("_is_over", "_left_out", "_runs", "_seconds_left_out")

    def __init__(self) -> None:
        self._runs: list[tuple[str, float, float, bool, str | None]] = []
        self._left_out = 0
        self._seconds_left_out = 0.0
        self._is_over = False

    @property
    def runs(self) -> list[Run]:
        """The first ones, preparations among them."""
        return [Run(*each) for each in self._runs]

    @property
    def count(self) -> int:
        """How many ran, preparations not counted."""
        return self._left_out + sum(not is_preparation for _, _, _, is_preparation, _ in self._runs)

    @property
    def seconds(self) -> float:
        """What all of them took together."""
        return self._seconds_left_out + sum(ended - began for _, began, ended, _, _ in self._runs)

    def over(self) -> None:
        """Keep nothing that comes later: tasks that outlive the work may run on behalf of it for ever."""
        self._is_over = True

    def ran(self, text: str, began: float, ended: float, is_preparation: bool, error: str | None) -> None:
        """Take note of a statement; what these are is said at `Run`."""
        if self._is_over:
            return
        if len(self._runs) < MAX_RUNS:
            self._runs.append((text, began, ended, is_preparation, error))
        else:
            self._left_out += not is_preparation
            self._seconds_left_out += ended - began


listening: ContextVar[StatementTimes | None] = ContextVar("listening", default=None)
"""Who is told of the statements of this task, and of the tasks that it starts."""


def time_statements(protocol: "BaseProtocol[Any]") -> None:
    """Have a connection's protocol tell how long its statements take; it is one of asyncpg's `Protocol`."""
    protocol.__class__ = _TimedProtocol


def _timed(name: str, position: int, *, is_preparation: bool) -> Callable[..., Any]:
    """The protocol's method of this name, timed where somebody listens; its statement is its argument at `position`."""
    call = getattr(Protocol, name)

    def timed(protocol: Protocol, *arguments: Any, **options: Any) -> Awaitable[Any]:
        waiting: Awaitable[Any] = call(protocol, *arguments, **options)
        times = listening.get()
        if times is None:
            return waiting
        return _time(waiting, arguments[position] if arguments else options["state"], times, is_preparation)

    return timed


def _timed_execution(
    protocol: Protocol, state: Any, args: Any, portal_name: str, limit: int, return_extra: bool, timeout: float | None
) -> Awaitable[Any]:
    """The same for `bind_execute`, by which nearly all statements run: twice as quick, since it packs no arguments."""
    waiting = _bind_execute(protocol, state, args, portal_name, limit, return_extra, timeout)
    times = listening.get()
    return waiting if times is None else _time(waiting, state, times, False)


_bind_execute: Final[Callable[..., Awaitable[Any]]] = Protocol.bind_execute


async def _time(waiting: Awaitable[Any], statement: Any, times: StatementTimes, is_preparation: bool) -> Any:
    error: str | None = None
    began = perf_counter()
    try:
        return await waiting
    except BaseException as raised:
        error = getattr(raised, "sqlstate", None) or type(raised).__name__
        raise
    finally:  # asyncpg hands over a text, or the state of a prepared statement
        text = statement if isinstance(statement, str) else statement.query
        times.ran(text, began, perf_counter(), is_preparation, error)


class _TimedProtocol(Protocol):
    """asyncpg's protocol with the methods timed that wait for the server to do something."""

    prepare = _timed("prepare", 1, is_preparation=True)
    query = _timed("query", 0, is_preparation=False)
    execute = _timed("execute", 0, is_preparation=False)
    bind = _timed("bind", 0, is_preparation=False)
    bind_execute: Callable[..., Any] = _timed_execution
    bind_execute_many = _timed("bind_execute_many", 0, is_preparation=False)
    copy_in = _timed("copy_in", 0, is_preparation=False)
    copy_out = _timed("copy_out", 0, is_preparation=False)
