"""Feature control frames (ASME Y14.5): the symbols and their rules, and a frame as one line of text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.fields import faults
from domain.fields.faults import InvalidValue, shown
from domain.fields.numbers import plain_number

MAX_DATUMS: Final = 3
MAX_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One of the 14 symbols of ASME Y14.5, and what may stand with it in a feature control frame."""

    sign: str
    min_datums: int = 0
    max_datums: int = MAX_DATUMS
    may_be_diameter: bool = False
    may_have_material_condition: bool = False


CHARACTERISTICS: Final[Mapping[str, Characteristic]] = {
    "straightness": Characteristic("⏤", 0, 0, True, True),
    "flatness": Characteristic("⏥", 0, 0, False, True),
    "circularity": Characteristic("○", 0, 0),
    "cylindricity": Characteristic("⌭", 0, 0),
    "profile_of_a_line": Characteristic("⌒"),
    "profile_of_a_surface": Characteristic("⌓"),
    "angularity": Characteristic("∠", 1, MAX_DATUMS, True, True),
    "perpendicularity": Characteristic("⟂", 1, MAX_DATUMS, True, True),
    "parallelism": Characteristic("∥", 1, MAX_DATUMS, True, True),
    "position": Characteristic("⌖", 0, MAX_DATUMS, True, True),
    "concentricity": Characteristic("◎", 1, MAX_DATUMS, True),
    "symmetry": Characteristic("⌯", 1, MAX_DATUMS),
    "circular_runout": Characteristic("↗", 1, 2),
    "total_runout": Characteristic("⌰", 1, 2),
}
"""By the value of `symbol`."""
_CONDITION_SIGNS: Final = {"mmc": "Ⓜ", "lmc": "Ⓛ", "rfs": "Ⓢ"}

SYMBOLS: Final = {
    **{name: name for name in CHARACTERISTICS},
    **{name.replace("_", " "): name for name in CHARACTERISTICS},
    **{kind.sign: name for name, kind in CHARACTERISTICS.items()},
    "roundness": "circularity",
    "line_profile": "profile_of_a_line",
    "surface_profile": "profile_of_a_surface",
    "coaxiality": "concentricity",
    "runout": "circular_runout",
}
"""The symbol for each way to name it."""
MATERIAL_CONDITIONS: Final = {
    **{name: name for name in _CONDITION_SIGNS},
    **{name.upper(): name for name in _CONDITION_SIGNS},
    **{sign: name for name, sign in _CONDITION_SIGNS.items()},
    "M": "mmc",
    "L": "lmc",
    "S": "rfs",
}
DATUM = re.compile(r"(?P<letters>[A-HJ-NPR-Z]{1,2}(?:-[A-HJ-NPR-Z]{1,2})?)\s*(?P<condition>[ⓂⓁⓈ]?)")
_FRAME = re.compile(
    r"(?P<symbol>[A-Za-z_ ]+?|[^\w\s|])[\s|]+(?P<diameter>[⌀Øø∅]\s*)?(?P<tolerance>\d+\.?\d*|\.\d+)\s*"
    r"(?P<unit>[a-zµμ°]+)?\s*(?P<condition>[ⓂⓁⓈ]|\((?:M|L|S)\))?(?P<datums>(?:[\s|]+[A-Z][A-Z-]*(?:\s?[ⓂⓁⓈ])?)*)[\s|]*"
)


def frame_text(frame: dict[str, Any]) -> str:
    """The frame in one line, as a drawing has it: `⌖ ⌀0.1 mm Ⓜ | A | B Ⓜ`."""
    zone = "⌀" * bool(frame.get("diameter")) + plain_number(frame["tolerance"])
    words = [CHARACTERISTICS[frame["symbol"]].sign, zone, frame.get("unit", ""), _sign(frame)]
    boxes = [" ".join(word for word in words if word)]
    boxes += [f"{datum['datum']} {_sign(datum)}".strip() for datum in frame.get("datums", ())]
    return " | ".join(boxes)


def _sign(part: dict[str, Any]) -> str:
    return _CONDITION_SIGNS.get(part.get("material_condition", ""), "")


def read_frame(text: str) -> dict[str, object]:
    """The object of a frame in one line, with boxes or without: `position 0.1 A B`."""
    found = _FRAME.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
    if found is None:
        raise InvalidValue(
            f"{shown(text)} is not a geometric tolerance such as ⌖ ⌀0.1 Ⓜ | A | B or flatness 0.05.", faults.FORMAT
        )
    datums = [
        {"datum": datum["letters"], "material_condition": datum["condition"] or None}
        for datum in DATUM.finditer(found["datums"])
    ]
    return {
        "symbol": found["symbol"].lower(),
        "tolerance": float(found["tolerance"]),
        "unit": found["unit"],
        "diameter": True if found["diameter"] else None,
        "material_condition": (found["condition"] or "").strip("()") or None,
        "datums": datums,
    }
