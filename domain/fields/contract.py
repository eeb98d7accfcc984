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

from domain.fields.operators import Condition, FilterOperator, Operand
from domain.sql import Parameters


class Options(BaseModel):
    """The options of a field; unknown keys are refused. A type without options uses this class as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


OptionsT = TypeVar("OptionsT", bound=Options)

Parser = Callable[[object], object]
"""From the JSON value of a client to the stored value; raises `InvalidValue`. None stays None."""


class InvalidValue(ValueError):
    """A value does not fit its field.

    `message` is a sentence for the API's user that names the limit; `type` is a dotted kind such as
    `value_error.max_length`; `loc` is the path inside the value, empty for the value itself.
    """

    def __init__(self, message: str, type: str = "value_error", loc: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.type = type
        self.loc = loc


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
    options_model: ClassVar[type[Options]] = Options
    column_type: ClassVar[str]
    """SQL type of the column, e.g. `numeric`."""
    is_writable: ClassVar[bool] = True
    """False when clients may never set it (autonumber, computed types)."""
    is_computed: ClassVar[bool] = False
    """True when there is no column: the compiler asks the type for an expression (next issue)."""
    references: ClassVar[str | None] = None
    """`user` when stored values are ids (one or a list) that must exist in the workspace; checked once a batch."""
    empty_json: ClassVar[str] = "null"
    """JSON text of an empty value: `null`, or `[]` for lists."""
    conditions: ClassVar[Mapping[FilterOperator, Condition]]
    """The filter operators that fit the type, each with how it becomes SQL (see operators.py for the common sets)."""
    examples: ClassVar[tuple[Example, ...]]
    bad_examples: ClassVar[tuple[BadExample, ...]]

    # --- options and column ---

    def parse_options(self, raw: Mapping[str, object]) -> OptionsT:
        """Validated options; raises pydantic's ValidationError, which the caller turns into problems."""
        return self.options_model.model_validate(raw)  # type: ignore[return-value]  # options_model is OptionsT

    def column_ddl(self, options: OptionsT) -> str:
        """The column's definition behind its name."""
        return self.column_type

    def adapt_options(self, options: OptionsT, values: list[object]) -> OptionsT:
        """Options widened so that a converted column's distinct JSON values fit (selects add choices)."""
        return options

    # --- values ---

    @abstractmethod
    def parser(self, options: OptionsT, *, typecast: bool = False) -> Parser:
        """A function made once a field and called once a cell: keep what it does small.

        Strict by default: only the JSON type of the field is taken. With `typecast`, whatever can be understood is
        converted (text to number, a choice name that is new is still refused). An empty text or list becomes None: empty has
        one representation. Stored values are what orjson can write and PostgreSQL's `json_to_recordset` can read into the column type.
        """

    def operand_parser(self, options: OptionsT) -> Parser:
        """From the JSON value of a filter to what asyncpg sends for `comparable_type`; not bound by limits such as `max`."""
        return self.parser(options)

    # --- SQL: `column` is always a finished, safe expression ---

    def json(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        """A text expression with the JSON text of the column; NULL for an empty value (the compiler puts `empty_json`)."""
        return f"to_json({column})::text"

    def comparable(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        """The expression that EQ, GT and their kin compare."""
        return column

    @property
    def comparable_type(self) -> str:
        """SQL type of `comparable` and of its operands."""
        return self.column_type

    def order(self, column: str, options: OptionsT, parameters: Parameters) -> OrderKey:
        """What sorting by this field sorts by."""
        return OrderKey(self.comparable(column, options, parameters), self.comparable_type)

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
        """A boolean SQL expression, never NULL, for one leaf of a filter; the operator is one of `conditions`."""
        return self.conditions[operator](self, column, operand, options, parameters)
