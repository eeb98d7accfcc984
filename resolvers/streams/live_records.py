"""`liveRecords` and `liveAggregate`: a page of records, or of groups of them, that is kept as it would be if it were
read again; shared like the events are."""

from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from adapters.database import Unit
from domain.access.profile import Profile
from domain.aggregates.query import AggregateQuery
from domain.bases.catalog import TableMeta
from domain.changes.derived import linked_fields
from domain.records.compile import Statement
from domain.records.list_patches import list_patches
from domain.records.live import LiveShape, compile_live
from domain.records.live_rendering import ComparedPage, render_patches, render_snapshot
from domain.records.live_selection import RECORDS, LiveMembers, LivePage, LiveRows, compared_members
from domain.records.query import ConnectionQuery
from domain.records.rendered import SharedRendered
from domain.records.selection import ConnectionMembers
from domain.views.meta import ViewMeta
from resolvers.context import RequestContext
from resolvers.records.tables import Stale, no_table
from resolvers.streams.group import Group
from resolvers.streams.metadata import for_profile, with_current_table
from resolvers.streams.rights import require_readable
from resolvers.streams.subscriber import Overflow, Subscriber
from resolvers.streams.table_feed import TableFeed
from resolvers.views.reading import current_view

if TYPE_CHECKING:
    from resolvers.services import Services
    from resolvers.streams.feed import Feed

_NOBODY: Final = UUID(int=0)
"""In the place of the caller: a page is read for all who follow it."""

MakeQuery = Callable[[TableMeta, ViewMeta | None, ConnectionMembers], ConnectionQuery | AggregateQuery]
"""The query of the page, for the table and the view as they are known now and what is to be read of it."""


@dataclass(frozen=True, slots=True)
class LiveSelection:
    """Which page of a table or of a view of it, and what of it; `arguments` are equal for equal pages."""

    table_id: UUID
    view_id: UUID | None
    arguments: Hashable
    make_query: MakeQuery
    members: LiveMembers
    rows: LiveRows = RECORDS
    profile: Profile | None = None
    """Whom the page is read for."""

    @property
    def key(self) -> Hashable:
        """Equal for equal selections."""
        return self.table_id, self.arguments, self.members, self.profile

    def paths(self, table: TableMeta, view: ViewMeta | None) -> list[str]:
        """The fields of linked records that choose, order and group the records."""
        return [field.path for field in linked_fields(self.make_query(table, view, ()).fields, table)]

    def statement(
        self, services: "Services", table: TableMeta, view: ViewMeta | None, *, with_page: bool
    ) -> tuple[Statement, Sequence[object]]:
        """The statement and its inputs; raises `BadRequest` for what the table does not have."""
        pages = [each.members for each in self.members if isinstance(each, LivePage)] if with_page else []
        compared = compared_members(self.members, self.rows)
        queries = [self.make_query(table, view, members) for members in (compared, *pages)]
        shape = LiveShape(tuple(query.shape() for query in queries))
        statement = services.statements.get(table, shape, lambda: compile_live(shape, table, services.secret_key))
        return statement, queries[0].inputs(_NOBODY)


@dataclass(frozen=True, slots=True)
class LiveEvent(SharedRendered):
    """An event as finished JSON, and the metadata of the table that it was made with."""

    table: TableMeta

    @property
    def count(self) -> int:
        """One message."""
        return 1

    @property
    def size(self) -> int:
        """Characters."""
        return len(self.json)


class LiveGroup(Group[LiveEvent]):
    """All who follow the same page: it is read when something has changed, and compared with what they have."""

    def __init__(self, feed: "Feed", selection: LiveSelection) -> None:
        super().__init__(feed)
        self._selection = selection
        self._newcomers: set[Subscriber[LiveEvent]] = set()
        self._page: ComparedPage | None = None
        self._paths: list[str] = []

    @property
    def paths(self) -> list[str]:
        """Those of the filter and the order."""
        return self._paths

    @property
    def follows_schema(self) -> bool:
        """A field that comes, goes or changes can change what the page shows."""
        return True

    @property
    def is_deserted(self) -> bool:
        """Whether nobody is here, nor about to join."""
        return not self._newcomers and super().is_deserted

    async def welcome(self, subscriber: Subscriber[LiveEvent]) -> None:
        """Hand the page to this subscriber, and then what changes of it."""
        self._newcomers.add(subscriber)
        self.feed.due.add(self)
        await self.feed.look()

    def leave(self, subscriber: Subscriber[LiveEvent]) -> None:
        """Hand over no more."""
        self._newcomers.discard(subscriber)
        super().leave(subscriber)

    def fail(self, error: Exception) -> None:
        """End the streams of newcomers too."""
        for subscriber in self._newcomers:
            subscriber.fail(error)
        super().fail(error)

    async def prepare(self, unit: Unit, table: TableMeta) -> None:
        """Check that the page can still be read."""
        services = self.feed.services
        table = for_profile(table, self._selection.profile)
        view = await current_view(services.statements, unit, table, self._selection.view_id)
        self._selection.statement(services, table, view, with_page=False)
        self._paths = self._selection.paths(table, view)

    async def deliver(self, since: str, until: str) -> None:
        """Read the page as it is now, and tell each subscriber what is new to it."""
        newcomers, members = set(self._newcomers), self._selection.members
        read = await read_live(self.feed.services, self._selection, with_page=bool(newcomers))
        before, self._page = self._page, read.compared
        patches = list_patches(before.rows, read.compared.rows) if before is not None else []
        if before is not None and (patches or before.beside != read.compared.beside):
            self.put(LiveEvent(render_patches(members, read.compared, patches), read.table))
        arrived = newcomers & self._newcomers
        if arrived:
            snapshot = LiveEvent(render_snapshot(members, read.compared, read.pages), read.table)
            for subscriber in arrived:
                subscriber.put(snapshot)
            self._newcomers -= arrived
            self.subscribers |= arrived


@dataclass(frozen=True, slots=True)
class LiveRead:
    """What one statement read: the page for comparison, and its JSON for each time that it was selected."""

    compared: ComparedPage
    pages: tuple[str, ...]
    table: TableMeta


async def read_live(services: "Services", selection: LiveSelection, *, with_page: bool) -> LiveRead:
    """Read the page; the pages' JSON only where it is wanted."""
    async with services.streams.turns:
        read = partial(_read, services, selection, with_page)
        return await with_current_table(services, selection.table_id, read, selection.profile)


async def _read(
    services: "Services", selection: LiveSelection, with_page: bool, unit: Unit, table: TableMeta
) -> LiveRead:
    view = await current_view(services.statements, unit, table, selection.view_id)
    statement, inputs = selection.statement(services, table, view, with_page=with_page)
    services.figures.evaluations += 1
    row = await unit.connection.fetchrow(statement.sql, *statement.parameters.bind(inputs))
    if row is None:
        raise no_table(table.id)
    version, compared, *pages = row
    if version != table.schema_version:
        raise Stale
    return LiveRead(ComparedPage.read(compared, selection.members), tuple(pages), table)


class LiveRecords:
    """One subscriber's page. When more waits for it than may, it gets the whole page again in place of all that."""

    def __init__(self, context: RequestContext, selection: LiveSelection) -> None:
        self._context = context
        self._services = context.services
        self._selection = selection
        self._subscriber = Subscriber[LiveEvent](context.viewer, context.services.limits)

    async def start(self) -> None:
        """Check that the stream may begin; raises what a read of the page would."""
        selection = self._selection
        profile = await require_readable(self._context, selection.table_id, selection.view_id, self._check)
        self._selection = replace(selection, profile=profile)
        self._subscriber.profile = profile

    def _check(self, table: TableMeta, view: ViewMeta | None) -> None:
        statement, inputs = self._selection.statement(self._services, table, view, with_page=True)
        statement.parameters.bind(inputs)

    async def events(self) -> AsyncGenerator[LiveEvent, None]:
        """The page, then its patches, without end; raises when the caller may not see them any longer."""
        subscriber, key = self._subscriber, self._selection.key
        with self._services.streams.following(TableFeed, self._selection.table_id, subscriber) as feed:
            while True:
                try:
                    await feed.group(key, lambda: LiveGroup(feed, self._selection)).welcome(subscriber)
                    while True:
                        yield await subscriber.take()
                except Overflow:
                    continue
                finally:
                    feed.leave(key, subscriber)
