"""What the policies of a table make of its records for a role, as SQL, and their filters as they are kept.

A policy looks at the record alone: at what is stored in its own row. So what it says of a record before a change and
after it can be told from the images in the log, and nothing else that changes lets a record come or go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from domain.access.me import as_viewer, is_about_me
from domain.access.policies import READS, WRITES, PolicyMeta, PolicyScope
from domain.access.profile import Profile
from domain.bases.catalog import FieldMeta, RecordRule, TableMeta
from domain.errors import BadRequest
from domain.records.columns import LinkedField, find_column
from domain.records.filters import Filter, Group, Junction, Leaf, Shape, compile_fixed
from domain.records.rows import Row
from domain.sql import Parameters
from domain.views.filters import NAMES, FilterJson, filter_json, read_filter_json
from domain.views.shared import of_whole

_NOBODY: Final = UUID(int=0)
"""Stands for whoever reads while a filter is checked."""
_NOTHING: Final = Filter(Group(Junction.OR, ()), ())
"""Holds of no record."""


# --- which records ---


@dataclass(frozen=True, slots=True)
class PolicyRule(RecordRule):
    """The records for which `readable` holds, and of these those for which `changeable` does; None for all."""

    readable: Filter | None
    changeable: Filter | None

    @property
    def limits_reads(self) -> bool:
        """See `RecordRule`."""
        return self.readable is not None

    def filter(self, viewer: UUID | None) -> Filter | None:
        """See `RecordRule`."""
        return None if self.readable is None else _for(self.readable, viewer or _NOBODY)

    def visible(self, row: Row) -> str:
        """See `RecordRule`."""
        return _condition(row, self.readable)

    def writable(self, row: Row) -> str:
        """See `RecordRule`."""
        return _condition(row, self.readable, self.changeable)

    def source(self, table: TableMeta, parameters: Parameters) -> str:
        """See `RecordRule`."""
        if self.readable is None:
            return table.sql_name
        row = Row("s", table.rooted, parameters)
        return f"(SELECT s.* FROM {table.sql_name} s WHERE {compile_fixed(self.readable, row)})"


def _condition(row: Row, *filters: Filter | None) -> str:
    whole = replace(row, table=row.table.rooted)
    parts = [compile_fixed(each, whole) for each in filters if each is not None]
    return f"(({' AND '.join(parts)}) IS TRUE)" if parts else "true"


def record_rule(table: TableMeta, profile: Profile) -> PolicyRule | None:
    """What the policies of a table leave to callers of a profile, as far as there are any for their role in it."""
    role = dict(profile.limits).get(table.id)
    if role is None or table.access is None:
        return None
    mine = [each for each in table.access.policies if each.table_id == table.id and role in each.roles]
    readable, changeable = (_any(mine, scopes, table) for scopes in (READS, WRITES))
    return None if readable is None and changeable is None else PolicyRule(readable, changeable)


def _any(policies: Sequence[PolicyMeta], scopes: frozenset[PolicyScope], table: TableMeta) -> Filter | None:
    """What holds where any of the policies with these scopes does; None where there are none, for all records."""
    filters = [_filter(each, table) for each in policies if each.scope in scopes]
    if not filters:
        return None
    shape = Group(Junction.OR, tuple(each.shape for each in filters))
    return Filter(shape, tuple(value for each in filters for value in each.values))


def _filter(policy: PolicyMeta, table: TableMeta) -> Filter:
    """The filter of a policy; one that does not fit the table any longer holds of nothing."""
    if fault_of(policy, table) is not None:
        return _NOTHING
    return of_whole(read_filter_json(policy.filter))


def names_viewer(policies: Sequence[PolicyMeta], limits: frozenset[tuple[UUID, str]]) -> bool:
    """Whether any policy that limits a caller asks who the caller is."""
    return any(
        (each.table_id, role) in limits and any(is_about_me(value) for value in read_filter_json(each.filter).values)
        for each in policies
        for role in each.roles
    )


def digests_of(table: TableMeta, limits: frozenset[tuple[UUID, str]]) -> frozenset[str]:
    """What the policies that limit a caller say, for each table of the base; made once, and kept with its metadata."""
    access = table.access
    assert access is not None  # somebody is limited
    for table_id, role in limits - access.digests.keys():
        mine = [each for each in access.policies if each.table_id == table_id and role in each.roles]
        said = sorted(repr((each.scope, each.filter, fault_of(each, table.siblings[table_id]))) for each in mine)
        access.digests[table_id, role] = sha256(repr((table_id, role, said)).encode()).hexdigest()
    return frozenset(access.digests[each] for each in limits)


def fault_of(policy: PolicyMeta, table: TableMeta) -> str | None:
    """Why a policy lets nobody see or change anything; None for one that does what it says."""
    root = table.rooted
    try:
        for leaf in _leaves(policy.filter):
            field = _own_field(leaf["field"], root)
            if field.type.key != leaf["type"]:
                return f"Field {field.name!r} was of type {str(leaf['type']).upper()} when the policy was written."
        filter = read_filter_json(policy.filter)
        _require_users(filter, root)
        compile_fixed(filter, Row("r", root, Parameters()))
    except BadRequest as error:
        return error.message
    return None


# --- as they are kept ---


def policy_json(filter: Filter, table: TableMeta) -> FilterJson:
    """A filter as a policy keeps it; raises `BadRequest` for one that does not fit, or looks beyond the record."""
    _require_users(filter, table)
    kept = filter_json(_for(filter, _NOBODY), table)
    values = iter(filter.values)
    for leaf in _leaves(kept):
        leaf["type"] = _own_field(leaf["field"], table).type.key
        given = next(values)
        if is_about_me(given):
            leaf["value"] = given
    return kept


def _leaves(json: FilterJson) -> Iterator[dict[str, Any]]:
    if "field" in json:
        yield json
    elif "not" in json:
        yield from _leaves(json["not"])
    else:
        for each in json[NAMES[Junction.AND] if "and" in json else NAMES[Junction.OR]]:
            yield from _leaves(each)


def _own_field(key: str, table: TableMeta) -> FieldMeta:
    """A column of the record's own row; raises `BadRequest` for another field."""
    field = find_column(table, key)
    if isinstance(field, LinkedField) or not field.type.has_column(field.options):
        message = f"Field {field.name!r} has values that are made of others; a policy looks at stored fields alone."
        raise BadRequest(message, field=key)
    return field


def _require_users(filter: Filter, table: TableMeta) -> None:
    """Raise `BadRequest` where the caller is compared with something that is no user."""
    values = iter(filter.values)
    for leaf in _shapes(filter.shape):
        if is_about_me(next(values)):
            field = _own_field(leaf.field, table)
            if field.type.references != "user" or leaf.field == "$id":
                raise BadRequest(f"Field {leaf.field!r} has no users: me cannot be compared with it.", field=leaf.field)


def _shapes(shape: Shape) -> Iterator[Leaf]:
    if isinstance(shape, Leaf):
        yield shape
    else:
        for part in shape.parts:
            yield from _shapes(part)


def _for(filter: Filter, viewer: object) -> Filter:
    """The filter as it is meant when this user reads."""
    return Filter(filter.shape, tuple(as_viewer(value, viewer) for value in filter.values))
