"""What the types share whose column is an array without repeated items."""

from typing import Any, Final

from domain.fields.contract import FieldType
from domain.fields.operators import PRESENCE, Condition, Conditions, FilterOperator, Operand, negation
from domain.sql import Parameters


def _relation(symbol: str) -> Condition:
    """`column symbol operand` between two arrays: `&&` shares an item, `@>` has them all."""

    def condition(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        items = operand.bind(type.operand_parser(options), type.operand_type_for(options))
        return f"{column} {symbol} {items}"

    return condition


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
    FilterOperator.HAS_ANY: _relation("&&"),
    FilterOperator.HAS_ALL: _has_all,
    FilterOperator.HAS_NONE: negation(_relation("&&")),
}
"""What fits a list of ids."""
