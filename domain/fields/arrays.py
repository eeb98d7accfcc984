"""What the types share whose column is an array without repeated items."""

from typing import Any, Final

from domain.fields.contract import FieldType
from domain.fields.operators import PRESENCE, Conditions, FilterOperator, Operand, negation
from domain.sql import Parameters


def has_any(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
    """One of the items is among the operand's."""
    return f"{column} && {operand.bind(type.operand_parser(options), type.operand_type_for(options))}"


def _has_all(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
    """Every value has all items of an empty list, an empty one too."""
    items = operand.bind(type.operand_parser(options), type.operand_type_for(options))
    return f"({column} @> {items} OR cardinality({items}) = 0)"


def _same_items(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
    """The same items in any order; the empty list is an empty value."""
    items = operand.bind(type.operand_parser(options), type.operand_type_for(options))
    return f"({column} @> {items} AND {column} <@ {items} OR {column} IS NULL AND cardinality({items}) = 0)"


ARRAY_CONDITIONS: Final[Conditions] = {
    **PRESENCE,
    FilterOperator.EQ: _same_items,
    FilterOperator.NEQ: negation(_same_items),
    FilterOperator.IN: has_any,
    FilterOperator.NOT_IN: negation(has_any),
    FilterOperator.HAS_ANY: has_any,
    FilterOperator.HAS_ALL: _has_all,
    FilterOperator.HAS_NONE: negation(has_any),
}
"""What fits a list of ids; it is IN a list when one of its items is."""
