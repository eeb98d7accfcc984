"""Email addresses, URLs and phone numbers: what their fields take, and no more."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from domain.fields.contract import Parser
from domain.fields.faults import InvalidValue
from domain.fields.registry import field_type
from domain.imports.kinds.contract import NO_VALUE, Circumstances, Guess, Handlers, Hints, Verdict
from domain.imports.kinds.number_evidence import words_of
from domain.imports.kinds.texts import plain_number

_SURE_PHONE = re.compile(r"\+[0-9][0-9 ().-]{6,24}|\([0-9]{2,5}\) ?[0-9][0-9 .-]{4,14}")
_PHONE_WORDS: Final = frozenset({"phone", "telephone", "telefon", "tel", "mobile", "cell", "fax"})
_MIN_PHONE_DIGITS: Final = 7


def address_handlers(key: str) -> Callable[[Mapping[str, object], Hints], Handlers]:
    """Cells of a field of that type; blanks around an address are dropped."""

    def handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
        parse = _parser(key)

        def from_text(text: str) -> object:
            bare = text.strip()
            return None if bare.lower() in NO_VALUE else parse(bare)

        return {
            str: from_text,
            int: lambda number: from_text(str(number)),
            float: lambda number: from_text(plain_number(number)),
        }

    return handlers


def _parser(key: str) -> Parser:
    type = field_type(key)
    return type.parser(type.parse_options({}))


class AddressGuess(Guess):
    """Texts that the field takes and that cannot well be anything else."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._parse = _parser(key)

    def fits(self, text: str) -> bool:
        try:
            self._parse(text)
        except InvalidValue:
            return False
        return True

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        return Verdict(self._key)


class PhoneGuess(AddressGuess):
    """Phone numbers in international form or with an area code in brackets; others only in a column of that name."""

    def __init__(self) -> None:
        super().__init__("phone")
        self._is_sure = True

    def fits(self, text: str) -> bool:
        if not super().fits(text) or sum(map(str.isdecimal, text)) < _MIN_PHONE_DIGITS:
            return False
        self._is_sure = self._is_sure and _SURE_PHONE.fullmatch(text) is not None
        return True

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        if self._is_sure or not _PHONE_WORDS.isdisjoint(words_of(circumstances.name)):
            return super().verdict(circumstances)
        return None
