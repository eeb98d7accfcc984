"""How numbers, amounts and percentages are written: with a decimal point or a decimal comma, in groups or not."""

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from domain.fields.faults import PRECISION, InvalidValue
from domain.imports.kinds.contract import NO_VALUE, not_understood
from domain.imports.options import DecimalMark

EXACT_DIGITS: Final = 15
"""A double holds every number of so many digits exactly; longer whole numbers are ids."""

_BLANKS = " '’\u00a0\u2009\u202f"
_GROUPS: Final[Mapping[DecimalMark, str]] = {".": f",{_BLANKS}", ",": f".{_BLANKS}"}


def _number_pattern(mark: DecimalMark) -> re.Pattern[str]:
    point = re.escape(mark)
    return re.compile(
        rf"(?P<sign>[-−]?)(?:(?P<grouped>[1-9][0-9]{{0,2}}(?P<group>[{_GROUPS[mark]}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}}){{0,9}})"
        rf"|(?P<whole>[0-9]{{1,300}})|(?={point}[0-9]))(?:{point}(?P<decimals>[0-9]{{1,300}}))?"
        rf"(?P<exponent>[eE][-+][0-9]{{1,3}})?"
    )


NUMBER: Final[Mapping[DecimalMark, re.Pattern[str]]] = {".": _number_pattern("."), ",": _number_pattern(",")}
_PLAIN: Final[Mapping[DecimalMark, re.Pattern[str]]] = {
    ".": re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?"),
    ",": re.compile(r"-?[0-9]{1,300}(,[0-9]{1,300})?"),
}
_SYMBOLS = "$€£¥₹₩₽₺₴₫₪₱฿₦₡₲₵₸₼₾₿¢"
MONEY = re.compile(
    rf"(?P<open>\()?(?P<sign>[-−]?)\s*(?P<before>[{_SYMBOLS}])?\s*(?P<inner>[-−]?)\s*(?P<number>[0-9.,][^()%a-zA-Z{_SYMBOLS}]*?)"
    rf"\s*(?P<after>[{_SYMBOLS}])?(?P<close>\))?"
)
_PERCENT = re.compile(r"(?P<number>[-−]?[0-9.,][^()%a-zA-Z]*?)\s*%")


def number_reader(mark: DecimalMark) -> Callable[[str], int | float | None]:
    """A function from a text to its number; None where none is meant; raises `InvalidValue`."""
    plain = _PLAIN[mark].fullmatch

    def read(text: str) -> int | float | None:
        found = plain(text)
        if found is None:
            return _read_slowly(text, mark)
        if found[1] is None:
            return int(text) if len(text) <= EXACT_DIGITS else _exact_integer(text)
        return _exact(text if mark == "." else text.replace(",", "."))

    return read


def _read_slowly(text: str, mark: DecimalMark) -> int | float | None:
    bare = text.strip()
    if bare.lower() in NO_VALUE:
        return None
    found = NUMBER[mark].fullmatch(bare)
    if found is None:
        raise not_understood("a number")
    whole = found["whole"] or (found["grouped"] or "0").replace(found["group"] or " ", "")
    sign = "-" if found["sign"] else ""
    if found["decimals"] is None and found["exponent"] is None:
        return _exact_integer(sign + whole)
    return _exact(f"{sign}{whole}.{found['decimals'] or 0}{found['exponent'] or ''}")


def _exact_integer(text: str) -> int:
    number = int(text)
    if int(float(number)) != number:
        raise _too_many_digits()
    return number


def _exact(text: str) -> float:
    """The double that is written as this text; raises `InvalidValue` for a text with more digits than it holds."""
    number = float(text)
    if len(text) > EXACT_DIGITS and (math.isinf(number) or Decimal(repr(number)) != Decimal(text)):
        raise _too_many_digits()
    return number


def _too_many_digits() -> InvalidValue:
    return InvalidValue("The number has more digits than a JSON number can hold (about 16).", PRECISION)


def is_exact(text: str) -> bool:
    """Whether a double holds the number, whichever way it is read; a text that is no number is left to others."""
    for mark, pattern in NUMBER.items():
        if pattern.fullmatch(text):
            try:
                number = number_reader(mark)(text)
            except InvalidValue:
                return False
            if isinstance(number, int) and len(str(abs(number))) > EXACT_DIGITS:
                return False
    return True


def without_symbol(text: str) -> str:
    """The number in an amount of money; a text that is none stays as it is."""
    found = MONEY.fullmatch(text.strip())
    if found is None or bool(found["open"]) != bool(found["close"]):
        return text
    signs = [sign for sign in ("open", "sign", "inner") if found[sign]]
    if len(signs) > 1 or (found["before"] and found["after"]):
        return text
    return f"-{found['number']}" if signs else found["number"]


def without_percent(text: str) -> str:
    """The number in a percentage; a text that is none stays as it is."""
    found = _PERCENT.fullmatch(text.strip())
    return text if found is None else found["number"]
