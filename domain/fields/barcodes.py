"""The rules of the barcode formats: which characters and lengths, and the check digits."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.fields import faults
from domain.fields.faults import InvalidValue, shown

_SEPARATORS = re.compile(r"[ -]")


@dataclass(frozen=True, slots=True)
class Symbology:
    """One format. `payload` is a regular expression for the code; `check` tells whether its check digit is right."""

    title: str
    payload: re.Pattern[str]
    form: str
    check: Callable[[str], bool] | None = None
    has_separators: bool = False
    """Whether people write it with hyphens or blanks, which stay as they are given."""


def check_barcode(text: str, symbology: Symbology) -> str:
    """The code itself; raises `InvalidValue` for wrong characters, a wrong length or a wrong check digit."""
    code = _SEPARATORS.sub("", text) if symbology.has_separators else text
    if symbology.payload.fullmatch(code) is None:
        raise InvalidValue(f"{shown(text)} is not a code of {symbology.title}: {symbology.form}.", faults.FORMAT)
    if symbology.check is not None and not symbology.check(code):
        raise InvalidValue(f"The check digit of {shown(text)} is wrong for {symbology.title}.", faults.CHECKSUM)
    return text


def _gs1(code: str) -> bool:
    """Weights 3 and 1 in turn, from the digit before the check digit to the left; the sum is a multiple of 10."""
    digits = [int(digit) for digit in reversed(code)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def expand_upce(code: str) -> str:
    """The UPC-A code of 12 digits that a UPC-E code of 8 digits stands for; the check digit is the same."""
    system, body, last, check = code[0], code[1:6], code[6], code[7]
    if last in "012":
        middle = f"{body[:2]}{last}0000{body[2:]}"
    elif last == "3":
        middle = f"{body[:3]}00000{body[3:]}"
    elif last == "4":
        middle = f"{body[:4]}00000{body[4]}"
    else:
        middle = f"{body}0000{last}"
    return f"{system}{middle}{check}"


def _upce(code: str) -> bool:
    return _gs1(expand_upce(code))


def _isbn(code: str) -> bool:
    """Ten digits with weights 10 to 1, a multiple of 11 (X is 10); or thirteen as in EAN-13."""
    if len(code) == 13:
        return _gs1(code)
    digits = [10 if digit in "Xx" else int(digit) for digit in code]
    return sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0


def _issn(code: str) -> bool:
    """Eight digits with weights 8 to 1, a multiple of 11 (X is 10)."""
    digits = [10 if digit in "Xx" else int(digit) for digit in code]
    return sum(weight * digit for weight, digit in zip(range(8, 0, -1), digits, strict=True)) % 11 == 0


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII | re.DOTALL)


SYMBOLOGIES: Final[Mapping[str, Symbology]] = {
    "ean13": Symbology("EAN-13", _pattern(r"\d{13}"), "it has 13 digits", _gs1),
    "ean8": Symbology("EAN-8", _pattern(r"\d{8}"), "it has 8 digits", _gs1),
    "upca": Symbology("UPC-A", _pattern(r"\d{12}"), "it has 12 digits", _gs1),
    "upce": Symbology("UPC-E", _pattern(r"[01]\d{7}"), "it has 8 digits, the first 0 or 1", _upce),
    "itf14": Symbology("ITF-14", _pattern(r"\d{14}"), "it has 14 digits", _gs1),
    "gtin": Symbology("GTIN", _pattern(r"\d{8}|\d{12,14}"), "it has 8, 12, 13 or 14 digits", _gs1),
    "isbn": Symbology(
        "ISBN", _pattern(r"\d{9}[\dXx]|97[89]\d{10}"), "it has 10 digits, or 13 from 978 or 979 on", _isbn, True
    ),
    "issn": Symbology("ISSN", _pattern(r"\d{7}[\dXx]"), "it has 8 digits", _issn, True),
    "code39": Symbology(
        "Code 39", _pattern(r"[0-9A-Z .$/+%-]{1,80}"), "it has up to 80 capital letters, digits, blanks or - . $ / + %"
    ),
    "code128": Symbology("Code 128", _pattern(r"[\x01-\x7f]{1,80}"), "it has up to 80 ASCII characters"),
    "codabar": Symbology(
        "Codabar", _pattern(r"[A-Da-d]?[0-9$:/.+-]{1,80}[A-Da-d]?"), "it has up to 80 digits or - $ : / . +"
    ),
    "qr": Symbology("QR code", _pattern(r".{1,2953}"), "it has up to 2,953 characters"),
    "datamatrix": Symbology("Data Matrix", _pattern(r".{1,2335}"), "it has up to 2,335 characters"),
    "pdf417": Symbology("PDF417", _pattern(r".{1,1850}"), "it has up to 1,850 characters"),
}
"""The formats by the value of the option."""
