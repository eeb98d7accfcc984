"""The metadata of a base as the record path needs it: frozen, complete, and tied to one schema version."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.access.policies import PolicyMeta
from domain.access.profile import Profile
from domain.errors import BadRequest
from domain.fields.contract import FieldType, Options
from domain.nearness import did_you_mean
from domain.sql import Parameters, quote_name

if TYPE_CHECKING:
    from domain.records.filters import Filter
    from domain.records.rows import Row


@dataclass(frozen=True, slots=True)
class UniqueMeta:
    """That no two records may have the same value in a field; `message` is what a client hears who tries to."""

    case_sensitive: bool
    message: str | None


@dataclass(frozen=True)
class FieldMeta:
    """A field of a table. `type` is the registry's instance and `options` are its validated options."""

    id: UUID
    number: int
    name: str
    type: FieldType[Any]
    options: Options
    is_required: bool
    default_value: object
    """JSON value as a client would send it, or None."""
    description: str | None
    is_indexed: bool = False
    unique: UniqueMeta | None = None
    """Its constraint, also while that is being made."""

    def __hash__(self) -> int:
        """By id and column alone: default values and options may hold lists."""
        return hash((self.id, self.number))

    @cached_property
    def column(self) -> str:
        """Name of the column, `f_<number>`; safe to stand in SQL as it is."""
        return f"f_{self.number}"


@dataclass(frozen=True, eq=False)
class BaseAccess:
    """Whom the roles and rules of a base concern; and its tables as such callers may know them."""

    users: frozenset[UUID]
    """Who has another role somewhere in the base than in its workspace."""
    is_for_all: bool = False
    """Whether there are rules that hold for every member."""
    policies: tuple[PolicyMeta, ...] = ()
    """Those of all its tables."""
    narrowed: "dict[Profile, Mapping[UUID, TableMeta]]" = field(default_factory=dict)
    digests: dict[tuple[UUID, str], str] = field(default_factory=dict)
    """Of what the policies of a table say to a role."""

    def concerns(self, user_id: UUID) -> bool:
        """Whether what a user may see is worked out, as it is not for those who have the role of the workspace."""
        return self.is_for_all or user_id in self.users


class RecordRule(ABC):
    """Which records of a table its policies let a caller read and write; see domain/records/policies.py."""

    @property
    @abstractmethod
    def limits_reads(self) -> bool:
        """Whether there may be records that the caller does not see."""

    @abstractmethod
    def filter(self, viewer: UUID | None) -> "Filter | None":
        """What holds of all records that the caller may see, who is `viewer`; None where these are all there are."""

    @abstractmethod
    def visible(self, row: "Row") -> str:
        """The condition that the caller may see the record of a row; TRUE or FALSE, never NULL."""

    @abstractmethod
    def writable(self, row: "Row") -> str:
        """The condition that the caller may see a record and change it, or may have it become what the row is."""

    @abstractmethod
    def source(self, table: "TableMeta", parameters: Parameters) -> str:
        """What stands in a FROM clause for the table: the records that the caller may see."""


@dataclass(frozen=True)
class TableMeta:
    """A table of a base with its fields in their order."""

    id: UUID
    number: int
    name: str
    description: str | None
    base_id: UUID
    base_number: int
    base_name: str
    workspace_id: UUID
    schema_version: int
    primary_field_id: UUID
    fields: tuple[FieldMeta, ...]
    siblings: Mapping[UUID, "TableMeta"] = field(default_factory=dict, repr=False, compare=False)
    """All tables of the base, this one too."""
    access: BaseAccess | None = field(default=None, repr=False, compare=False)
    """None where everybody has the role everywhere that they have in the workspace, and no rules limit them."""
    profile: Profile | None = None
    """Whom these metadata are for; None for all whose role is the one that they have in the workspace."""
    fixed_fields: frozenset[UUID] = field(default=frozenset(), repr=False, compare=False)
    """The fields that those may read, but not write."""
    unnarrowed: "TableMeta | None" = field(default=None, repr=False, compare=False)
    root: "TableMeta | None" = field(default=None, repr=False, compare=False)
    """What it was made of, as it was loaded; None where it is that itself."""
    rule: RecordRule | None = field(default=None, repr=False, compare=False)
    """What policies leave of its records to those whom these metadata are for; None where they leave all."""

    @property
    def viewer(self) -> UUID | None:
        """Who the caller is, where its policies ask for that."""
        return None if self.profile is None else self.profile.viewer

    @property
    def whole(self) -> "TableMeta":
        """The table with all of its fields, for what does not end with the fields that a caller may see."""
        return self.unnarrowed or self

    @property
    def rooted(self) -> "TableMeta":
        """The table as it was loaded."""
        return self.root or self

    def concerns(self, user_id: UUID) -> bool:
        """Whether roles or rules of the base concern a user; what is made for others knows of none."""
        return self.access is not None and self.access.concerns(user_id)

    def linked(self, table: "TableMeta") -> "TableMeta":
        """Another table of the base, as far as those may know it whom these metadata are for."""
        return table if self.profile is None else self.siblings[table.id]

    def source(self, parameters: Parameters) -> str:
        """What stands in a FROM clause for the table, in front of an alias: the records that may be seen."""
        return self.sql_name if self.rule is None else self.rule.source(self, parameters)

    @cached_property
    def sql_name(self) -> str:
        """Qualified name of the PostgreSQL table."""
        return table_name(self.base_number, self.number)

    @cached_property
    def _by_key(self) -> Mapping[str, FieldMeta]:
        by_name = {field.name: field for field in self.fields}
        return by_name | {str(field.id): field for field in self.fields}

    @cached_property
    def has_unique_fields(self) -> bool:
        """Whether a write may violate a unique constraint."""
        return any(field.unique for field in self.fields)

    @cached_property
    def user_fields(self) -> Sequence[FieldMeta]:
        """The fields whose values name users."""
        return [field for field in self.fields if field.type.references == "user"]

    @cached_property
    def link_fields(self) -> Sequence[FieldMeta]:
        """The fields whose values are links to records."""
        return [field for field in self.fields if field.type.references == "record"]

    @property
    def primary_field(self) -> FieldMeta:
        """The field whose value names a record."""
        return self.whole.field(str(self.primary_field_id))

    def find_field(self, key: str) -> FieldMeta | None:
        """The field with this id or this exact name."""
        return self._by_key.get(key)

    def field(self, key: str) -> FieldMeta:
        """The field with this id or this exact name; raises `BadRequest` that names what there is."""
        found = self._by_key.get(key)
        if found is None:
            known = ", ".join(repr(field.name) for field in self.fields[:20])
            meant = did_you_mean(key, (field.name for field in self.fields))
            raise BadRequest(f"Table {self.name!r} has no field {key!r}.{meant} It has: {known}.", field=key)
        return found


@dataclass(frozen=True)
class BaseMeta:
    """A base with all its tables, as they were at `schema_version`."""

    id: UUID
    number: int
    name: str
    workspace_id: UUID
    schema_version: int
    tables: Mapping[UUID, TableMeta]


def schema_name(base_number: int) -> str:
    """Name of the PostgreSQL schema that holds the tables of a base."""
    return f"base_{base_number}"


def table_name(base_number: int, table_number: int) -> str:
    """Qualified name of the PostgreSQL table that holds the records of a table."""
    return f"{quote_name(schema_name(base_number))}.{quote_name(f't_{table_number}')}"
