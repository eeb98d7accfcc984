"""Which types a column of texts may turn out to have, in the order in which they are preferred."""

from domain.imports.kinds.addresses import AddressGuess, PhoneGuess
from domain.imports.kinds.contract import Guess
from domain.imports.kinds.durations import DurationGuess
from domain.imports.kinds.moments import MomentGuess
from domain.imports.kinds.numbers import CurrencyGuess, NumberGuess, PercentGuess
from domain.imports.kinds.words import CheckboxGuess


def text_guesses() -> list[Guess]:
    """For formats in which everything is a text."""
    return [CheckboxGuess(), NumberGuess(), PercentGuess(), CurrencyGuess(), *typed_guesses()]


def typed_guesses() -> list[Guess]:
    """For the texts of formats that have numbers and booleans of their own: what looks like one there is none."""
    return [MomentGuess(), DurationGuess(), AddressGuess("email"), AddressGuess("url"), PhoneGuess()]
