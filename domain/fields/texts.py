"""What the text-like types share: checks, limits, order and the text operators."""

from collections.abc import Callable
from typing import Any, Final, Generic

from domain.fields import faults
from domain.fields.contract import FieldType, OptionsT, OrderKey, Parser
from domain.fields.faults import InvalidValue, wrong_type
from domain.fields.operators import EQUALITY, PRESENCE, Condition, Conditions, FilterOperator, Operand, negation
from domain.fields.readable import readable
from domain.sql import Parameters

MAX_OPERAND_LENGTH: Final = 10_000
"""How many characters the text of a filter may have."""
SORT_LENGTH: Final = 200
"""Texts are sorted by so many characters at their start, so that cursors and indexes of any text stay small."""

TextCheck = Callable[[str], str]
"""From a text that PostgreSQL can store to the one that is stored; raises `InvalidValue`."""


def check_storable(text: str) -> None:
    """Raise `InvalidValue` for what PostgreSQL's text cannot hold: NUL, and halves of surrogate pairs."""
    if "\x00" in text:
        raise InvalidValue("A text may not hold the character NUL (U+0000).", faults.NUL)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidValue(
                f"The character at position {error.start} is half of a surrogate pair, which is not a character.",
                faults.ENCODING,
            ) from None


def storable_text(text: str) -> str:
    """The text itself, for options; raises `InvalidValue` as `check_storable` does."""
    check_storable(text)
    return text


def check_length(text: str, limit: int) -> None:
    """Raise `InvalidValue` for a text of more than `limit` characters."""
    if len(text) > limit:
        raise InvalidValue(f"The text may have at most {limit:,} characters, not {len(text):,}.", faults.MAX_LENGTH)


def text_parser(max_length: int, check: TextCheck | None = None, *, typecast: bool = False) -> Parser:
    """A parser of texts of at most `max_length` characters that pass `check`; the empty text becomes None."""

    def parse(value: object) -> object:
        if type(value) is not str:
            if value is None:
                return None
            if not typecast:
                raise wrong_type(value, "a text")
            value = readable(value)
        if not value:
            return None
        if len(value) > max_length:
            check_length(value, max_length)
        if "\x00" in value or not value.isascii():
            check_storable(value)
        return value if check is None else check(value)

    return parse


def operand_text(value: object) -> str | None:
    """The text of a filter; None for the empty one."""
    if not isinstance(value, str):
        raise wrong_type(value, "a text")
    check_length(value, MAX_OPERAND_LENGTH)
    check_storable(value)
    return value or None


def like_pattern(before: str, after: str) -> Callable[[object], object]:
    """The conversion of an operand into a LIKE pattern in which its own characters all stand for themselves."""

    def parse(value: object) -> object:
        text = operand_text(value)
        if text is None:
            raise InvalidValue("A text is needed here; for empty values use IS_EMPTY.", faults.NULL)
        return before + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + after

    return parse


def like(before: str, after: str, *, ignore_case: bool = False) -> Condition:
    """The type's text matches the operand with `before` and `after` around it; both are `%` or nothing."""

    def condition(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        text = type.text(column, options, parameters)
        pattern = operand.bind(like_pattern(before, after), "text")
        return f"lower({text}) LIKE lower({pattern})" if ignore_case else f"{text} LIKE {pattern}"

    return condition


def sort_key(text: str) -> str:
    """The SQL expression by which a text expression is sorted: without case, by code point."""
    return f'lower(left({text}, {SORT_LENGTH})) COLLATE "C"'


def _caseless_comparison(symbol: str) -> Condition:
    """`<` and its kin in the order of texts."""

    def condition(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        value = operand.bind(type.operand_parser(options), "text")
        return f"{sort_key(type.comparable(column, options, parameters))} {symbol} {sort_key(value)}"

    return condition


SUBSTRING: Final[Conditions] = {
    FilterOperator.CONTAINS: like("%", "%"),
    FilterOperator.NOT_CONTAINS: negation(like("%", "%")),
    FilterOperator.ICONTAINS: like("%", "%", ignore_case=True),
    FilterOperator.STARTS_WITH: like("", "%"),
    FilterOperator.ENDS_WITH: like("%", ""),
}
"""What fits everything that has a readable text."""
TEXT_CONDITIONS: Final[Conditions] = {
    **PRESENCE,
    **EQUALITY,
    **SUBSTRING,
    FilterOperator.GT: _caseless_comparison(">"),
    FilterOperator.GTE: _caseless_comparison(">="),
    FilterOperator.LT: _caseless_comparison("<"),
    FilterOperator.LTE: _caseless_comparison("<="),
}
"""What fits a text: EQ and IN with case, the order without, CONTAINS with case and ICONTAINS without."""


class TextLike(FieldType[OptionsT], Generic[OptionsT]):
    """A type whose column is a text and whose JSON value is that text."""

    column_type = "text"
    conditions = TEXT_CONDITIONS

    def operand_parser(self, options: OptionsT) -> Parser:
        return operand_text

    def caseless(self, column: str, options: OptionsT, parameters: Parameters) -> str | None:
        return f"lower({column})"

    def order(self, column: str, options: OptionsT, parameters: Parameters) -> OrderKey:
        return OrderKey(sort_key(column), "text")

    def text(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        return column
