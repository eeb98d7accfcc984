"""The phone number field."""

import re
from typing import Final

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.faults import InvalidValue, shown
from domain.fields.readable import readable
from domain.fields.texts import TextLike, text_parser

MAX_LENGTH: Final = 50
MIN_DIGITS: Final = 3
MAX_DIGITS: Final = 15
"""What the telephone network carries (E.164)."""

_NUMBER = re.compile(
    r"(?P<number>\+?[\d(][\d ().\u00a0\u2010\u2011/-]*)(?:[ ,;]*(?:x|ext\.?|extension|#) ?\d{1,7})?",
    re.ASCII | re.IGNORECASE,
)
_DIGIT = re.compile(r"\d", re.ASCII)


class PhoneType(TextLike[Options]):
    """A phone number."""

    key = "phone"
    title = "Phone number"
    position = 150
    description = (
        "A phone number of 3 to 15 digits, international or national, with the usual separators and an extension; "
        "a JSON string, kept as it is given."
    )
    examples = (
        Example("+49 (0)30 1234-5678", "+49 (0)30 1234-5678"),
        Example("(555) 123-4567 ext. 89", "(555) 123-4567 ext. 89"),
        Example("112", "112"),
        Example("", None),
        Example(5551234567, "5551234567", typecast=True),
        Example("tel:+4930123456", "+4930123456", typecast=True),
    )
    bad_examples = (
        BadExample("12", faults.FORMAT),
        BadExample("+1234567890123456", faults.FORMAT),
        BadExample("555-CALL-NOW", faults.FORMAT),
        BadExample("1+1", faults.FORMAT),
        BadExample("5" + " " * MAX_LENGTH, faults.MAX_LENGTH),
        BadExample(5551234567, faults.TYPE),
    )

    def parser(self, options: Options, *, typecast: bool = False) -> Parser:
        return _parse_loosely if typecast else _parse


def _check_phone(text: str) -> str:
    found = _NUMBER.fullmatch(text)
    if found is None or not MIN_DIGITS <= len(_DIGIT.findall(found["number"])) <= MAX_DIGITS:
        raise InvalidValue(
            f"{shown(text)} is not a phone number: it takes {MIN_DIGITS} to {MAX_DIGITS} digits, as in "
            "+49 30 1234567 or (555) 123-4567 ext. 8.",
            faults.FORMAT,
        )
    return text


_parse = text_parser(MAX_LENGTH, _check_phone)


def _parse_loosely(value: object) -> object:
    if value is None:
        return None
    text = readable(value).strip()
    return _parse(text[4:] if text[:4].lower() == "tel:" else text)
