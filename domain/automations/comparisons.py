"""The conditions of a conditional: values compared with each other, in Python, after their templates were rendered.

{"left": "{{trigger.record.Status}}", "operator": "EQ", "right": "Done"}    one comparison
{"and": [...]}, {"or": [...]}, {"not": {...}}                               of several
"{{trigger.record.Is urgent}}", true                                        a value that is true or false itself

Empty are null, the empty text and the empty list. Texts are compared with no regard to case, a number with the text
of one as a number; what is empty is neither less nor greater than anything.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from domain.automations.contract import ConfigType, Place, Reading
from domain.automations.faults import StepFailed
from domain.automations.template_types import TEMPLATE_JSON
from domain.automations.templates.texts import text_of

MAX_LEVELS: Final = 10
MAX_PARTS: Final = 100
"""Of one `and` or `or`."""
_GROUPS: Final = {"and": all, "or": any}


def is_true(condition: object) -> bool:
    """Whether a rendered condition holds; raises `StepFailed` for what is none."""
    if condition is None or isinstance(condition, bool):
        return bool(condition)
    if not isinstance(condition, Mapping):
        word = text_of(condition).strip().lower()
        if word in ("true", "false", ""):
            return word == "true"
        raise StepFailed(f"condition: {text_of(condition)[:100]!r} is neither true nor false.", field="condition")
    if "not" in condition:
        return not is_true(condition["not"])
    for key, of in _GROUPS.items():
        if key in condition:
            return of(is_true(each) for each in condition[key])
    return OPERATORS[condition["operator"]](condition.get("left"), condition.get("right"))


def _is_empty(left: object, _right: object = None) -> bool:
    return left is None or left in ("", [])


def _equal(left: object, right: object) -> bool:
    if _is_empty(left) or _is_empty(right):
        return _is_empty(left) and _is_empty(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    one, other = _comparable(left, right)
    return bool(one == other)


def _comparable(left: object, right: object) -> tuple[Any, Any]:
    """Both as numbers when both are, or as texts."""
    numbers = _number(left), _number(right)
    if None not in numbers:
        return numbers
    return text_of(left).casefold(), text_of(right).casefold()


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    def holds(left: object, right: object) -> bool:
        if _is_empty(left) or _is_empty(right):
            return False
        one, other = _comparable(left, right)
        return compare(one, other)

    return holds


def _contains(left: object, right: object) -> bool:
    """A list has an item, a text has a part."""
    if _is_empty(left) or _is_empty(right):
        return False
    if isinstance(left, list):
        return any(_equal(each, right) for each in left)
    return text_of(right).casefold() in text_of(left).casefold()


def _is_in(left: object, right: object) -> bool:
    return any(_equal(left, each) for each in (right if isinstance(right, list) else [right]))


Holds = Callable[[object, object], bool]
OPERATORS: Final[Mapping[str, Holds]] = {
    "EQ": _equal,
    "NEQ": lambda left, right: not _equal(left, right),
    "GT": _ordered(lambda left, right: bool(left > right)),
    "GTE": _ordered(lambda left, right: bool(left >= right)),
    "LT": _ordered(lambda left, right: bool(left < right)),
    "LTE": _ordered(lambda left, right: bool(left <= right)),
    "IN": _is_in,
    "NOT_IN": lambda left, right: not _is_in(left, right),
    "CONTAINS": _contains,
    "NOT_CONTAINS": lambda left, right: not _contains(left, right),
    "STARTS_WITH": lambda left, right: text_of(left).casefold().startswith(text_of(right).casefold()),
    "ENDS_WITH": lambda left, right: text_of(left).casefold().endswith(text_of(right).casefold()),
    "IS_EMPTY": _is_empty,
    "IS_NOT_EMPTY": lambda left, right: not _is_empty(left, right),
}


def _read(value: object, place: Place, reading: Reading) -> object:
    _check(value, place, reading, 1)
    return TEMPLATE_JSON.read(value, place, reading)


def _check(value: object, place: Place, reading: Reading, level: int) -> None:
    if level > MAX_LEVELS:
        reading.refuse(place, f"A condition has at most {MAX_LEVELS} levels.", "value_error.depth")
    elif isinstance(value, Mapping):
        _check_object(value, place, reading, level)
    elif not isinstance(value, bool | str):
        reading.refuse(place, "A condition is an object, true, false or a template.", "value_error.type", value)


def _check_object(value: Mapping[str, Any], place: Place, reading: Reading, level: int) -> None:
    keys = set(value)
    if keys == {"not"}:
        _check(value["not"], (*place, "not"), reading, level + 1)
    elif keys in ({"and"}, {"or"}):
        [(key, parts)] = value.items()
        if not isinstance(parts, list) or len(parts) > MAX_PARTS:
            reading.refuse((*place, key), f"It must be a list of at most {MAX_PARTS} conditions.", "value_error.type")
            return
        for index, part in enumerate(parts):
            _check(part, (*place, key, index), reading, level + 1)
    elif not {"left", "operator"} <= keys <= {"left", "operator", "right"}:
        reading.refuse(place, "A condition has left, operator and right; or one of and, or, not.", "value_error.type")
    elif not isinstance(value["operator"], str) or value["operator"] not in OPERATORS:
        known = ", ".join(OPERATORS)
        reading.refuse((*place, "operator"), f"There is no such operator; there are {known}.", "value_error.choice")


CONDITION: Final = ConfigType("[condition](automation-runs.md#conditions)", _read)
