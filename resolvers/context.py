"""What every use case is given: who asks, the database, and the dataloaders of this one request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar, cast
from uuid import UUID

from adapters.database import Database, Unit
from domain.accounts.viewer import Viewer
from domain.bases.catalog import BaseMeta, TableMeta
from domain.errors import BadRequest, Forbidden, Unauthenticated
from domain.ids import Kind, new_id
from domain.networks import network_of
from domain.windows import Balance
from resolvers.metadata import MetadataCache, TableKey
from resolvers.services import Services
from resolvers.statements import StatementCache
from resolvers.turns import Turns


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, for sessions, logs and rate limits."""

    request_id: str
    ip_address: str | None = None
    user_agent: str | None = None
    trace: tuple[str, str] | None = None
    """What it says its request is a part of: `traceparent` and `tracestate` of https://www.w3.org/TR/trace-context/."""
    mutation_id: UUID | None = None
    """Of what its operations are a part, where that is a step of an automation."""

    @property
    def network(self) -> str | None:
        """Its address, or the part of it that stands for one client: what is counted where nobody signs in."""
        return network_of(self.ip_address)


class Deadline(Protocol):
    """When the operation must have ended."""

    def allow(self, seconds: float) -> None:
        """Give it so many seconds from now on, where it has less."""
        ...


class Clearable(Protocol):
    """A dataloader, as far as the context is concerned."""

    def clear_all(self) -> object:
        """Forget every value."""


LoaderT = TypeVar("LoaderT", bound=Clearable)


@dataclass(frozen=True, slots=True)
class _Uncommitted:
    """What an operation knows from its own changes, which may yet be rolled back."""

    metadata: MetadataCache = field(default_factory=MetadataCache)
    statements: StatementCache = field(default_factory=StatementCache)
    changed: set[UUID] = field(default_factory=set)
    """Bases of which others know outdated metadata."""


class RequestContext:
    """One GraphQL operation's view of the world; `info.context` of every resolver.

    Outside a mutation each `unit()` is a connection of its own. Inside one, all of them are the unit of the
    operation's transaction, one holder at a time: take it in the use case, pass it down, never nest `unit()`.
    """

    def __init__(
        self, services: Services, viewer: Viewer | None, client: Client, connection_id: UUID | None = None
    ) -> None:
        self.services = services
        self.client = client
        self.connection_id = connection_id
        """Of the socket that the operation came over; None for a request of its own."""
        self._viewer = viewer
        self.counted_as = f"network:{client.network}" if viewer is None else viewer.counted_as
        """Whose quotas it uses, as a text that tells all callers apart."""
        self._transaction: AsyncExitStack | None = None
        self._operation: Unit | None = None
        self._after_rollback: list[Callable[[], Awaitable[None]]] = []
        self._turn = asyncio.Lock()
        self._connections = asyncio.Semaphore(services.limits.max_connections_per_operation)
        """So that no operation of many fields takes the whole pool, for which all others would wait."""
        self._is_lone = False
        self._uncommitted: _Uncommitted | None = None
        self._loaders: dict[object, Clearable] = {}
        self.deadline: Deadline | None = None
        """Of the operation; None for what has none."""
        self.balances: dict[str, Balance] = {}
        """What the caller has left of each quota that was counted for this operation."""

    @cached_property
    def turns(self) -> Turns:
        """In which many objects of an answer are worked on."""
        return Turns()

    @property
    def database(self) -> Database:
        """The pool; use `unit()` instead, unless the work must be outside the operation's transaction."""
        return self.services.database

    @property
    def viewer(self) -> Viewer:
        """The caller; raises `Unauthenticated` for an anonymous one."""
        if self._viewer is None:
            raise Unauthenticated(
                "Sign in first: send 'Authorization: Bearer <access token>' or 'X-API-Key: <secret>'."
            )
        return self._viewer

    @property
    def viewer_or_none(self) -> Viewer | None:
        """The caller, or None for an anonymous one."""
        return self._viewer

    @property
    def user_id(self) -> UUID:
        """The caller's id; raises `Unauthenticated` for an anonymous one."""
        return self.viewer.user_id

    def require_scope(self, scope: str) -> None:
        """Refuse credentials that lack a scope of docs/api-keys.md; an anonymous caller is not concerned."""
        if self._viewer is not None and scope not in self._viewer.scopes:
            held = ", ".join(sorted(self._viewer.scopes)) or "none"
            what = "API key" if self._viewer.api_key_id else "token"
            raise Forbidden(f"This {what} lacks the scope {scope!r}; it has: {held}.")

    def require_scopes(self, scopes: Sequence[str]) -> None:
        """Refuse credentials that lack one of several scopes; the message names the first."""
        if self._viewer is not None and not self._viewer.scopes.issuperset(scopes):
            for scope in scopes:
                self.require_scope(scope)

    def loader(self, kind: "Callable[[RequestContext], LoaderT]") -> LoaderT:
        """This request's dataloader of a class."""
        found = self._loaders.get(kind)
        if found is None:
            found = self._loaders[kind] = kind(self)
        return cast(LoaderT, found)

    @cached_property
    def mutation_id(self) -> UUID:
        """Names this operation in the change log."""
        return self.client.mutation_id or new_id(Kind.MUTATION)

    def known_table(self, key: TableKey) -> TableMeta | None:
        """A table's metadata, if this operation or this process has it; it may be stale."""
        own = self._uncommitted
        if own is None:
            return self.services.metadata.table(key)
        if (found := own.metadata.table(key)) is not None:
            return found
        found = self.services.metadata.table(key)
        return None if found is None or found.base_id in own.changed else found

    def forget_base(self, base_id: UUID) -> None:
        """Forget, for this operation, the metadata of a base that its own transaction has changed."""
        own = self._uncommitted = self._uncommitted or _Uncommitted()
        own.metadata.forget(base_id)
        own.changed.add(base_id)

    def forget_undone(self) -> None:
        """Forget what was made of changes of the operation's own that were undone, while others of it may stand."""
        if self._uncommitted is not None:
            self._uncommitted = _Uncommitted(changed=self._uncommitted.changed)
        self.forget_loaded()

    def statements_of(self, table: TableMeta) -> StatementCache:
        """Where to keep what is made from this table's metadata: as long as the metadata itself.

        What a transaction made of its own changes must go with it: after a rollback the same schema version can come
        to mean something else.
        """
        own = self._uncommitted
        if own is not None and own.metadata.table(TableKey(id=table.id)) is table.rooted:
            return own.statements
        return self.services.statements

    def keep_base(self, base: BaseMeta, *, is_uncommitted: bool) -> None:
        """Keep metadata: for the process, or for this operation only when its own transaction made it.

        PostgreSQL does not tell that of what was made behind a savepoint; so what the operation changed stays its own.
        """
        own = self._uncommitted
        if is_uncommitted or (own is not None and base.id in own.changed):
            self._uncommitted = own or _Uncommitted()
            self._uncommitted.metadata.keep(base)
        else:
            self.services.metadata.keep(base)

    def allow_seconds(self, seconds: float) -> None:
        """Give the operation so many seconds from now on where it has less: for work that is known to take long."""
        if self.deadline is not None:
            self.deadline.allow(seconds)

    def forget_loaded(self) -> None:
        """Empty every dataloader; a use case calls it after it has changed what they may hold."""
        for loader in self._loaders.values():
            loader.clear_all()

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """A unit of work: the operation's own inside a mutation, a fresh connection elsewhere."""
        return self._fresh_unit() if self._transaction is None else self._own_unit()

    def _fresh_unit(self) -> AbstractAsyncContextManager[Unit]:
        return self.database.unit(self._connections)

    @asynccontextmanager
    async def _own_unit(self) -> AsyncIterator[Unit]:
        async with self._turn:
            if self._transaction is not None:  # it may have ended while this one waited for its turn
                if self._operation is None:
                    self._operation = await self._transaction.enter_async_context(self.database.transaction())
                yield self._operation
                return
        async with self._fresh_unit() as unit:
            yield unit

    def lone_unit(self) -> AbstractAsyncContextManager[Unit]:
        """A unit for a use case that writes with one statement: it commits by itself when the operation is no more.

        So a mutation with one such root field costs one round trip. Otherwise it is the operation's own unit.
        """
        is_own = self._transaction is None or self._operation is not None or not self._is_lone
        return self.unit() if is_own else self.database.unit(self._turn)

    def join_transaction(self) -> None:
        """Have `lone_unit` not commit by itself: more of the operation is to come, which may yet fail."""
        self._is_lone = False

    def require_lone(self) -> None:
        """Refuse to be one of several root fields: an operation that lost a race is begun anew, with all of them."""
        if self._transaction is not None and not self._is_lone:
            raise BadRequest("This root field must be the only one of its operation.")

    def early_unit(self) -> AbstractAsyncContextManager[Unit]:
        """A unit for what a mutation reads before work that takes long and needs no connection (hashing a password).

        It is a fresh connection until the operation has used `unit()`, and the operation's own from then on, so that
        nobody ever holds one connection and waits for another.
        """
        return self.unit() if self._operation is not None else self.database.unit()

    def lasting_unit(self) -> AbstractAsyncContextManager[Unit]:
        """A unit each statement of which commits by itself, and so stays when the operation fails.

        Raises `BadRequest` where the operation has begun its transaction: nobody may hold one connection and wait for
        another.
        """
        self._require_beginning()
        return self.database.unit()

    def lasting_transaction(self) -> AbstractAsyncContextManager[Unit]:
        """As `lasting_unit`, but all of it commits together, when the block ends."""
        self._require_beginning()
        return self.database.transaction()

    def _require_beginning(self) -> None:
        if self._operation is not None:
            raise BadRequest("This root field must be the first of its operation.")

    def after_rollback(self, action: Callable[[], Awaitable[None]]) -> None:
        """Have `action` awaited after the operation's transaction is rolled back; it takes a connection of its own."""
        self._after_rollback.append(action)

    @asynccontextmanager
    async def transaction(self, *, is_lone: bool = False) -> AsyncIterator[None]:
        """Make everything inside the block one transaction, rolled back when the block raises.

        It begins with the first `unit()`: an operation that is refused before that costs the database nothing.
        `is_lone` promises that the operation has one root field, see `lone_unit`.
        """
        committed = False
        self._is_lone = is_lone
        try:
            async with AsyncExitStack() as self._transaction:
                try:
                    yield
                finally:
                    async with self._turn:  # a field that failed leaves its neighbours running: nobody may be cut off
                        self._transaction = self._operation = None
                    self._uncommitted = None
            committed = True
        finally:
            actions, self._after_rollback = self._after_rollback, []
            if not committed:
                for action in actions:
                    await action()
