"""What is noted of an operation while it runs, and told to whoever watches operations when it is over."""

import logging
from collections.abc import Callable, Sequence
from contextvars import Token
from dataclasses import dataclass
from time import perf_counter
from typing import Final, Self

from graphql import OperationDefinitionNode

from adapters.statement_times import StatementTimes, listening
from domain.errors import DomainError
from graph.execution.documents import Prepared
from resolvers.context import Client

logger = logging.getLogger(__name__)

CANCELLED: Final = "CANCELLED"
FAILED: Final = "INTERNAL_ERROR"


Watcher = Callable[["Watched"], None]
"""Is called with each operation when it is over, before its answer is sent; so it must be quick."""


@dataclass(frozen=True, slots=True)
class Watching:
    """Who watches the operations of an engine, and what they need for it."""

    watchers: Sequence[Watcher] = ()
    times_statements: bool = False
    tells_times: bool = False
    """Whether answers have what was noted of their operation."""

    def operation(self, document: str, client: Client) -> "Watched":
        """An operation that begins now, to be entered and left by its task."""
        return Watched(document, client, self.watchers, StatementTimes() if self.times_statements else None)


class Watched:
    """One operation: a query or mutation until its answer is made, a subscription until it has begun.

    A context manager around it. Times are those of `perf_counter`, in seconds.
    """

    began: float
    known: float = 0.0
    """When the document was parsed and validated, or refused."""
    ended: float = 0.0
    name: str | None = None
    """What the document calls the operation; None where it has no name, or where none was chosen."""
    type: str | None = None
    """`query`, `mutation` or `subscription`; None where no operation was chosen."""
    is_registered: bool = False
    """Whether the document is one that the server was given beforehand."""
    cost: int | None = None
    code: str = FAILED
    """The first error's code, or `OK`; `CANCELLED` where nobody waits for the answer any more."""
    _token: Token[StatementTimes | None] | None = None

    def __init__(
        self,
        document: str,
        client: Client,
        watchers: Sequence[Watcher] = (),
        statements: StatementTimes | None = None,
    ) -> None:
        self.document = document
        self.client = client
        self.statements = statements
        """What it asked the database; None where nobody wants to know."""
        self._watchers = watchers
        self.began = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began

    def chose(self, prepared: Prepared, operation: OperationDefinitionNode) -> None:
        """Note which operation of the document it is."""
        self.is_registered = prepared.is_registered
        self.type = operation.operation.value
        if operation.name is not None:
            self.name = operation.name.value

    def __enter__(self) -> Self:
        if self.statements is not None:
            self._token = listening.set(self.statements)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.ended = perf_counter()
        if error is not None:
            self.code = _code(error)
        if self._token is not None and self.statements is not None:
            self.statements.over()
            listening.reset(self._token)
        for watch in self._watchers:
            try:
                watch(self)
            except Exception:  # an answer is not lost because somebody stumbles who only watches
                logger.exception("an operation could not be watched")


def _code(error: BaseException) -> str:
    if isinstance(error, DomainError):
        return error.code
    return FAILED if isinstance(error, Exception) else CANCELLED
