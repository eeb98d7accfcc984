"""What a caller may see of a base: a small value, by which whatever is made for the caller is kept apart."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """What is hidden from a caller whose role is another than the workspace says somewhere in a base."""

    hidden_tables: frozenset[UUID] = frozenset()
    hidden_views: frozenset[UUID] = frozenset()


OPEN: Final = Profile()
"""Nothing is hidden; but the role is that of the table, not that of the workspace."""
