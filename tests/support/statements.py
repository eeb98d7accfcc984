"""Records the SQL statements that really run: below SQLAlchemy and asyncpg, where both hand them to the protocol."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from sqlalchemy import event

from adapters.database import Database

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START TRANSACTION")
_EXECUTIONS = ("query", "execute", "bind_execute", "bind_execute_many", "bind", "copy_in", "copy_out")
# asyncpg's own look at a type that it meets for the first time on a connection; it switches jit off meanwhile.
_INTROSPECTION = ("typeinfo_tree", "current_setting('jit')", "set_config('jit'")

# That a session still lives is asked once a second: when that was last, a slow machine decides.
_SESSION_CHECK = "WHERE s.id = $1 AND s.revoked_at IS NULL AND u.is_active"

Listener = Callable[[str], None]
_listeners: dict[Database, list[Listener]] = {}


class StatementLog:
    """A context manager. `texts` are the statements in order, `transactions` what began and ended transactions.

    `checks` are looks whether the caller's session still lives, which count among neither.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.texts: list[str] = []
        self.transactions: list[str] = []
        self.checks: list[str] = []

    @property
    def count(self) -> int:
        """How many statements ran, transaction control not counted."""
        return len(self.texts)

    @property
    def total(self) -> int:
        """Likewise, with the looks whether sessions still live."""
        return len(self.texts) + len(self.checks)

    def __enter__(self) -> Self:
        _listeners[self._database].append(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _listeners[self._database].remove(self._listen)

    def _listen(self, text: str) -> None:
        statement = text.strip()
        if any(mark in statement for mark in _INTROSPECTION):
            return
        if _SESSION_CHECK in statement:
            self.checks.append(statement)
        elif statement.upper().startswith(_TRANSACTION):
            self.transactions.append(statement)
        else:
            self.texts.append(statement)


def observe(database: Database) -> None:
    """Have every connection that the pool will open report its statements."""
    listeners = _listeners[database] = []

    def announce(text: str) -> None:
        for listener in listeners:
            listener(text)

    @event.listens_for(database.engine.sync_engine, "connect")
    def _connected(adapted: Any, _record: object) -> None:
        connection = adapted.driver_connection
        connection._protocol = _Reporting(connection._protocol, announce)


class _Reporting:
    """asyncpg's protocol, which is told every statement; it reports those that are executed and passes them on."""

    def __init__(self, protocol: Any, announce: Listener) -> None:
        self._protocol = protocol
        self._announce = announce

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._protocol, name)
        if name not in _EXECUTIONS:
            return member

        def reporting(*args: Any, **kwargs: Any) -> Any:
            statement = args[0] if args else kwargs.get("state", kwargs.get("copy_stmt"))
            self._announce(getattr(statement, "query", statement))
            return member(*args, **kwargs)

        return reporting
