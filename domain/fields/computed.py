"""What the types share whose values follow from others: each acts as the type of its result, or as a list of such."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from pydantic import PrivateAttr

from domain.fields import faults
from domain.fields.aggregates import COUNTING, Aggregates, Bucket
from domain.fields.contract import FieldType, InvalidValue, Options, OrderKey, Parser
from domain.fields.operators import PRESENCE, Condition, Conditions, FilterOperator, Operand, for_operand, negation
from domain.sql import Parameters

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.records.rows import Row


class Unresolved(Exception):
    """A computed field cannot be computed; the message says why, to whoever defines fields.

    `missing` is the name of a field of its table that it asks for, where there is none of that name.
    """

    def __init__(self, message: str, *, missing: str | None = None) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Result:
    """What computed values are like: values of a type, or lists of them, as an array of its column's type."""

    type: FieldType[Any]
    options: Options
    is_list: bool = False

    @property
    def column_type(self) -> str:
        """SQL type of the values."""
        one = self.type.column_type_for(self.options)
        return f"{one}[]" if self.is_list else one

    @property
    def is_array(self) -> bool:
        """Whether the value is an array of items: a list, or of a type that holds several (choices, users, links)."""
        return self.is_list or self.column_type.endswith("[]")


def result_of(field: "FieldMeta") -> Result:
    """What the values of a field are like, once it is bound; raises `Unresolved` where it has none."""
    if not isinstance(field.options, BoundOptions):
        return Result(field.type, field.options)
    if field.options.result is None:
        raise Unresolved(f"{field.name!r} has no values: {field.options.problem}")
    return field.options.result


class BoundOptions(Options):
    """Options that refer to other fields or tables; bound to them when the base is loaded."""

    _result: Result | None = PrivateAttr(None)
    _problem: str | None = PrivateAttr(None)
    _missing: str | None = PrivateAttr(None)

    @property
    def result(self) -> Result | None:
        """What the values are like; None where there are none, see `problem`."""
        return self._result

    @property
    def problem(self) -> str | None:
        """Why there are no values: a reference is lost, does not fit, or leads back to the field."""
        return self._problem

    def settle(self, result: Result) -> None:
        """Note what the values are like."""
        self._result = result

    @property
    def missing(self) -> str | None:
        """The name that is asked for and that no field of the table has, where that is the problem."""
        return self._missing

    def fail(self, problem: str, missing: str | None = None) -> None:
        """Note why there are no values."""
        self._result, self._problem, self._missing = None, problem, missing


ComputedT = TypeVar("ComputedT", bound=BoundOptions)

NEGATIVES: Final[Mapping[FilterOperator, FilterOperator]] = {
    FilterOperator.NEQ: FilterOperator.EQ,
    FilterOperator.NOT_IN: FilterOperator.IN,
    FilterOperator.NOT_CONTAINS: FilterOperator.CONTAINS,
    FilterOperator.HAS_NONE: FilterOperator.HAS_ANY,
}
"""The operators that are the complement of another one: of a list, they hold where that holds for none of its items."""


class ComputedType(FieldType[ComputedT]):
    """A type whose values cannot be written, and whose column, filters, order and JSON are those of its result."""

    is_computed = True
    is_bound = True
    is_writable = False
    is_logged = False
    conditions: ClassVar[Conditions] = PRESENCE
    column_type = "text"
    examples = ()
    bad_examples = ()

    def conditions_for(self, options: ComputedT) -> Conditions:
        result = options.result
        if result is None:
            return PRESENCE
        of_one = result.type.conditions_for(result.options)
        if not result.is_list:
            return of_one
        return {operator: _of_list(of_one, operator) for operator in of_one}

    def column_type_for(self, options: ComputedT) -> str:
        return self.column_type if options.result is None else options.result.column_type

    def is_searched(self, options: ComputedT) -> bool:
        return options.result is not None and options.result.type.is_searched(options.result.options)

    def parser(self, options: ComputedT, *, typecast: bool = False) -> Parser:
        """Nobody sets such a value."""

        def refuse(value: object) -> object:
            raise InvalidValue(f"Fields of type {self.key.upper()} cannot be written.", faults.READ_ONLY)

        return refuse

    def operand_parser(self, options: ComputedT) -> Parser:
        result = options.result
        return super().operand_parser(options) if result is None else result.type.operand_parser(result.options)

    def json(self, column: str, options: ComputedT, parameters: Parameters) -> str:
        result = options.result
        if result is None:
            return "NULL"
        if not result.is_list:
            return result.type.json(column, result.options, parameters)
        item = f"coalesce({result.type.json('e.v', result.options, parameters)}, 'null')"
        return f"(SELECT '['||string_agg({item}, ',' ORDER BY e.n)||']' FROM {_items(column)})"

    def json_in(self, row: "Row", field: "FieldMeta") -> str:
        options: ComputedT = field.options  # type: ignore[assignment]  # they are its own
        return f"coalesce({self.json(row.value(field), options, row.parameters)},'{self.empty_json_for(options)}')"

    def empty_json_for(self, options: ComputedT) -> str:
        result = options.result
        if result is None:
            return "null"
        return "[]" if result.is_list else result.type.empty_json_for(result.options)

    def comparable(self, column: str, options: ComputedT, parameters: Parameters) -> str:
        result = options.result
        if result is None or result.is_list:
            return column
        return result.type.comparable(column, result.options, parameters)

    def comparable_type_for(self, options: ComputedT) -> str:
        result = options.result
        if result is None or result.is_list:
            return self.column_type_for(options)
        return result.type.comparable_type_for(result.options)

    def operand_type_for(self, options: ComputedT) -> str:
        result = options.result
        return "text" if result is None else result.type.operand_type_for(result.options)

    def from_operand(self, operand: str, options: ComputedT) -> str:
        result = options.result
        return operand if result is None else result.type.from_operand(operand, result.options)

    def order(self, column: str, options: ComputedT, parameters: Parameters) -> OrderKey:
        result = options.result
        if result is None:
            return OrderKey(column, "text")
        if not result.is_list:
            return result.type.order(column, result.options, parameters)
        item = result.type.order("e.v", result.options, parameters)
        return OrderKey(f"(SELECT array_agg({item.sql} ORDER BY e.n) FROM {_items(column)})", f"{item.type}[]")

    def text(self, column: str, options: ComputedT, parameters: Parameters) -> str:
        result = options.result
        if result is None:
            return column
        if not result.is_list:
            return result.type.text(column, result.options, parameters)
        item = result.type.text("e.v", result.options, parameters)
        return f"(SELECT string_agg({item}, ', ' ORDER BY e.n) FROM {_items(column)})"

    def condition(
        self, operator: FilterOperator, column: str, operand: Operand, options: ComputedT, parameters: Parameters
    ) -> str:
        result = options.result
        if result is None or result.is_list:
            condition = self.conditions_for(options)[for_operand(operator, operand)]
            return condition(self, column, operand, options, parameters)
        return result.type.condition(operator, column, operand, result.options, parameters)

    def aggregates_for(self, options: ComputedT) -> Aggregates:
        result = options.result
        return COUNTING if result is None or result.is_list else result.type.aggregates_for(result.options)

    def identity(self, column: str, options: ComputedT, parameters: Parameters) -> str:
        result = options.result
        if result is None or result.is_list:
            return column
        return result.type.identity(column, result.options, parameters)

    def item(self, column: str, options: ComputedT) -> tuple[FieldType[Any], Options, str] | None:
        result = options.result
        if result is None:
            return None
        return (result.type, result.options, column) if result.is_list else result.type.item(column, result.options)

    def quantity(self, column: str, options: ComputedT) -> str:
        return column if options.result is None else options.result.type.quantity(column, options.result.options)

    def buckets(self, options: ComputedT) -> Sequence[Bucket]:
        result = options.result
        return () if result is None or result.is_list else result.type.buckets(result.options)

    def bucket(
        self, bucket: Bucket, zone: str, column: str, options: ComputedT, parameters: Parameters
    ) -> tuple[str, str]:
        assert options.result is not None  # else it has no buckets
        return options.result.type.bucket(bucket, zone, column, options.result.options, parameters)

    def value(self, row: "Row", field: "FieldMeta") -> str:
        options: ComputedT = field.options  # type: ignore[assignment]  # they are its own
        return "NULL::text" if options.result is None else self.computed(row, field, options)

    def computed(self, row: "Row", field: "FieldMeta", options: ComputedT) -> str:
        """The value as an expression over the row, of the result's `column_type`; of a field that has a result."""
        raise NotImplementedError(self.key)


def _items(array: str) -> str:
    """The items of an array as rows `e` of `v` and `n`, its position."""
    return f"unnest({array}) WITH ORDINALITY e(v, n)"


def _of_list(of_one: Conditions, operator: FilterOperator) -> Condition:
    """A condition on a list: that it is empty, that it holds for one of the items, or for none."""
    if operator in PRESENCE:
        return PRESENCE[operator]
    if operator in NEGATIVES:
        return negation(_any(NEGATIVES[operator]))
    return _any(operator)


def _any(operator: FilterOperator) -> Condition:
    def condition(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        result: Result = options.result
        holds = result.type.condition(operator, "e.v", operand, result.options, parameters)
        return f"EXISTS (SELECT FROM {_items(column)} WHERE {holds})"

    return condition
