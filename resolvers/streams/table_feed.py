"""The feed of a table: the changes of its records, and the groups that each of them concerns."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from adapters.database import Unit
from domain.access.profile import OPEN
from domain.bases.catalog import TableMeta
from domain.changes.news import NewsShape, compile_news, source_ids
from domain.errors import DomainError, NotFound
from resolvers.narrowing import profiles_of
from resolvers.records.tables import SCHEMA_MOVED, Stale, no_table
from resolvers.streams.feed import Denied, Feed, News
from resolvers.streams.group import Group
from resolvers.streams.metadata import is_current, rights_changed, with_current_table
from resolvers.streams.outages import is_outage
from resolvers.streams.subscriber import Subscriber
from resolvers.viewers import ViewerKey, columns_of

if TYPE_CHECKING:
    from resolvers.services import Services

_FIRST_VALUES: Final = 7
"""The column of the news where the hashes of values begin."""
MOST_FIELDS: Final = 50
"""By the values of so many fields groups are found; every change concerns the groups that want others."""

logger = logging.getLogger(__name__)


class TableFeed(Feed):
    """Groups that want one value of a field are found by that value; the others are concerned by every change."""

    def __init__(self, services: "Services", topic: UUID) -> None:
        self._by_value: defaultdict[str, defaultdict[int, set[Group[Any]]]] = defaultdict(lambda: defaultdict(set))
        self._unprepared: set[Group[Any]] = set()
        self._prepared_for: int | None = None
        self._schema_moved = False
        self._unchecked: set[Subscriber[Any]] = set()
        """Who may see more by now, or less, than what they follow was made for."""
        super().__init__(services, topic)

    def add(self, subscriber: Subscriber[Any]) -> None:
        """Have this subscriber's rights looked after, soon for the first time."""
        super().add(subscriber)
        self._unchecked.add(subscriber)
        self.wake()

    def remove(self, subscriber: Subscriber[Any]) -> bool:
        """Forget a subscriber; True when nobody is left."""
        self._unchecked.discard(subscriber)
        return super().remove(subscriber)

    def missing(self) -> NotFound:
        """The table is not there, or may not be seen."""
        return no_table(self.topic)

    async def topics(self) -> Sequence[UUID]:
        """The tables, for their records, and the base, for its fields."""

        async def all(_unit: Unit, table: TableMeta) -> list[UUID]:
            return [*self.tables, table.base_id]

        return await with_current_table(self.services, self.topic, all)

    async def news(self, viewers: list[ViewerKey]) -> News:
        """What is new since `position`, by metadata that is current."""
        async with self.services.streams.looks:
            return await with_current_table(self.services, self.topic, partial(self._news, viewers))

    async def _news(self, viewers: list[ViewerKey], unit: Unit, table: TableMeta) -> News:
        await self._prepare(unit, table)
        shape = NewsShape(tuple(sorted(self._by_value)), self._paths())
        statement = self.services.statements.get(table, shape, lambda: compile_news(shape, table))
        self.tables = self._sources(table, shape.paths)
        inputs = [self.position, *columns_of(viewers)]
        row = await unit.connection.fetchrow(statement.sql, *statement.parameters.bind(inputs))
        if row is None:
            raise self.missing()
        version, position, count, age, *denied = row[:_FIRST_VALUES]
        if version != table.schema_version:
            raise Stale
        if self.schema_version != version:
            self._unchecked = {each for followers in self._followers.values() for each in followers}
        await self._turn_away_changed(unit, table)
        self._schema_moved |= self.schema_version not in (None, version)
        self.schema_version = version
        values = dict(zip(shape.fields, map(set, row[_FIRST_VALUES:]), strict=True))
        return News(position, count, age, Denied(*denied), values)

    async def _turn_away_changed(self, unit: Unit, table: TableMeta) -> None:
        """End the streams of those who may see more by now, or less: whatever changes that makes a new version."""
        unchecked, self._unchecked = self._unchecked, set()
        try:
            profiles = await profiles_of(unit, table, [each.viewer.user_id for each in unchecked])
        except BaseException:
            self._unchecked |= unchecked
            raise
        for each in unchecked:
            if (each.profile or OPEN) != profiles.get(each.viewer.user_id, OPEN):
                each.fail(rights_changed())

    def _paths(self) -> tuple[str, ...]:
        """The fields of linked records that any group looks at."""
        return tuple(sorted({path for group in self.groups.values() for path in group.paths}))

    def _sources(self, table: TableMeta, paths: tuple[str, ...]) -> frozenset[UUID]:
        """The table, and those whose changes alter what its records show."""
        key = ("sources", paths)
        return self.services.statements.get(table, key, lambda: frozenset({table.id, *source_ids(table, paths)}))

    async def _prepare(self, unit: Unit, table: TableMeta) -> None:
        """Have every group fit this version of the table; those that cannot end."""
        if self._prepared_for != table.schema_version:
            self._unprepared = set(self.groups.values())
            self._prepared_for = table.schema_version
        while self._unprepared:
            group = self._unprepared.pop()
            self._take_away(group)
            try:
                error = await _prepared(group, unit, table)
            except BaseException:
                self._unprepared.add(group)
                raise
            if error is None:
                self._put(group)
            else:
                self.end(group, error)

    # --- which groups a change concerns ---

    def concerned(self, news: News) -> set[Group[Any]]:
        """Those that want a value which a change has brought or taken away, and those that want any."""
        moved = {group for group in self.groups.values() if group.follows_schema} if self._schema_moved else set()
        self._schema_moved = False
        if not news.count:
            return moved
        found = moved | super().concerned(news)
        for field, hashes in news.values.items():
            by_hash: dict[int, set[Group[Any]]] = self._by_value.get(field, {})
            for hash in hashes & by_hash.keys():
                found |= by_hash[hash]
        return found

    def group_made(self, group: Group[Any]) -> None:
        """Have a group prepared before it is found."""
        self._unprepared.add(group)

    def group_dropped(self, group: Group[Any]) -> None:
        """Forget a group."""
        self._unprepared.discard(group)
        self._take_away(group)

    def _put(self, group: Group[Any]) -> None:
        """Put a group where it is found."""
        if group.is_closed:
            return
        interest = group.interest
        if interest is None or (interest.field not in self._by_value and len(self._by_value) >= MOST_FIELDS):
            super().group_made(group)
        else:
            self._by_value[interest.field][interest.hash].add(group)

    def _take_away(self, group: Group[Any]) -> None:
        """Take a group from where it is found."""
        super().group_dropped(group)
        if group.interest is not None and group.interest.field in self._by_value:
            by_hash = self._by_value[group.interest.field]
            by_hash[group.interest.hash].discard(group)
            if not by_hash[group.interest.hash]:
                del by_hash[group.interest.hash]
            if not by_hash:
                del self._by_value[group.interest.field]


async def _prepared(group: Group[Any], unit: Unit, table: TableMeta) -> Exception | None:
    """Prepare a group; what ends it when it does not fit: one that cannot go on must not end the others with it.

    Raises `Stale` where only these metadata do not fit: a group may be made for newer ones.
    """
    try:
        await group.prepare(unit, table)
    except (Stale, *SCHEMA_MOVED):
        raise
    except Exception as error:
        if is_outage(error):
            raise
        if not await is_current(unit, table):
            raise Stale from error
        if not isinstance(error, DomainError):
            logger.exception("a stream's filter failed")
        return error
    return None
