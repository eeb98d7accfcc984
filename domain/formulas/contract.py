"""What a function of the formula language is: its parameters, its result, its documentation, its SQL.

Operators and conversions are functions too. A function's SQL gets its arguments as finished SQL and keeps two rules:

- its value never raises, whatever the arguments hold, not even where the error says that the value is none: PostgreSQL
  evaluates constants when it plans, whatever stands around them;
- its value names each argument once, or binds it by `Environment.bind`: formulas are nested 64 levels deep, and twice
  in each of them would be a text without end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

from domain.formulas.faults import InvalidFormula
from domain.formulas.types import Kind, Type
from domain.sql import quote_text

if TYPE_CHECKING:
    from domain.records.rows import Row


MAX_SQL: Final = 500_000
"""Characters of the SQL of a formula, with that of the formulas it is made of; most come to a few hundred."""


class ErrorValue(StrEnum):
    """What a cell holds instead of a value when the formula has none for its record."""

    DIVISION = "#DIV/0!"
    """A division by zero, or an average of nothing."""
    NUMBER = "#NUM!"
    """A number that is outside of what a function takes, or of what numbers can be: 1e21 and above."""
    VALUE = "#VALUE!"
    """A text that is not what it must be, such as a number, or one that would be too long."""
    CUSTOM = "#ERROR!"
    """What ERROR() makes."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """An argument as SQL: `sql` is its value, NULL where blank; `error` a text, NULL where there is none."""

    type: Type
    sql: str
    error: str | None = None
    is_atom: bool = False
    """A column or a literal, which may stand in the SQL as often as needed."""
    is_filled: bool = False
    """Whether the value is never NULL (where there is no error)."""
    is_immutable: bool = True
    has_subquery: bool = False
    reads_clock: bool = False
    is_constant: bool = False
    """Whether it is made of literals alone."""
    literal: str | None = None
    """The text, where it is one in quotes."""
    zone: str | None = None
    """The time zone that a moment is looked at in, where it is not the formula's."""
    locale: str | None = None
    """The language that a moment is written in, where it is not English."""

    def __str__(self) -> str:
        return self.sql


@dataclass(frozen=True, slots=True)
class Result:
    """What a function makes of its arguments; `error` is its own, beside those of the arguments."""

    sql: str
    error: str | None = None
    is_immutable: bool = True
    """False where PostgreSQL marks a function that is used as STABLE: no generated column may use it."""
    has_subquery: bool = False
    reads_clock: bool = False
    """Whether it is another value at another time."""
    reads_row: bool = False
    """Whether it is another value in another record, whatever the arguments."""
    zone: str | None = None
    locale: str | None = None
    """Of a moment, as in `Fragment`."""


@dataclass(slots=True)
class Environment:
    """What an expression is compiled for: the record's row, and the IANA name of the time zone."""

    row: "Row"
    zone: str
    shared: dict[UUID, Fragment] = field(default_factory=dict)
    """Fields that the formula names more than once, by their ids: what stands for their values."""
    size: int = 0
    _names: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def alias(self) -> str:
        """What the row is called."""
        return self.row.alias

    @property
    def zone_sql(self) -> str:
        """The time zone as a literal."""
        return quote_text(self.zone)

    def local(self, moment: str, zone: str | None = None) -> str:
        """The local time of a moment, in the formula's zone or another."""
        return f"timezone({quote_text(zone or self.zone)}, {moment})"

    def spend(self, size: int) -> None:
        """Count characters of SQL; raises `InvalidFormula` when they are more than a formula may come to."""
        self.size += size
        if self.size > MAX_SQL:
            raise InvalidFormula(
                f"The formula comes to {self.size:,} characters of SQL; at most {MAX_SQL:,} are allowed."
            )

    def bind(self, arguments: Sequence[Fragment], use: Callable[..., Result | str]) -> Result:
        """What `use` makes of names that stand for the arguments and may be used often, each computed once."""
        bound = f"b{next(self._names)}"
        names = [each.sql if each.is_atom else f"{bound}.x{position}" for position, each in enumerate(arguments)]
        result = as_result(use(*names))
        columns = ", ".join(f"{each} AS x{i}" for i, each in enumerate(arguments) if not each.is_atom)
        if not columns:
            return result
        # OFFSET 0 keeps the planner from putting the expression in each name's place again.
        source = f"FROM (SELECT {columns} OFFSET 0) {bound}"
        error = None if result.error is None else f"(SELECT {result.error} {source})"
        return replace(result, sql=f"(SELECT {result.sql} {source})", error=error, has_subquery=True)


def as_result(made: Result | str) -> Result:
    """A value that cannot fail and is immutable may be given as its SQL alone."""
    return made if isinstance(made, Result) else Result(made)


def when(condition: str, error: ErrorValue) -> str:
    """The SQL of an error that is there under a condition."""
    return f"CASE WHEN {condition} THEN {quote_text(error)} END"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: what its argument is converted to.

    A number is 0 where the argument is blank, a text '', a boolean false; values of other kinds, of lists and of
    parameters of `kind` None stay NULL.
    """

    name: str
    kind: Kind | None = None
    is_optional: bool = False
    repeats: bool = False
    """The last parameter may take any number of arguments, at least one."""
    is_list: bool = False
    """Takes single values and arrays as they are; of `kind` where that is given."""
    is_literal: bool = False
    """Only a text in quotes: what it says is checked when the formula is saved."""


@dataclass(frozen=True, slots=True)
class Example:
    """A formula and what it gives, for the docs and the tests."""

    formula: str
    result: object


Sql: TypeAlias = Callable[..., Result | str]
"""Called with the environment and the arguments; arguments that were left out are not there."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function, operator or conversion."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type | Kind | Callable[[Sequence[Type]], Type]
    description: str
    examples: tuple[Example, ...]
    sql: Sql
    same: Callable[[int], Sequence[Sequence[int]]] | None = None
    """For a number of arguments, the groups of positions whose values must be of one type; the last group's type is
    the result's."""
    check: Callable[[Sequence[str | None]], str | None] | None = None
    """Says what is wrong with literal texts among the arguments, or None."""
    handles_errors: bool = False
    """Whether its result has the whole error, instead of adding to those of the arguments."""

    def parameter(self, position: int) -> Parameter:
        """The parameter of the argument at this position, from 0."""
        return self.parameters[min(position, len(self.parameters) - 1)]

    def return_type(self, types: Sequence[Type]) -> Type:
        """The type of the result for arguments of these types; raises ValueError that says what does not fit."""
        if isinstance(self.returns, Kind):
            return Type(self.returns)
        return self.returns if isinstance(self.returns, Type) else self.returns(types)
