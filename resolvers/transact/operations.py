"""What `transact` is asked to do: its operations, each over records of one table."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
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
    makes_choices: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Change records."""

    table_id: UUID
    records: Sequence[Patch]
    typecast: bool = False
    makes_choices: bool = False


@dataclass(frozen=True, slots=True)
class Upsert:
    """Change the records that agree with the sent ones on the fields of `merge_on`, create the others."""

    table_id: UUID
    merge_on: Sequence[str]
    records: Sequence[Draft]
    typecast: bool = False
    makes_choices: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete records; an id that is given twice is deleted once."""

    table_id: UUID
    ids: Sequence[UUID]


Asked = Create | Update | Upsert | Delete


def count_records(asked: Asked) -> int:
    """How many records an operation names."""
    return len(asked.ids) if isinstance(asked, Delete) else len(asked.records)


def makes_choices(asked: Asked) -> bool:
    """Whether choices that values of an operation name and fields lack are to be made."""
    return not isinstance(asked, Delete) and asked.makes_choices


def request_of(asked: Asked) -> list[object]:
    """What makes it the same operation; without the option for choices it is hashed as before there was one."""
    is_plain = not makes_choices(asked)
    names = [field.name for field in fields(asked) if not (is_plain and field.name == "makes_choices")]
    return [type(asked).__name__, {name: getattr(asked, name) for name in names}]
