"""The tolerance of a dimension: how far the real size may lie from the nominal one."""

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from domain.fields import faults
from domain.fields.contract import Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.numbers import NumberRules, number_parser, plain_number, read_number
from domain.fields.objects import Key, object_parser

ToleranceKind = Literal["none", "symmetric", "bilateral", "limits"]
Tolerance = dict[str, object]

_number = number_parser(NumberRules())
_size = number_parser(NumberRules(low=0))


def _only(kind: str) -> Parser:
    return lambda value: value if value == kind else None


_PARSERS: Final[Mapping[str, Callable[[object], Tolerance]]] = {
    "symmetric": object_parser(
        "a symmetric tolerance", {"type": Key(_only("symmetric")), "plus": Key(_size, is_required=True)}
    ),
    "bilateral": object_parser(
        "a bilateral tolerance",
        {
            "type": Key(_only("bilateral")),
            "plus": Key(_number, is_required=True),
            "minus": Key(_number, is_required=True),
        },
    ),
    "limits": object_parser(
        "a tolerance by limits",
        {
            "type": Key(_only("limits")),
            "lower": Key(_number, is_required=True),
            "upper": Key(_number, is_required=True),
        },
    ),
}
_TEXT = re.compile(
    r"(?:±|\+/-|\+-)\s*(?P<both>[\d.,]+)"
    r"|(?P<above>[+−-]\s*[\d.,]+)\s*/?\s*(?P<below>[+−-]\s*[\d.,]+)"
    r"|[\[(]\s*(?P<lower>[−+-]?[\d.,]+)\s*(?:\.\.|…|;)\s*(?P<upper>[−+-]?[\d.,]+)\s*[\])]"
)


def tolerance_parser(allowed: ToleranceKind | None) -> Callable[[object], Tolerance | None]:
    """A parser of tolerance objects; those of other kinds than `allowed` are refused, None allows all kinds."""

    def parse(value: object) -> Tolerance | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise wrong_type(value, "a tolerance, a JSON object")
        kind = value.get("type")
        if kind == "none" and len(value) == 1:
            return None
        tolerance = _parse_kind(kind, value)
        if allowed is not None and kind != allowed:
            message = f"The field takes tolerances of the type {allowed!r}, not {kind!r}."
            raise InvalidValue(message, faults.CHOICE, ("type",))
        return tolerance

    return parse


def _parse_kind(kind: object, value: dict[str, object]) -> Tolerance:
    read = _PARSERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        known = ", ".join(_PARSERS)
        raise InvalidValue(f"{shown(kind)} is not a type of tolerance. Known are: {known}.", faults.CHOICE, ("type",))
    tolerance = read(value)
    upper, lower = _deviations(tolerance)
    if upper < lower:
        raise InvalidValue("The upper limit of the tolerance lies below the lower one.", faults.RANGE)
    return tolerance


def _deviations(tolerance: Tolerance) -> tuple[float, float]:
    """Upper and lower bound, to compare with each other."""
    if tolerance["type"] == "limits":
        return _float(tolerance["upper"]), _float(tolerance["lower"])
    plus = _float(tolerance["plus"])
    return plus, -_float(tolerance.get("minus", plus))


def _float(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def tolerance_text(tolerance: Tolerance) -> str:
    """As it stands behind a dimension: `±0.1`, `+0.2/-0.1`, `[9.9..10.2]`."""
    numbers = {key: plain_number(value) for key, value in tolerance.items() if key != "type"}
    if tolerance["type"] == "symmetric":
        return f"±{numbers['plus']}"
    if tolerance["type"] == "limits":
        return f"[{numbers['lower']}..{numbers['upper']}]"
    above, below = numbers["plus"], numbers["minus"]
    return f"{above if above[0] == '-' else f'+{above}'}/{f'+{below[1:]}' if below[0] == '-' else f'-{below}'}"


def read_tolerance(text: str) -> Tolerance | None:
    """The tolerance that `tolerance_text` writes, with blanks as people set them; raises `InvalidValue`."""
    if not text.strip():
        return None
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise InvalidValue(f"{shown(text)} is not a tolerance such as ±0.1 or +0.2/-0.1.", faults.FORMAT)
    parts = {name: _read(part) for name, part in found.groupdict().items() if part is not None}
    if "both" in parts:
        return {"type": "symmetric", "plus": parts["both"]}
    if "lower" in parts:
        return {"type": "limits", **parts}
    return {"type": "bilateral", "plus": parts["above"], "minus": -parts["below"]}


def _read(text: str) -> float:
    number = read_number(text.replace(" ", ""))
    assert number is not None
    return float(number)
