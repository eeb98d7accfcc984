"""What hooks around writes of records are given."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID


class WriteKind(Enum):
    """What a write does to its records."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Moment(Enum):
    """When a hook is called."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """The table that a write is about."""

    id: UUID
    name: str
    base_id: UUID
    base_name: str
    workspace_id: UUID


@dataclass(slots=True)
class Draft:
    """A record of a write. `values` are those that it sets, by the names of fields, as clients send them.

    Before the write they may be changed, and others added: they are checked as a client's are. Deletions set none.
    """

    index: int
    id: UUID
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class RecordWrite(ABC):
    """All records of one table that a request, or a part of it, writes at once.

    `user_id` is None for what comes by a published form. `gives_back` what was there before: a restoration, or an undo,
    whose values cannot be changed.
    """

    kind: WriteKind
    table: WrittenTable
    user_id: UUID | None
    mutation_id: UUID
    records: Sequence[Draft]
    gives_back: bool

    @abstractmethod
    async def current(self) -> Mapping[UUID, Mapping[str, Any]]:
        """The records as they are now within the transaction, by their ids: all fields by name.

        Before an update or a deletion this is what was there, locked until the end of the transaction; after a
        deletion there is none.
        """
