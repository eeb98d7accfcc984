"""Screw threads: what their designations mean, by standard.

Sources of the series: ISO 261 (metric coarse pitches), ASME B1.1 (unified), ASME B1.20.1 (NPT), ISO 7-1 and ISO 228-1
(BSP), ASME B1.5 (Acme), ISO 2901 (trapezoidal), BS 84 (Whitworth).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

INCH: Final = Decimal("25.4")
"""In millimetres."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a designation says. `pitch` is in millimetres or, where `unit` is `in`, given by threads per inch.

    `diameter` is the major diameter in `unit`; for pipe threads `size` is the nominal size, which is smaller.
    """

    standard: str
    diameter: Decimal
    unit: str
    pitch: Decimal | None = None
    threads_per_inch: Decimal | None = None
    series: str | None = None
    size: str | None = None
    tolerance_class: str | None = None
    hand: str = "right"

    @property
    def diameter_mm(self) -> Decimal:
        """The major diameter in millimetres."""
        return self.diameter * INCH if self.unit == "in" else self.diameter


class UnknownThread(ValueError):
    """A designation that has the form of a standard, but names something that it does not have."""


Reader = Callable[[re.Match[str]], Thread]

_COARSE: Final = {
    Decimal(diameter): Decimal(pitch)
    for pitch, diameters in {
        "0.25": "1 1.1 1.2",
        "0.3": "1.4",
        "0.35": "1.6 1.8",
        "0.4": "2",
        "0.45": "2.2 2.5",
        "0.5": "3",
        "0.6": "3.5",
        "0.7": "4",
        "0.75": "4.5",
        "0.8": "5",
        "1": "6 7",
        "1.25": "8 9",
        "1.5": "10 11",
        "1.75": "12",
        "2": "14 16",
        "2.5": "18 20 22",
        "3": "24 27",
        "3.5": "30 33",
        "4": "36 39",
        "4.5": "42 45",
        "5": "48 52",
        "5.5": "56 60",
        "6": "64 68",
    }.items()
    for diameter in diameters.split()
}
"""Coarse pitch by diameter, in millimetres."""
_NUMBERED: Final = {
    0: {80},
    1: {64, 72},
    2: {56, 64},
    3: {48, 56},
    4: {40, 48},
    5: {40, 44},
    6: {32, 40},
    8: {32, 36},
    10: {24, 32},
    12: {24, 28, 32},
}
"""Threads per inch of the sizes that are numbers; without a # they are told from inches by these."""
_NPT: Final[Mapping[str, tuple[str, str]]] = {
    "1/16": ("0.3125", "27"),
    "1/8": ("0.405", "27"),
    "1/4": ("0.540", "18"),
    "3/8": ("0.675", "18"),
    "1/2": ("0.840", "14"),
    "3/4": ("1.050", "14"),
    "1": ("1.315", "11.5"),
    "1 1/4": ("1.660", "11.5"),
    "1 1/2": ("1.900", "11.5"),
    "2": ("2.375", "11.5"),
    "2 1/2": ("2.875", "8"),
    "3": ("3.500", "8"),
    "3 1/2": ("4.000", "8"),
    "4": ("4.500", "8"),
    "5": ("5.563", "8"),
    "6": ("6.625", "8"),
}
"""Outside diameter in inches and threads per inch, by nominal size."""
_BSP: Final[Mapping[str, tuple[str, str]]] = {
    "1/16": ("7.723", "28"),
    "1/8": ("9.728", "28"),
    "1/4": ("13.157", "19"),
    "3/8": ("16.662", "19"),
    "1/2": ("20.955", "14"),
    "5/8": ("22.911", "14"),
    "3/4": ("26.441", "14"),
    "7/8": ("30.201", "14"),
    "1": ("33.249", "11"),
    "1 1/8": ("37.897", "11"),
    "1 1/4": ("41.910", "11"),
    "1 1/2": ("47.803", "11"),
    "1 3/4": ("53.746", "11"),
    "2": ("59.614", "11"),
    "2 1/4": ("65.710", "11"),
    "2 1/2": ("75.184", "11"),
    "2 3/4": ("81.534", "11"),
    "3": ("87.884", "11"),
    "3 1/2": ("100.330", "11"),
    "4": ("113.030", "11"),
    "5": ("138.430", "11"),
    "6": ("163.830", "11"),
}
"""Major diameter in millimetres and threads per inch, by nominal size."""

_SIZE = r"(?P<size>(?:\d{1,2}[ -])?\d{1,2}/\d{1,2}|\d{0,2}\.\d{1,5}|\d{1,2})"
_TPI = r"(?P<tpi>\d{1,3}(?:\.\d)?)"
_FIT = r"\d[A-Za-z]{1,2}(?:\d[A-Za-z])?"
_LEFT_HAND = re.compile(r"[\s-]*(?<![A-Za-z])LH(?![A-Za-z])")


def _metric(found: re.Match[str]) -> Thread:
    diameter = Decimal(found["diameter"])
    pitch = Decimal(found["pitch"]) if found["pitch"] else _COARSE.get(diameter)
    if pitch is None:
        raise UnknownThread(f"there is no coarse pitch for M{diameter}, so give the pitch, as in M{diameter}x1")
    if not 0 < pitch < diameter:
        raise UnknownThread("the pitch must be smaller than the diameter")
    return Thread("metric", diameter, "mm", pitch, series="MJ" if found["mj"] else "M", tolerance_class=found["fit"])


def _trapezoidal(found: re.Match[str]) -> Thread:
    diameter, pitch = Decimal(found["diameter"]), Decimal(found["pitch"] or found["lead"])
    if not 0 < pitch < diameter:
        raise UnknownThread("the pitch must be smaller than the diameter")
    return Thread("trapezoidal", diameter, "mm", pitch, series="Tr", tolerance_class=found["fit"])


def _inch_reader(standard: str) -> Reader:
    """A reader of `size-threads per inch series-class`."""

    def read(found: re.Match[str]) -> Thread:
        parts = found.groupdict()
        tpi = Decimal(found["tpi"])
        diameter = _inches(found["size"], tpi, is_number=bool(parts.get("number")))
        if not diameter * tpi > 1:
            raise UnknownThread("the pitch must be smaller than the diameter")
        return Thread(
            standard,
            diameter,
            "in",
            threads_per_inch=tpi,
            series=parts.get("series"),
            tolerance_class=parts.get("fit"),
        )

    return read


def _pipe_reader(standard: str, table: Mapping[str, tuple[str, str]], unit: str) -> Reader:
    """A reader of pipe threads, whose nominal size only names a diameter."""

    def read(found: re.Match[str]) -> Thread:
        size = found["size"].replace("-", " ")
        if size not in table:
            raise UnknownThread(f"{standard.upper()} has the sizes {', '.join(table)}, not {size}")
        diameter, tpi = map(Decimal, table[size])
        if found["tpi"] and Decimal(found["tpi"]) != tpi:
            raise UnknownThread(f"{standard.upper()} {size} has {tpi} threads per inch, not {found['tpi']}")
        fit = found.groupdict().get("fit")
        return Thread(standard, diameter, unit, None, tpi, found["series"], size, fit)

    return read


def _inches(size: str, tpi: Decimal, *, is_number: bool) -> Decimal:
    """The diameter of a size: `#10` and, where the pitch tells, `10`; `1/4`, `1 1/8`, `.250`."""
    if is_number or (size.isdigit() and tpi in _NUMBERED.get(int(size), set())):
        if not size.isdigit() or int(size) not in _NUMBERED:
            raise UnknownThread(f"there is no numbered size #{size}")
        return Decimal("0.060") + Decimal("0.013") * int(size)
    whole, _, fraction = size.replace("-", " ").rpartition(" ")
    above, _, below = fraction.partition("/")
    if below and int(below) == 0:
        raise UnknownThread("the size divides by zero")
    return Decimal(whole or 0) + Decimal(above) / Decimal(below or 1)


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII)


_READERS: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = (
    (
        _pattern(
            r"M(?P<mj>J)? ?(?P<diameter>\d{1,3}(?:\.\d{1,2})?)(?: ?[xX*] ?(?P<pitch>\d{1,2}(?:\.\d{1,3})?))?"
            rf"(?: ?- ?(?P<fit>{_FIT}(?:/{_FIT})?))?"
        ),
        _metric,
    ),
    (
        _pattern(
            r"T[rR] ?(?P<diameter>\d{1,3}(?:\.\d)?) ?[xX*] ?(?P<lead>\d{1,3}(?:\.\d)?)"
            rf"(?: ?\(P ?(?P<pitch>\d{{1,2}}(?:\.\d)?)\))?(?: ?- ?(?P<fit>{_FIT}))?"
        ),
        _trapezoidal,
    ),
    (
        _pattern(
            rf"(?P<number>#|No\.? ?)?{_SIZE} ?- ?{_TPI}(?: ?(?P<series>UN(?:C|F|EF|S|R|RC|RF|J|JC|JF)?))?"
            r"(?: ?- ?(?P<fit>[123][AB]))?"
        ),
        _inch_reader("unified"),
    ),
    (
        _pattern(rf"{_SIZE}(?: ?- ?{_TPI})? ?(?P<series>A?NPT|NPTF|NPSM|NPSF|NPSC)"),
        _pipe_reader("npt", _NPT, "in"),
    ),
    (
        _pattern(rf"(?P<series>G|R|Rc|Rp|BSPP|BSPT) ?{_SIZE}(?: ?- ?{_TPI})?(?: ?-? ?(?P<fit>[AB]))?"),
        _pipe_reader("bsp", _BSP, "mm"),
    ),
    (_pattern(rf"{_SIZE}(?: ?- ?{_TPI})? ?(?P<series>BSPP|BSPT|BSP)"), _pipe_reader("bsp", _BSP, "mm")),
    (
        _pattern(rf"{_SIZE} ?- ?{_TPI} ?(?P<series>(?:STUB )?ACME)(?: ?- ?(?P<fit>[2-6][GC]))?"),
        _inch_reader("acme"),
    ),
    (_pattern(rf"{_SIZE} ?- ?{_TPI} ?(?P<series>BSW|BSF)"), _inch_reader("whitworth")),
)


@lru_cache(maxsize=1024)
def read_thread(designation: str) -> Thread | None:
    """What a designation means; None when it has the form of no standard. Raises `UnknownThread`."""
    text = " ".join(designation.replace("×", "x").replace("–", "-").replace('"', "").split())
    bare = _LEFT_HAND.sub("", text)
    for pattern, read in _READERS:
        found = pattern.fullmatch(bare)
        if found is not None:
            thread = read(found)
            return thread if bare == text else replace(thread, hand="left")
    return None
