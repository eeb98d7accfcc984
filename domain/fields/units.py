"""The units of measure: what each measures, and its exact size in the base unit of that quantity."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

_CONTEXT: Final = Context(prec=50)
_BASE_DECIMALS: Final = 40


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit. A value in it is `(value + offset) * factor` in the base unit of the quantity."""

    symbol: str
    quantity: str
    factor: Decimal
    offset: Decimal = Decimal(0)

    def to_base(self, value: Decimal) -> Decimal:
        """The value in the base unit; exact, but for units that no finite decimal relates (rad, psi)."""
        base = _CONTEXT.multiply(_CONTEXT.add(value, self.offset), self.factor)
        if -int(base.as_tuple().exponent) > _BASE_DECIMALS:
            base = base.quantize(Decimal(1).scaleb(-_BASE_DECIMALS), context=_CONTEXT)
        return base.normalize(_CONTEXT)


_POUND: Final = Decimal("0.45359237")
"""In kilograms."""
_POUND_FORCE: Final = Decimal("4.4482216152605")
"""In newtons."""
_PSI: Final = _CONTEXT.divide(_POUND_FORCE, Decimal("0.00064516"))
_PI: Final = Decimal("3.14159265358979323846264338327950288419716939937511")

_FACTORS: Final[Mapping[str, Mapping[str, str | Decimal]]] = {
    "length": {
        "nm": "0.000001",
        "µm": "0.001",
        "mm": "1",
        "cm": "10",
        "dm": "100",
        "m": "1000",
        "km": "1000000",
        "thou": "0.0254",
        "in": "25.4",
        "ft": "304.8",
        "yd": "914.4",
        "mi": "1609344",
    },
    "area": {"mm²": "1", "cm²": "100", "m²": "1000000", "km²": "1000000000000", "in²": "645.16", "ft²": "92903.04"},
    "volume": {
        "mm³": "1",
        "ml": "1000",
        "cm³": "1000",
        "l": "1000000",
        "m³": "1000000000",
        "in³": "16387.064",
        "ft³": "28316846.592",
        "gal": "3785411.784",
    },
    "mass": {
        "µg": "0.000001",
        "mg": "0.001",
        "g": "1",
        "kg": "1000",
        "t": "1000000",
        "oz": "28.349523125",
        "lb": _POUND * 1000,
    },
    "angle": {
        "arcsec": "1",
        "arcmin": "60",
        "deg": "3600",
        "gon": "3240",
        "turn": "1296000",
        "rad": _CONTEXT.divide(Decimal(648_000), _PI),
    },
    "force": {"mN": "0.001", "N": "1", "kN": "1000", "MN": "1000000", "kgf": "9.80665", "lbf": _POUND_FORCE},
    "pressure": {
        "Pa": "1",
        "hPa": "100",
        "kPa": "1000",
        "MPa": "1000000",
        "GPa": "1000000000",
        "mbar": "100",
        "bar": "100000",
        "atm": "101325",
        "psi": _PSI,
        "ksi": _PSI * 1000,
    },
    "torque": {
        "N·mm": "0.001",
        "N·cm": "0.01",
        "N·m": "1",
        "kN·m": "1000",
        "lbf·in": _POUND_FORCE * Decimal("0.0254"),
        "lbf·ft": _POUND_FORCE * Decimal("0.3048"),
    },
    "time": {"µs": "0.000001", "ms": "0.001", "s": "1", "min": "60", "h": "3600", "d": "86400"},
    "speed": {"mm/s": "0.001", "m/s": "1", "m/min": _CONTEXT.divide(Decimal(1), Decimal(60)), "ft/s": "0.3048"},
    "rotation": {"rpm": "1", "Hz": "60"},
    "roughness": {"Ra µm": "1", "Ra µin": "0.0254"},
    "current": {"mA": "0.001", "A": "1"},
    "voltage": {"mV": "0.001", "V": "1", "kV": "1000"},
    "power": {"mW": "0.001", "W": "1", "kW": "1000", "MW": "1000000"},
    "ratio": {"1": "1", "%": "0.01", "ppm": "0.000001"},
}
"""Size of each unit in the base unit of its quantity, which is the one of size 1."""

_TEMPERATURES: Final = (
    Unit("°R", "temperature", Decimal(1)),
    Unit("K", "temperature", Decimal("1.8")),
    Unit("°C", "temperature", Decimal("1.8"), Decimal("273.15")),
    Unit("°F", "temperature", Decimal(1), Decimal("459.67")),
)
"""In degrees Rankine, since that is the scale to which all others convert exactly."""

_ALIASES: Final[Mapping[str, str]] = {
    "um": "µm",
    "μm": "µm",
    "micron": "µm",
    "microns": "µm",
    "millimeter": "mm",
    "millimeters": "mm",
    "centimeter": "cm",
    "centimeters": "cm",
    "meter": "m",
    "meters": "m",
    "mil": "thou",
    "mils": "thou",
    "inch": "in",
    "inches": "in",
    '"': "in",
    "″": "in",
    "foot": "ft",
    "feet": "ft",
    "'": "ft",
    "′": "ft",
    "yard": "yd",
    "yards": "yd",
    "mile": "mi",
    "miles": "mi",
    "mm2": "mm²",
    "cm2": "cm²",
    "m2": "m²",
    "km2": "km²",
    "in2": "in²",
    "ft2": "ft²",
    "mm3": "mm³",
    "cm3": "cm³",
    "m3": "m³",
    "in3": "in³",
    "ft3": "ft³",
    "mL": "ml",
    "L": "l",
    "liter": "l",
    "liters": "l",
    "ug": "µg",
    "μg": "µg",
    "lbs": "lb",
    "°": "deg",
    "degree": "deg",
    "degrees": "deg",
    "grad": "gon",
    "Nm": "N·m",
    "N*m": "N·m",
    "Nmm": "N·mm",
    "N*mm": "N·mm",
    "Ncm": "N·cm",
    "kNm": "kN·m",
    "in-lb": "lbf·in",
    "in-lbf": "lbf·in",
    "lbf-in": "lbf·in",
    "ft-lb": "lbf·ft",
    "ft-lbf": "lbf·ft",
    "lbf-ft": "lbf·ft",
    "us": "µs",
    "μs": "µs",
    "sec": "s",
    "hr": "h",
    "C": "°C",
    "F": "°F",
    "R": "°R",
    "percent": "%",
}


def _all_units() -> Mapping[str, Unit]:
    units = {
        symbol: Unit(symbol, quantity, Decimal(factor))
        for quantity, factors in _FACTORS.items()
        for symbol, factor in factors.items()
    }
    units |= {unit.symbol: unit for unit in _TEMPERATURES}
    return units | {alias: units[symbol] for alias, symbol in _ALIASES.items()}


UNITS: Final = _all_units()
"""Each unit by its symbol, and by the other ways to write it."""


def units_of(quantity: str) -> list[str]:
    """The symbols of the units of a quantity, e.g. `length`."""
    return [unit.symbol for key, unit in UNITS.items() if unit.quantity == quantity and key == unit.symbol]
