"""What a field type is: the one class that each file in `domain/fields/types/` derives from.

A type says how its options look, which column stores it, how a client's value becomes a stored one, how a column
becomes JSON, and which filters, order and search it has. Everything else (enum, validation, docs, the conformance
tests) follows from the registry, so a new type is one new file.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from domain.fields.faults import InvalidValue
from domain.fields.operators import Conditions, FilterOperator, Operand, for_operand
from domain.sql import Parameters

__all__ = ["BadExample", "Example", "FieldType", "InvalidValue", "Options", "OptionsT", "OrderKey", "Parser"]


class Options(BaseModel):
    """The options of a field; unknown keys are refused. A type without options uses this class as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


OptionsT = TypeVar("OptionsT", bound=Options)

Parser = Callable[[object], object]
"""From the JSON value of a client to the stored value; raises `InvalidValue`. None stays None."""


@dataclass(frozen=True, slots=True)
class Example:
    """A value that goes in and what comes out, for the docs and for the conformance tests."""

    value: object
    output: object
    options: Mapping[str, object] = field(default_factory=dict)
    typecast: bool = False


@dataclass(frozen=True, slots=True)
class BadExample:
    """A value that is refused, and the `type` of the refusal."""

    value: object
    type: str
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An SQL expression to sort by, of a type that round-trips through text (for cursors).

    Empty values come first in ascending order and last in descending order; the record's id breaks ties.
    """

    sql: str
    type: str


class FieldType(ABC, Generic[OptionsT]):
    """One type of field. Instances hold no state: the registry makes one of each."""

    key: ClassVar[str]
    """Lower-case name, `single_select`; in upper case it is the value of the GraphQL enum."""
    title: ClassVar[str]
    description: ClassVar[str]
    """One sentence for the docs and the enum: what it holds, and how its JSON value looks."""
    position: ClassVar[int]
    """Where the type stands in the docs and the enum; the built-in ones count in tens."""
    options_model: ClassVar[type[Options]] = Options
    column_type: ClassVar[str]
    """SQL type of the column, e.g. `numeric`; read it through `column_type_for`, since options may change it."""
    is_writable: ClassVar[bool] = True
    """False when clients may never set it (autonumber, computed types)."""
    is_computed: ClassVar[bool] = False
    """True when there is no column: the compiler asks the type for an expression (next issue)."""
    references: ClassVar[str | None] = None
    """`user` when stored values are ids (one or a list) that must exist in the workspace; checked once a batch."""
    empty_json: ClassVar[str] = "null"
    """JSON text of an empty value: `null`, or `[]` for lists."""
    conditions: ClassVar[Conditions]
    """The filter operators that fit the type, each with how it becomes SQL (see operators.py for the common sets)."""
    examples: ClassVar[tuple[Example, ...]]
    bad_examples: ClassVar[tuple[BadExample, ...]]

    # --- options and column ---

    def parse_options(self, raw: Mapping[str, object]) -> OptionsT:
        """Validated options; raises pydantic's ValidationError, which the caller turns into problems."""
        return self.options_model.model_validate(raw)  # type: ignore[return-value]  # options_model is OptionsT

    def column_type_for(self, options: OptionsT) -> str:
        """SQL type of the column under these options; when an update changes it, the column must be converted."""
        return self.column_type

    def column_ddl(self, options: OptionsT) -> str:
        """The column's definition behind its name: the type, and an identity where there is one."""
        return self.column_type_for(options)

    def merge_options(self, old: OptionsT, new: OptionsT) -> OptionsT:
        """What to store when a client replaces `old` by `new`: selects keep the ids of the choices they had."""
        return new

    def refit(self, column: str, options: OptionsT, parameters: Parameters) -> str | None:
        """The stored value as far as new options still allow it, as SQL; None when every stored value may stay.

        Selects drop the choices that are gone. Limits such as `max` only bind later writes.
        """
        return None

    def adapt_options(self, options: OptionsT, values: list[object]) -> OptionsT:
        """Options widened so that a converted column's distinct JSON values fit (selects add choices)."""
        return options

    # --- values ---

    @abstractmethod
    def parser(self, options: OptionsT, *, typecast: bool = False) -> Parser:
        """A function made once a field and called once a cell: keep what it does small.

        Strict by default: only the JSON type of the field is taken. With `typecast`, whatever can be understood is
        converted (text to number; a choice that is new is still refused). An empty text or list becomes None: empty
        has one representation. Stored values are what `storage.encode_rows` writes and PostgreSQL's
        `json_to_recordset` reads into the column type.
        """

    def operand_parser(self, options: OptionsT) -> Parser:
        """From the JSON value of a filter to what asyncpg sends as `operand_type_for`; `max` does not bind it."""
        return self.parser(options)

    # --- SQL: `column` is always a finished, safe expression ---

    def json(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        """A text expression with the JSON text of the column; NULL where empty (the compiler puts `empty_json`)."""
        return f"to_json({column})::text"

    def comparable(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        """The expression that EQ, GT and their kin compare."""
        return column

    def comparable_type_for(self, options: OptionsT) -> str:
        """SQL type of `comparable`."""
        return self.column_type_for(options)

    def operand_type_for(self, options: OptionsT) -> str:
        """SQL type in which an operand travels."""
        return self.comparable_type_for(options)

    def from_operand(self, operand: str, options: OptionsT) -> str:
        """The SQL expression that makes an operand comparable; immutable, so that the planner sees its value."""
        return operand

    def order(self, column: str, options: OptionsT, parameters: Parameters) -> OrderKey:
        """What sorting by this field sorts by."""
        return OrderKey(self.comparable(column, options, parameters), self.comparable_type_for(options))

    def text(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        """A text expression as a person would read the value; for search and for CONTAINS."""
        return f"{column}::text"

    @property
    def is_searchable(self) -> bool:
        """Whether the text search of a table looks at this field."""
        return True

    def condition(
        self, operator: FilterOperator, column: str, operand: Operand, options: OptionsT, parameters: Parameters
    ) -> str:
        """A boolean SQL expression for one leaf of a filter; the operator is one of `conditions`.

        Positive conditions may be NULL where the value is empty, so that an index can serve them: negate with
        `(...) IS NOT TRUE`, never with NOT. Raises `InvalidValue` when the operator cannot take a null operand.
        """
        return self.conditions[for_operand(operator, operand)](self, column, operand, options, parameters)
