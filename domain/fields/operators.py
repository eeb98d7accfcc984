"""The filter operators and their common meanings in SQL; a field type picks a set and may replace single ones.

Semantics: an empty value is no value. EQ with null means empty; NEQ, NOT_IN, NOT_CONTAINS and HAS_NONE are the exact
complements of their positives, so an empty value passes them. Every condition is true or false, never NULL.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from domain.sql import Convert, Parameters

if TYPE_CHECKING:
    from domain.fields.contract import FieldType


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
        """Whether the value is null; part of the shape of a filter."""

    def bind(self, convert: Convert, type: str) -> str:
        """A placeholder whose value is `convert(value)` at each request; `convert` raises `InvalidValue`."""


Condition = Callable[["FieldType[Any]", str, Operand, Any, Parameters], str]
