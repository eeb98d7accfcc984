"""From a formula's tree to its typed form: names are found, types are checked, conversions are put in."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Final

from domain.formulas.contract import Function, Parameter
from domain.formulas.conversions import conversion
from domain.formulas.faults import InvalidFormula, Place
from domain.formulas.literals import read_moment
from domain.formulas.operators import (
    ADD,
    ADD_DURATIONS,
    ADD_TO_MOMENT,
    COMPARISONS,
    CONCATENATE,
    DIVIDE,
    DIVIDE_DURATION,
    IS_BLANK,
    IS_FILLED,
    MULTIPLY,
    MULTIPLY_DURATION,
    NEGATE,
    NEGATE_DURATION,
    SUBTRACT,
    SUBTRACT_DURATIONS,
    SUBTRACT_MOMENTS,
)
from domain.formulas.registry import functions
from domain.formulas.tree import Boolean, Call, Chain, Negation, Node, Number, Reference, Text
from domain.formulas.typed import Application, Constant, FieldValue, Source, Typed
from domain.formulas.types import CALENDAR, NUMERIC, Kind, Type, common_type
from domain.nearness import did_you_mean

Find = Callable[[str], Source | None]
"""The field with this name or id."""

_HINTS: Final = {
    Kind.NUMBER: " Use VALUE to read a number from a text.",
    **dict.fromkeys(CALENDAR, " Write it like 2024-05-31, or use DATETIME_PARSE."),
}


def check(node: Node, find: Find) -> Typed:
    """The typed form; raises `InvalidFormula` with line, column and what was expected."""
    match node:
        case Number():
            return Constant(node.value, Type(Kind.NUMBER), node.place)
        case Text():
            return Constant(node.value, Type(Kind.TEXT), node.place)
        case Boolean():
            return Constant(node.value, Type(Kind.BOOLEAN), node.place)
        case Reference():
            return _field(node, find)
        case Negation():
            return _negation(check(node.operand, find), node.place)
        case Call():
            return _apply(_function(node), [check(each, find) for each in node.arguments], node.place)
        case Chain():
            return _chain(check(node.first, find), [(op, check(each, find), at) for op, each, at in node.rest])


def _field(node: Reference, find: Find) -> Typed:
    source = find(node.key)
    if source is None:
        raise InvalidFormula(f"There is no field {node.key!r}.", node.place, missing=node.key)
    return FieldValue(source, node.place)


def _function(node: Call) -> Function:
    found = functions().get(node.name)
    if found is None:
        raise InvalidFormula(f"There is no function {node.name}.{did_you_mean(node.name, functions())}", node.place)
    return found


def _chain(first: Typed, rest: Sequence[tuple[str, Typed, Place]]) -> Typed:
    match rest[0][0]:
        case "&":
            return _apply(CONCATENATE, [first, *(each for _, each, _ in rest)], rest[0][2])
        case "+" | "-":
            return _sum(first, rest)
        case "*" | "/":
            return reduce(lambda left, item: _factor(item[0], left, item[1], item[2]), rest, first)
        case _:
            return reduce(lambda left, item: _compare(item[0], left, item[1], item[2]), rest, first)


def _factor(symbol: str, left: Typed, right: Typed, place: Place) -> Typed:
    """A duration times a number, or a part of one, is a duration; one duration in another is a number."""
    is_left, is_right = (side.type == Type(Kind.DURATION) for side in (left, right))
    if symbol == "*":
        function = MULTIPLY_DURATION if is_left != is_right else MULTIPLY
    else:
        function = DIVIDE_DURATION if is_left and not is_right else DIVIDE
    return _apply(function, [left, right], place)


def _negation(operand: Typed, place: Place) -> Typed:
    return _apply(NEGATE_DURATION if operand.type == Type(Kind.DURATION) else NEGATE, [operand], place)


def _sum(first: Typed, rest: Sequence[tuple[str, Typed, Place]]) -> Typed:
    """Sums are exact, so what is added and what is taken off are summed up first, each in a shallow tree."""
    place = rest[0][2]
    added = [first, *(each for symbol, each, _ in rest if symbol == "+")]
    taken = [each for symbol, each, _ in rest if symbol == "-"]
    moments = [each for each in added if _is_moment(each)]
    earlier = [each for each in taken if _is_moment(each)]
    added = [each for each in added if not _is_moment(each)]
    taken = [each for each in taken if not _is_moment(each)]
    if not moments and not earlier:
        return _total(added, taken, place)
    if len(moments) == len(earlier):
        spans = [_apply(SUBTRACT_MOMENTS, list(pair), place) for pair in zip(moments, earlier, strict=True)]
        return _total([*spans, *added], taken, place)
    if len(moments) > len(earlier) + 1 or len(earlier) > len(moments):
        wrong = (earlier or moments)[-1]
        raise InvalidFormula(
            f"A date can have durations added and other dates taken from it; {wrong.type} does not fit here.",
            wrong.place,
        )
    return _moved(moments, earlier, added, taken, place)


def _moved(
    moments: Sequence[Typed], earlier: Sequence[Typed], added: Sequence[Typed], taken: Sequence[Typed], place: Place
) -> Typed:
    """A moment and durations; the pairs of other moments are durations too."""
    pairs = zip(moments[1:], earlier, strict=True)
    added = [*added, *(_apply(SUBTRACT_MOMENTS, list(pair), place) for pair in pairs)]
    for each in (*added, *taken):
        if each.type.kind not in (Kind.DURATION, Kind.BLANK) or each.type.is_array:
            raise InvalidFormula(
                f"A duration can be added to a date, not {each.type}. Use DATEADD to add days or other units.",
                each.place,
            )
    duration = _total(added, taken, place) if added or taken else None
    return moments[0] if duration is None else _apply(ADD_TO_MOMENT, [moments[0], duration], place)


def _total(added: Sequence[Typed], taken: Sequence[Typed], place: Place) -> Typed:
    is_duration = any(each.type == Type(Kind.DURATION) for each in (*added, *taken))
    add, subtract = (ADD_DURATIONS, SUBTRACT_DURATIONS) if is_duration else (ADD, SUBTRACT)
    nothing = Constant(Decimal(0), Type(Kind.NUMBER), place)
    left, right = (
        _apply(add, list(each), place) if len(each) > 1 else each[0] if each else nothing for each in (added, taken)
    )
    if not taken:
        return left
    return _apply(subtract, [left, right], place)


def _is_moment(given: Typed) -> bool:
    return (given.type.kind in CALENDAR and not given.type.is_array) or is_day_or_moment(given)


def _compare(symbol: str, left: Typed, right: Typed, place: Place) -> Typed:
    blank = [side for side in (left, right) if side.type.kind is Kind.BLANK]
    if blank and symbol in ("=", "!="):
        value = left if blank[0] is right else right
        return _apply(IS_BLANK if symbol == "=" else IS_FILLED, [value], place)
    types = (left.type, right.type)
    wanted = common_type(types)
    if {type.kind for type in types} & CALENDAR and any(is_day_or_moment(side) for side in (left, right)):
        wanted = Type(Kind.DATETIME)
    if any(type.is_array for type in types) or (wanted.kind is Kind.TEXT and not _are_texts(types)):
        raise InvalidFormula(
            f"{symbol} compares values of one type, not {left.type} with {right.type}: convert one of them.", place
        )
    kind = Kind.NUMBER if wanted.kind in NUMERIC else wanted.kind
    sides = [_convert(side, Type(kind), symbol) for side in (left, right)]
    return Application(COMPARISONS[symbol], tuple(sides), Type(Kind.BOOLEAN), place)


def _are_texts(types: Sequence[Type]) -> bool:
    return all(type.kind in (Kind.TEXT, Kind.BLANK) for type in types)


def _apply(function: Function, given: Sequence[Typed], place: Place) -> Typed:
    _check_count(function, len(given), place)
    arguments = [_argument(function, function.parameter(i), each) for i, each in enumerate(given)]
    if function.same is not None:
        for positions in function.same(len(arguments)):
            wanted = common_type(arguments[i].type for i in positions)
            for i in positions:
                arguments[i] = _convert(arguments[i], wanted, function.name)
    if function.check is not None:
        fault = function.check(
            [each.value if isinstance(each, Constant) and isinstance(each.value, str) else None for each in arguments]
        )
        if fault is not None:
            raise InvalidFormula(f"{function.name}: {fault}", place)
    try:
        type = function.return_type([each.type for each in arguments])
    except ValueError as fault:
        raise InvalidFormula(f"{function.name} {fault}", place) from None
    return Application(function, tuple(arguments), type, place)


def _check_count(function: Function, count: int, place: Place) -> None:
    least = sum(not parameter.is_optional for parameter in function.parameters)
    is_open = bool(function.parameters) and function.parameters[-1].repeats
    most = None if is_open else len(function.parameters)
    if count < least or (most is not None and count > most):
        expected = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
        names = ", ".join(parameter.name for parameter in function.parameters)
        raise InvalidFormula(f"{function.name} takes {expected} arguments ({names}), not {count}.", place)


def _argument(function: Function, parameter: Parameter, given: Typed) -> Typed:
    if parameter.is_literal and not (isinstance(given, Constant) and isinstance(given.value, str)):
        raise InvalidFormula(f"{function.name} expects {parameter.name} as a text in quotes.", given.place)
    if parameter.kind is None:
        if given.type.is_array and not parameter.is_list:
            raise InvalidFormula(f"{function.name} expects a single value, not {given.type}.", given.place)
        return given
    if parameter.is_list and given.type.is_array:
        if given.type.kind is parameter.kind:
            return given
        raise InvalidFormula(f"{function.name} expects {parameter.kind}s, not {given.type}.", given.place)
    return _convert(given, Type(parameter.kind), function.name)


def _convert(given: Typed, wanted: Type, user: str) -> Typed:
    if wanted.kind is Kind.BLANK or given.type == wanted:
        return given
    function = conversion(given.type, wanted)
    is_text = given.type == Type(Kind.TEXT)
    if function is None or (function.parameters[0].is_literal and not is_day_or_moment(given)):
        hint = _HINTS.get(wanted.kind, "") if is_text else ""
        raise InvalidFormula(f"{user} expects {wanted}, not {given.type}.{hint}", given.place)
    return Application(function, (given,), wanted, given.place)


def is_day_or_moment(given: Typed) -> bool:
    """Whether it is a literal text that says a day or a moment."""
    return isinstance(given, Constant) and isinstance(given.value, str) and read_moment(given.value) is not None
