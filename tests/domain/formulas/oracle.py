"""The language once more, in Python: what a formula gives for a record."""

import math
from collections.abc import Mapping
from decimal import Decimal, localcontext

from domain.formulas.contract import ErrorValue
from domain.formulas.typed import Application, Constant, FieldValue, Typed
from domain.formulas.types import Kind

Value = Decimal | str | bool | None


class Failed(Exception):
    """The formula has an error value."""

    def __init__(self, error: ErrorValue) -> None:
        super().__init__(error)
        self.error = error


def evaluate(node: Typed, record: Mapping[str, Value]) -> Value | ErrorValue:
    """The value of a formula for a record, given by the names of its fields."""
    with localcontext() as context:
        context.prec = 400
        try:
            value = _value(node, record)
        except Failed as failure:
            return failure.error
    if isinstance(value, Decimal) and isinstance(node, Application) and abs(value) >= 10**21:
        return ErrorValue.NUMBER
    return None if value == "" else value


def _value(node: Typed, record: Mapping[str, Value]) -> Value:
    match node:
        case Constant():
            return node.value
        case FieldValue():
            return record[node.source.name]
        case Application():
            name = node.function.name
            if name in _LAZY:
                return _lazy(name, node.arguments, record)
            return _strict(node, [_argument(node, i, record) for i in range(len(node.arguments))])


_EMPTY: Mapping[Kind, Value] = {Kind.NUMBER: Decimal(0), Kind.TEXT: "", Kind.BOOLEAN: False}
_LAZY = ("IF", "ISERROR", "IFERROR")


def _argument(node: Application, position: int, record: Mapping[str, Value]) -> Value:
    parameter = node.function.parameter(position)
    value = _value(node.arguments[position], record)
    if value is None and parameter.kind is not None and not parameter.is_list:
        return _EMPTY[parameter.kind]
    return value


def _lazy(name: str, arguments: tuple[Typed, ...], record: Mapping[str, Value]) -> Value:
    if name == "IF":
        chosen = arguments[1] if _value(arguments[0], record) else arguments[2]
        return _value(chosen, record)
    try:
        value = _value(arguments[0], record)
    except Failed:
        return True if name == "ISERROR" else _value(arguments[1], record)
    return False if name == "ISERROR" else value


def _strict(node: Application, values: list[Value]) -> Value:
    name = node.function.name
    if name.startswith("blank as "):
        return None
    if " as " in name:
        return _converted(values[0], name.rpartition(" ")[2])
    if name in _COMPARISONS:
        kind = node.arguments[0].type.kind
        left, right = (_EMPTY[kind] if value is None else value for value in values)
        return _COMPARISONS[name](left, right)
    return _FUNCTIONS[name](*values)


def _converted(value: Value, wanted: str) -> Value:
    if wanted == "boolean":
        return bool(value)
    if value is None:
        return None
    if wanted == "number":
        return Decimal(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    text = f"{value:f}"
    shown = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if shown == "-0" else shown


def _divide(x: Decimal, y: Decimal) -> Decimal:
    if y == 0:
        raise Failed(ErrorValue.DIVISION)
    return x / y


def _modulo(x: Decimal, y: Decimal) -> Decimal:
    if y == 0:
        raise Failed(ErrorValue.DIVISION)
    return x - y * math.floor(x / y)


def _round(x: Decimal, places: Decimal) -> Decimal:
    shift = Decimal(10) ** int(places)
    return math.floor(x * shift + Decimal("0.5")) / shift


_COMPARISONS = {
    "=": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}
_FUNCTIONS = {
    "+": lambda *numbers: sum(numbers, Decimal(0)),
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": _divide,
    "negative": lambda x: -x,
    "&": lambda *texts: "".join(texts),
    "= BLANK()": lambda value: value is None or value == "",
    "!= BLANK()": lambda value: value is not None and value != "",
    "BLANK": lambda: None,
    "AND": lambda *values: all(values),
    "OR": lambda *values: any(values),
    "XOR": lambda *values: sum(values) % 2 == 1,
    "NOT": lambda value: not value,
    "ABS": abs,
    "INT": lambda x: Decimal(math.floor(x)),
    "MOD": _modulo,
    "ROUND": _round,
    "MAX": lambda *values: max((value for value in values if value is not None), default=None),
    "SUM": lambda *values: sum((value for value in values if value is not None), Decimal(0)),
    "LEN": lambda text: Decimal(len(text)),
    "UPPER": lambda text: text.upper(),
    "LEFT": lambda text, count: text[: max(0, int(count))],
    "MID": lambda text, start, count: text[max(1, int(start)) - 1 :][: max(0, int(count))],
    "FIND": lambda part, text: Decimal(text.find(part) + 1),
    "SUBSTITUTE": lambda text, old, new: text.replace(old, new) if old else text,
}
