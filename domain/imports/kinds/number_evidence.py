"""What the numbers of a column tell together: the decimal mark, the decimals, and whether they are codes."""

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from domain.imports.kinds.number_text import EXACT_DIGITS, NUMBER, is_exact
from domain.imports.options import DecimalMark

_MOST_DECIMALS: Final = 4
"""Numbers with more decimals are measurements, which no precision should bind."""
_ID_DIGITS: Final = 12
"""Whole numbers that all have the same number of digits, at least so many, are ids."""
_CODE_WORDS: Final = frozenset(
    (
        *("zip", "zipcode", "postal", "postcode", "postalcode", "plz"),
        *("phone", "telephone", "tel", "mobile", "fax"),
        *("ssn", "iban", "isbn", "issn", "ean", "upc", "gtin", "sku", "barcode"),
    )
)
"""Columns with one of these words in their name hold codes, even if they look like numbers."""


def words_of(name: str) -> list[str]:
    """The words of a name in lower case: `homePhone No.` has `home`, `phone` and `no`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[a-z]+", spaced.lower())


def decimals_of(number: float) -> int:
    """How many decimals the number is written with."""
    return (
        0
        if number.is_integer() or not math.isfinite(number)
        else max(0, -int(Decimal(repr(number)).as_tuple().exponent))
    )


def precision_options(decimals: int, is_complete: bool) -> dict[str, object]:
    """The precision of numbers with so many decimals at most, if all have been seen: no later one must be refused."""
    return {"precision": decimals} if is_complete and decimals <= _MOST_DECIMALS else {}


@dataclass(slots=True)
class NumberEvidence:
    """What the numbers of a column tell about how they are written."""

    only_with: dict[DecimalMark, int] = field(default_factory=lambda: {".": 0, ",": 0})
    """How many texts are numbers with this decimal mark only."""
    unclear: int = 0
    """How many are different numbers with each of the marks, such as 1.234."""
    decimals: dict[DecimalMark, int] = field(default_factory=lambda: {".": 0, ",": 0})
    digits: set[int] = field(default_factory=set)
    """The numbers of digits of the whole numbers."""

    def add(self, text: str) -> bool:
        """Whether the text is a number, and one that a double holds."""
        if text.isdecimal() and text.isascii():
            self.digits.add(len(text))
            return len(text) <= EXACT_DIGITS or is_exact(text)
        if len(text) > EXACT_DIGITS and not is_exact(text):
            return False
        point, comma = (NUMBER[mark].fullmatch(text) for mark in (".", ","))
        if point is None and comma is None:
            return False
        if point and comma:
            self.unclear += point["decimals"] is not None or comma["decimals"] is not None
        else:
            self.only_with["." if point else ","] += 1
        self._measure(".", point)
        self._measure(",", comma)
        return True

    def _measure(self, mark: DecimalMark, found: re.Match[str] | None) -> None:
        if found is None:
            return
        decimals = len(found["decimals"] or "")
        if found["exponent"]:
            decimals = max(0, decimals - int(found["exponent"][1:]))
        self.decimals[mark] = max(self.decimals[mark], decimals)

    @property
    def proven_mark(self) -> DecimalMark | None:
        """The decimal mark, if there are numbers that only one of them explains."""
        if bool(self.only_with["."]) == bool(self.only_with[","]):
            return None
        return "." if self.only_with["."] else ","

    @property
    def is_contradictory(self) -> bool:
        """Whether no single mark explains all numbers."""
        return bool(self.only_with["."] and self.only_with[","])

    def mark(self, otherwise: DecimalMark) -> DecimalMark:
        """The mark of most numbers that tell; `otherwise` if none tells."""
        points, commas = self.only_with["."], self.only_with[","]
        if points == commas:
            return otherwise
        return "." if points > commas else ","

    def is_code(self, name: str) -> bool:
        """Whether whole numbers are ids or codes: all of one great length, or called so."""
        if self.only_with["."] or self.only_with[","] or self.unclear or not self.digits:
            return False
        has_one_length = len(self.digits) == 1 and max(self.digits) >= _ID_DIGITS
        return has_one_length or not _CODE_WORDS.isdisjoint(words_of(name))
