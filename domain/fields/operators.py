"""The filter operators and their common meanings in SQL; a field type picks a set and may replace single ones.

Semantics: an empty value is no value. EQ with null means empty; NEQ, NOT_IN, NOT_CONTAINS and HAS_NONE are the exact
complements of their positives, so an empty value passes them.

A positive condition may be NULL for an empty value, so that it stays the plain comparison that an index serves; the
negatives are written `(positive) IS NOT TRUE` and are never NULL. In a WHERE with AND and OR, NULL counts as false;
whoever negates a condition writes `IS NOT TRUE`, never `NOT`.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Protocol

from domain.fields import faults
from domain.fields.faults import InvalidValue, wrong_type
from domain.sql import Convert, Parameters

if TYPE_CHECKING:
    from domain.fields.contract import FieldType

MAX_OPERAND_VALUES: Final = 10_000
"""How many values a list operand (IN, HAS_ANY, ...) may hold."""


class FilterOperator(Enum):
    """How a filter compares a field with a value."""

    EQ = "EQ"
    NEQ = "NEQ"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"
    IN = "IN"
    NOT_IN = "NOT_IN"
    CONTAINS = "CONTAINS"
    NOT_CONTAINS = "NOT_CONTAINS"
    ICONTAINS = "ICONTAINS"
    STARTS_WITH = "STARTS_WITH"
    ENDS_WITH = "ENDS_WITH"
    IS_EMPTY = "IS_EMPTY"
    IS_NOT_EMPTY = "IS_NOT_EMPTY"
    HAS_ANY = "HAS_ANY"
    HAS_ALL = "HAS_ALL"
    HAS_NONE = "HAS_NONE"


class Operand(Protocol):
    """The value of one filter leaf: unknown when the statement is compiled, known to be null or not."""

    @property
    def is_null(self) -> bool:
        """Whether the value is null or the empty text, which both mean "no value"; part of the shape of a filter."""

    def bind(self, convert: Convert, type: str) -> str:
        """A placeholder whose value is `convert(value)` at each request; `convert` raises `InvalidValue`."""


Condition = Callable[["FieldType[Any]", str, Operand, Any, Parameters], str]
Conditions = Mapping[FilterOperator, Condition]

OF_NULL: Final[Mapping[FilterOperator, FilterOperator]] = {
    FilterOperator.EQ: FilterOperator.IS_EMPTY,
    FilterOperator.NEQ: FilterOperator.IS_NOT_EMPTY,
    FilterOperator.IS_EMPTY: FilterOperator.IS_EMPTY,
    FilterOperator.IS_NOT_EMPTY: FilterOperator.IS_NOT_EMPTY,
}
"""What the operators mean when their value is null; the others need a value."""


def for_operand(operator: FilterOperator, operand: Operand) -> FilterOperator:
    """The operator that is meant once it is known whether the operand is null; raises `InvalidValue`."""
    if not operand.is_null:
        return operator
    meant = OF_NULL.get(operator)
    if meant is None:
        raise InvalidValue(f"{operator.value} needs a value; for empty values use IS_EMPTY.", faults.NULL)
    return meant


def list_of(convert: Convert) -> Convert:
    """The conversion of a list operand whose items go through `convert`."""

    def parse(value: object) -> object:
        if not isinstance(value, list):
            raise wrong_type(value, "a list of values")
        if len(value) > MAX_OPERAND_VALUES:
            limit = f"{MAX_OPERAND_VALUES:,}"
            raise InvalidValue(f"A list may have at most {limit} values, not {len(value):,}.", faults.MAX_LENGTH)
        return [_item(convert, index, item) for index, item in enumerate(value)]

    return parse


def _item(convert: Convert, index: int, item: object) -> object:
    try:
        converted = convert(item)
    except InvalidValue as fault:
        raise fault.inside(index) from None
    if converted is None:
        raise InvalidValue("A list may not hold empty values; for those use IS_EMPTY.", faults.NULL, (index,))
    return converted


def negation(positive: Condition) -> Condition:
    """The exact complement of a condition: also true where the positive is NULL."""

    def condition(type: "FieldType[Any]", column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        return f"({positive(type, column, operand, options, parameters)}) IS NOT TRUE"

    return condition


def is_empty(type: "FieldType[Any]", column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
    """The column holds no value."""
    return f"{column} IS NULL"


def is_not_empty(type: "FieldType[Any]", column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
    """The column holds a value."""
    return f"{column} IS NOT NULL"


def comparison(symbol: str) -> Condition:
    """`comparable symbol operand`, for `=`, `<` and their kin."""

    def condition(type: "FieldType[Any]", column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        value = operand.bind(type.operand_parser(options), type.operand_type_for(options))
        return f"{type.comparable(column, options, parameters)} {symbol} {type.from_operand(value, options)}"

    return condition


def is_in(type: "FieldType[Any]", column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
    """The value is one of a list."""
    values = operand.bind(list_of(type.operand_parser(options)), f"{type.operand_type_for(options)}[]")
    item = type.from_operand("item", options)
    if item != "item":
        values = f"ARRAY(SELECT {item} FROM unnest({values}) AS item)"
    return f"{type.comparable(column, options, parameters)} = ANY({values})"


PRESENCE: Final[Conditions] = {FilterOperator.IS_EMPTY: is_empty, FilterOperator.IS_NOT_EMPTY: is_not_empty}
EQUALITY: Final[Conditions] = {
    FilterOperator.EQ: comparison("="),
    FilterOperator.NEQ: negation(comparison("=")),
    FilterOperator.IN: is_in,
    FilterOperator.NOT_IN: negation(is_in),
}
ORDERING: Final[Conditions] = {
    FilterOperator.GT: comparison(">"),
    FilterOperator.GTE: comparison(">="),
    FilterOperator.LT: comparison("<"),
    FilterOperator.LTE: comparison("<="),
}
ORDERED: Final[Conditions] = {**PRESENCE, **EQUALITY, **ORDERING}
"""What fits every scalar that has an order."""
