"""The checkbox field."""

from typing import Final

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.operators import EQUALITY, Conditions, FilterOperator, Operand
from domain.sql import Parameters

TRUE_WORDS: Final = frozenset({"true", "t", "yes", "y", "on", "1", "checked", "x", "✓", "✔", "☑"})
FALSE_WORDS: Final = frozenset({"false", "f", "no", "n", "off", "0", "unchecked", "", "☐", "✗", "✘"})


def _is_unchecked(
    type: FieldType[Options], column: str, operand: Operand, options: Options, parameters: Parameters
) -> str:
    return f"{column} IS NOT TRUE"


def _is_checked(
    type: FieldType[Options], column: str, operand: Operand, options: Options, parameters: Parameters
) -> str:
    return f"{column} IS TRUE"


_CONDITIONS: Final[Conditions] = {
    **EQUALITY,
    FilterOperator.IS_EMPTY: _is_unchecked,
    FilterOperator.IS_NOT_EMPTY: _is_checked,
}


class CheckboxType(FieldType[Options]):
    """Yes or no; an empty checkbox is an unchecked one, in the output, in filters and in the order."""

    key = "checkbox"
    title = "Checkbox"
    position = 60
    description = "Checked or not; a JSON boolean. A record without a value reads, filters and sorts as false."
    column_type = "boolean"
    empty_json = "false"
    conditions = _CONDITIONS
    examples = (
        Example(True, True),
        Example(False, False),
        Example(None, False),
        Example("Yes", True, typecast=True),
        Example("off", False, typecast=True),
        Example(1, True, typecast=True),
        Example(0.0, False, typecast=True),
    )
    bad_examples = (BadExample(1, faults.TYPE), BadExample("true", faults.TYPE), BadExample([], faults.TYPE))

    def parser(self, options: Options, *, typecast: bool = False) -> Parser:
        return _parse_loosely if typecast else _parse

    def json(self, column: str, options: Options, parameters: Parameters) -> str:
        return f"CASE WHEN {column} THEN 'true' ELSE 'false' END"

    def comparable(self, column: str, options: Options, parameters: Parameters) -> str:
        return f"coalesce({column}, false)"

    def identity(self, column: str, options: Options, parameters: Parameters) -> str:
        return self.comparable(column, options, parameters)

    @property
    def is_searchable(self) -> bool:
        return False


def _parse(value: object) -> object:
    if value is True or value is False or value is None:
        return value
    raise wrong_type(value, "true or false")


def _parse_loosely(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
    elif isinstance(value, int | float) and value in (0, 1):
        return value == 1
    raise InvalidValue(f"{shown(value)} means neither true nor false.", faults.FORMAT)
