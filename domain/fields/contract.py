"""What a field type is: the one class that each file in `domain/fields/types/` derives from.

A type says how its options look, which column stores it, how a client's value becomes a stored one, how a column
becomes JSON, and which filters, order and search it has. Everything else (enum, validation, docs, the conformance
tests) follows from the registry, so a new type is one new file.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.fields.aggregates import COUNTING, Aggregates, Bucket
from domain.fields.faults import InvalidValue
from domain.fields.operators import Conditions, FilterOperator, Operand, for_operand
from domain.sql import Parameters, quote_text

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.bases.resolution import Resolution
    from domain.records.rows import Row

__all__ = [
    "BadExample",
    "Example",
    "FieldType",
    "InvalidValue",
    "Options",
    "OptionsT",
    "OrderKey",
    "Parser",
    "RelatedExample",
]


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
class RelatedExample:
    """A field of People in a base with Companies, which are linked by People's field Company, and what Ann has in it.

    Acme (City Rome, Size 7) and Best (Oslo, 3) are companies, and Ann is 30 and works for both. `<Companies>` stands
    for the id of the table, `<Company>` and `<Companies.City>` for those of fields, `<Acme>` for that of the record.
    """

    options: Mapping[str, object]
    output: object
    value: object = None
    """What was written; None where nothing can be."""


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
    """True when values follow from others: see `domain/fields/computed.py`."""
    is_bound: ClassVar[bool] = False
    """True when the options name tables or fields of the base, without which they mean nothing; see `bind`."""
    is_expression: ClassVar[bool] = False
    """True when the options are an expression that names fields of the table; see resolvers/formulas.py."""
    takes_default: ClassVar[bool] = True
    """Whether a field may have a value that new records get."""
    is_logged: ClassVar[bool] = True
    """Whether an image of a record in the change log has the value, under the name of its column."""
    references: ClassVar[str | None] = None
    """`user` or `record` when stored values are ids (one or a list) of such; they are checked once a batch."""
    empty_json: ClassVar[str] = "null"
    """JSON text of an empty value: `null`, or `[]` for lists."""
    conditions: ClassVar[Conditions]
    """The filter operators that fit the type, each with how it becomes SQL (see operators.py for the common sets)."""
    aggregates: ClassVar[Aggregates] = COUNTING
    """The aggregate functions that fit the type, each with how it becomes SQL (see aggregates.py)."""
    examples: ClassVar[tuple[Example, ...]]
    related_examples: ClassVar[tuple[RelatedExample, ...]] = ()
    """In place of `examples`, for types that refer to other fields or tables."""
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

    def reads(self, options: OptionsT) -> frozenset[UUID]:
        """Ids of the fields of the same table that a computed value is made of; see domain/changes/dependents.py."""
        return frozenset()

    def follows(self, field: "FieldMeta") -> "tuple[FieldMeta, FieldMeta] | None":
        """The link and the field of the linked records that a value is made of; None where it looks at no others."""
        return None

    def looks_elsewhere(self, field: "FieldMeta") -> bool:
        """Whether the value of a bound field is made of other records than its own, or names some."""
        return self.follows(field) is not None

    def has_column(self, options: OptionsT) -> bool:
        """Whether the table of the records has a column for the value; else it is the expression `value`."""
        return not self.is_computed

    def is_own(self, options: OptionsT) -> bool:
        """Whether the value follows from the columns of the record's own row, and so is known while it is written."""
        return self.has_column(options)

    def bind(self, field: "FieldMeta", resolution: "Resolution") -> None:
        """Find what the options refer to, among all tables of the base; called once when a base is loaded."""

    def renamed(self, options: OptionsT, ids: Mapping[UUID, UUID]) -> OptionsT:
        """Options that refer to the copies of tables and fields, by their ids; for a base that is copied."""
        return options

    def readable(self, options: Mapping[str, object], names: Mapping[UUID, str]) -> Mapping[str, object]:
        """Stored options as clients read them, for an expression with the names that fields of the table have now."""
        return options

    def conditions_for(self, options: OptionsT) -> Conditions:
        """The operators that fit a field with these options."""
        return self.conditions

    def aggregates_for(self, options: OptionsT) -> Aggregates:
        """The aggregate functions that fit a field with these options."""
        return self.aggregates

    def empty_json_for(self, options: OptionsT) -> str:
        """JSON text of an empty value of a field with these options."""
        return self.empty_json

    def is_searched(self, options: OptionsT) -> bool:
        """Whether the text search of a table looks at a field with these options."""
        return self.is_searchable

    def reads_as_title(self, options: OptionsT) -> bool:
        """Whether a value can name its record: it is one scalar that a text search finds."""
        column_type = self.column_type_for(options)
        return self.is_searched(options) and column_type != "jsonb" and not column_type.endswith("[]")

    def known_values(self, options: OptionsT) -> Sequence[object]:
        """The stored values that a record can have, where they are few: each is a group when records are grouped."""
        return ()

    # --- values ---

    @abstractmethod
    def parser(self, options: OptionsT, *, typecast: bool = False) -> Parser:
        """A function made once a field and called once a cell: keep what it does small.

        Strict by default: only the JSON type of the field is taken. With `typecast`, whatever can be understood is
        converted (text to number; a choice that is new is still refused, see `choice_names`). An empty text or list
        becomes None: empty has one representation. Stored values are what `storage.encode_rows` writes and PostgreSQL's
        `json_to_recordset` reads into the column type.
        """

    def choice_names(self, options: OptionsT) -> Callable[[object], Iterable[str]]:
        """A function that reads a value as `parser` does with `typecast`, to the names of choices that it holds."""
        return lambda _: ()

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

    def caseless(self, column: str, options: OptionsT, parameters: Parameters) -> str | None:
        """The expression that is equal for values that differ in their case alone; None where there is no such."""
        return None

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

    # --- SQL over a record's row: what has no column, or does better without its whole value, says so here ---

    def value(self, row: "Row", field: "FieldMeta") -> str:
        """The value as an expression over the row, of `column_type_for`; for types without a column."""
        raise NotImplementedError(self.key)

    def is_limited(self, row: "Row", field: "FieldMeta") -> bool:
        """Whether the row's reader sees a part of the value only, of values that the log keeps whole."""
        return False

    def joined(self, row: "Row", field: "FieldMeta", alias: str) -> tuple[str, str] | None:
        """The values of all records at once: a join to the row, and the value in it; None where that is no quicker.

        For lists that are sorted by it as a whole. A value for each record would look for its links ten thousand times.
        """
        return None

    def error(self, row: "Row", field: "FieldMeta") -> str | None:
        """A text expression, NULL where nothing is wrong with the value; None for types whose values cannot fail."""
        return None

    def json_in(self, row: "Row", field: "FieldMeta") -> str:
        """A text expression, never NULL: the JSON of the value."""
        json = self.json(row.value(field), field.options, row.parameters)  # type: ignore[arg-type]  # they are its own
        empty = self.empty_json_for(field.options)  # type: ignore[arg-type]
        return f"coalesce({json},{quote_text(empty)})"

    def order_in(self, row: "Row", field: "FieldMeta") -> OrderKey:
        """What sorting by the field sorts by."""
        return self.order(row.value(field), field.options, row.parameters)  # type: ignore[arg-type]

    def text_in(self, row: "Row", field: "FieldMeta") -> str:
        """A text expression as a person would read the value."""
        return self.text(row.value(field), field.options, row.parameters)  # type: ignore[arg-type]

    def condition_in(self, operator: FilterOperator, row: "Row", field: "FieldMeta", operand: Operand) -> str:
        """As `condition`; the operator is one of `conditions_for`."""
        return self.condition(operator, row.value(field), operand, field.options, row.parameters)  # type: ignore[arg-type]

    # --- groups and aggregates ---

    def identity(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        """What is equal for values that count as one (a group, one of DISTINCT): itself a value of the column."""
        return column

    def item(self, column: str, options: OptionsT) -> "tuple[FieldType[Any], Options, str] | None":
        """Type, options and value of one item of a list, given as an element of the column's array, or as NULL.

        None where values are no lists.
        """
        return None

    def quantity(self, column: str, options: OptionsT) -> str:
        """The value as a number, for the sums, averages and medians that `aggregates` has."""
        return column

    def buckets(self, options: OptionsT) -> Sequence[Bucket]:
        """The spans of the calendar by which values can be grouped; none by default."""
        return ()

    def bucket(
        self, bucket: Bucket, zone: str, column: str, options: OptionsT, parameters: Parameters
    ) -> tuple[str, str]:
        """Where the value's span begins on the clocks of a time zone: the key of the type that it has, and SQL.

        The bucket is one of `buckets`, the zone an IANA name.
        """
        raise NotImplementedError(f"{self.key} has no {bucket.name}")
