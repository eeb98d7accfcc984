"""What `transact` is asked to do: its operations, each over records of one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from resolvers.records.writing import Patch


@dataclass(frozen=True, slots=True)
class Draft:
    """A record of a create or an upsert; `temp_id` names it in the links of all other records of the call."""

    fields: object
    temp_id: str | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """Create records."""

    table_id: UUID
    records: Sequence[Draft]
    typecast: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Change records."""

    table_id: UUID
    records: Sequence[Patch]
    typecast: bool = False


@dataclass(frozen=True, slots=True)
class Upsert:
    """Change the records that agree with the sent ones on the fields of `merge_on`, create the others."""

    table_id: UUID
    merge_on: Sequence[str]
    records: Sequence[Draft]
    typecast: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete records; an id that is given twice is deleted once."""

    table_id: UUID
    ids: Sequence[UUID]


Asked = Create | Update | Upsert | Delete


def count_records(asked: Asked) -> int:
    """How many records an operation names."""
    return len(asked.ids) if isinstance(asked, Delete) else len(asked.records)
