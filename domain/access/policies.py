"""Policies of records: filters that say which records of a table a role may read or write."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from uuid import UUID


class PolicyRole(Enum):
    """A role in a table that policies may limit; who changes fields sees everything."""

    EDITOR = "EDITOR"
    COMMENTER = "COMMENTER"
    VIEWER = "VIEWER"


class PolicyScope(Enum):
    """What a policy is about."""

    READ = "READ"
    WRITE = "WRITE"
    BOTH = "BOTH"


READS: Final = frozenset({PolicyScope.READ, PolicyScope.BOTH})
WRITES: Final = frozenset({PolicyScope.WRITE, PolicyScope.BOTH})


@dataclass(frozen=True, slots=True)
class PolicyMeta:
    """A policy as it is kept: its filter is JSON, like that of a view, with the type of the field in each condition."""

    id: UUID
    table_id: UUID
    roles: frozenset[str]
    scope: PolicyScope
    filter: dict[str, Any]
