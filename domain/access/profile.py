"""What a caller may see of a base: a small value, by which whatever is made for the caller is kept apart."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """What of a base a caller may not see, or not write, whom its roles or its rules concern."""

    hidden_tables: frozenset[UUID] = frozenset()
    hidden_views: frozenset[UUID] = frozenset()
    hidden_fields: frozenset[UUID] = frozenset()
    """Fields that the caller may not read, nor what is made of them."""
    fixed_fields: frozenset[UUID] = frozenset()
    """Fields that the caller may read, but not write."""
    limits: frozenset[tuple[UUID, str]] = frozenset()
    """The tables whose policies limit the caller, each with the role that they limit."""
    policies: frozenset[str] = frozenset()
    """Digests of what those policies say: when they say something else, it is another profile."""
    viewer: UUID | None = None
    """Who the caller is, where one of those policies asks for it; so that others with the same role share the rest."""


OPEN: Final = Profile()
"""Nothing is hidden; but the role is that of the table, not that of the workspace."""
