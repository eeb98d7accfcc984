"""What a template is made of once it has been read."""

from dataclasses import dataclass
from typing import TypeAlias

Literal: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a text; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Path:
    """Names that lead to a value, from the outermost; of a list the numbers of its items, from 0."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Use:
    """A filter as it stands in a template."""

    name: str
    arguments: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between `{{` and `}}`."""

    head: Path | str
    """A text stands for itself: `{{"{{"}}` are two braces."""
    filters: tuple[Use, ...]
    source: str
    """With its braces."""
    place: Place


Template: TypeAlias = tuple[str | Expression, ...]
"""Texts and expressions in turn."""
