"""What depends on a change: the one place that knows which values follow from others.

A computed field has no column, so the log never has it. It has changed when a field has that it is made of: one of its
own record, or of records that links lead to. Links are such a field too: the records on their other side show them,
with the values that name the linked records.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.rows import MAX_HOPS

Path = tuple[FieldMeta, ...]
"""Links, the first of which is a field of the table that it begins at."""


def stored_sources(field: FieldMeta, table: TableMeta) -> tuple[FieldMeta, ...]:
    """The stored fields that a field's value is made of, in the table's order: itself, for a stored one."""
    table = table.whole
    found: set[FieldMeta] = set()
    unread = [field]
    while unread:
        each = unread.pop()
        if each in found:
            continue
        found.add(each)
        read = each.type.reads(each.options)
        unread.extend(source for source in table.fields if source.id in read)
    return tuple(each for each in table.fields if each in found and not each.type.is_computed)


@dataclass(frozen=True, slots=True)
class Route:
    """A value is made of `column` in the records of `table` that `path` leads to."""

    path: Path
    table: TableMeta
    column: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose changes alter values in the records of another one, or in others of its own.

    `paths` lead to it, each with the columns that matter behind it; `fields` are the dependent ones, each with the
    columns that it is made of.
    """

    table: TableMeta
    paths: Mapping[Path, Sequence[str]]
    fields: Mapping[FieldMeta, Sequence[str]]

    @property
    def columns(self) -> Sequence[str]:
        """All columns that matter."""
        return sorted({column for columns in self.paths.values() for column in columns})


def sources_of(table: TableMeta, others: Iterable[FieldMeta] = ()) -> tuple[Source, ...]:
    """The tables whose changes alter values of a table's fields, or of `others`, which its records have as well."""
    routes = _Routes()
    found: dict[UUID, _Found] = {}
    for field in [*table.fields, *others]:
        for route in routes.of(field, table.whole):
            if route.path:
                found.setdefault(route.table.id, _Found(route.table)).add(field, route)
    return tuple(each.source() for each in sorted(found.values(), key=lambda each: each.table.number))


def tables_behind(field: FieldMeta, table: TableMeta) -> set[UUID]:
    """The other tables whose records a field's value is made of, or which it leads to."""
    routes = [route for route in _Routes().of(field, table) if route.path]
    links = [link.options for route in routes for link in route.path]
    passed = {options.linked_table.id for options in links if isinstance(options, LinkedRecordOptions)}
    return passed | {route.table.id for route in routes}


def fields_behind(field: FieldMeta, table: TableMeta) -> set[UUID]:
    """The field, all fields that its value is made of, whatever their table, and those that show the same links."""
    found: set[UUID] = set()
    unread = [(field, table)]
    while unread:
        each, its_table = unread.pop()
        if each.id in found:
            continue
        found.add(each.id)
        if isinstance(each.options, LinkedRecordOptions) and each.options.symmetric_field_id is not None:
            found.add(each.options.symmetric_field_id)
        followed = each.type.follows(each)
        if followed is not None:
            link, target = followed
            assert isinstance(link.options, LinkedRecordOptions)
            unread += [(link, its_table), (target, link.options.linked_table)]
        if read := each.type.reads(each.options):
            unread += [(source, its_table) for source in its_table.whole.fields if source.id in read]
    return found


class _Found:
    """What is known of a source while it is put together."""

    def __init__(self, table: TableMeta) -> None:
        self.table = table
        self._paths: defaultdict[Path, set[str]] = defaultdict(set)
        self._fields: defaultdict[FieldMeta, set[str]] = defaultdict(set)

    def add(self, field: FieldMeta, route: Route) -> None:
        """Note a route of a field."""
        self._paths[route.path].add(route.column)
        self._fields[field].add(route.column)

    def source(self) -> Source:
        """The whole, with columns in a set order."""
        paths = {path: sorted(columns) for path, columns in self._paths.items()}
        return Source(self.table, paths, {field: sorted(columns) for field, columns in self._fields.items()})


class _Routes:
    """Finds the routes of the fields of a base; each field's once."""

    def __init__(self) -> None:
        self._known: dict[FieldMeta, tuple[Route, ...]] = {}
        self._open: set[FieldMeta] = set()

    def of(self, field: FieldMeta, table: TableMeta) -> tuple[Route, ...]:
        """All of a field; none of one that is being looked at, which would lead back to itself."""
        if field in self._open:
            return ()
        if field not in self._known:
            self._open.add(field)
            found = tuple(dict.fromkeys(self._find(field, table)))
            self._open.discard(field)
            self._known[field] = found
        return self._known[field]

    def _find(self, field: FieldMeta, table: TableMeta) -> Iterator[Route]:
        followed = field.type.follows(field)
        if followed is not None:
            yield from self._through(*followed, table)
        elif field.type.is_computed:
            read = field.type.reads(field.options)
            for each in table.fields:
                if each.id in read:
                    yield from self.of(each, table)
        else:
            yield Route((), table, field.column)

    def _through(self, link: FieldMeta, target: FieldMeta, table: TableMeta) -> Iterator[Route]:
        """The links themselves, which can be set from both sides, and what the value is made of behind them."""
        options = link.options
        assert isinstance(options, LinkedRecordOptions)
        there = options.linked_table
        yield Route((), table, link.column)
        yield Route((link,), there, options.symmetric_field.column)
        for route in self.of(target, there):
            if len(route.path) < MAX_HOPS:
                yield Route((link, *route.path), route.table, route.column)
