"""Number, currency and percent: converting cells, and recognising columns of them."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from domain.fields.faults import RANGE, InvalidValue
from domain.imports.kinds.contract import Circumstances, Guess, Handlers, Hints, Verdict, same
from domain.imports.kinds.number_evidence import NumberEvidence, precision_options
from domain.imports.kinds.number_text import MONEY, number_reader, without_percent, without_symbol

_CENTS: Final = 2

# --- converting ---


def number_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a number field."""
    return {str: number_reader(hints.decimal_mark), int: same, float: _finite}


def currency_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a currency field, with any symbol or none; brackets make an amount negative."""
    read = number_reader(hints.decimal_mark)
    return {**number_handlers(options, hints), str: lambda text: read(without_symbol(text))}


def percent_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a percent field, which holds fractions: `45%` is 0.45, and a number without the sign is one already."""
    read = number_reader(hints.decimal_mark)

    def from_text(text: str) -> object:
        bare = without_percent(text)
        number = read(bare)
        return number if number is None or bare is text else float(Decimal(repr(number)).scaleb(-2))

    return {**number_handlers(options, hints), str: from_text}


def _finite(number: float) -> object:
    if not math.isfinite(number):
        raise InvalidValue("The number is too large.", RANGE)
    return int(number) if number.is_integer() else number


# --- recognising ---


class NumberGuess(Guess):
    """Plain numbers; numbers with leading zeros, and ones that a double cannot hold, are codes."""

    def __init__(self) -> None:
        self.evidence = NumberEvidence()

    def fits(self, text: str) -> bool:
        return not _has_leading_zero(text) and self.evidence.add(text)

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        if self.evidence.is_contradictory or self.evidence.is_code(circumstances.name):
            return None
        mark = self.evidence.mark(circumstances.decimal_mark)
        options = precision_options(self.evidence.decimals[mark], circumstances.is_complete)
        return Verdict("number", options, Hints(decimal_mark=mark))


def _has_leading_zero(text: str) -> bool:
    bare = text.lstrip("-−")
    return bare[:1] == "0" and bare[1:2].isdecimal()


class CurrencyGuess(Guess):
    """Amounts that all have the same symbol."""

    def __init__(self) -> None:
        self._evidence = NumberEvidence()
        self._symbol: str | None = None

    def fits(self, text: str) -> bool:
        found = MONEY.fullmatch(text)
        symbol = found and (found["before"] or found["after"])
        if not symbol or (self._symbol or symbol) != symbol:
            return False
        self._symbol = symbol
        return self._evidence.add(without_symbol(text))

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        if self._evidence.is_contradictory:
            return None
        mark = self._evidence.mark(circumstances.decimal_mark)
        precision = max(_CENTS, self._evidence.decimals[mark])
        return Verdict("currency", {"currency_symbol": self._symbol, "precision": precision}, Hints(decimal_mark=mark))


class PercentGuess(Guess):
    """Numbers that all have a percent sign."""

    def __init__(self) -> None:
        self._evidence = NumberEvidence()

    def fits(self, text: str) -> bool:
        return text.endswith("%") and self._evidence.add(without_percent(text))

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        if self._evidence.is_contradictory:
            return None
        mark = self._evidence.mark(circumstances.decimal_mark)
        options = precision_options(self._evidence.decimals[mark], circumstances.is_complete)
        return Verdict("percent", options, Hints(decimal_mark=mark))
