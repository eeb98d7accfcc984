"""Checkboxes: the words that mean yes and no."""

from collections.abc import Mapping
from typing import Final

from domain.fields.types.checkbox import FALSE_WORDS, TRUE_WORDS
from domain.imports.kinds.contract import NO_VALUE, Circumstances, Guess, Handlers, Hints, Verdict, not_understood, same

_SURE_WORDS: Final = frozenset({"true", "false", "yes", "no", "checked", "unchecked"})
"""Words that make a column of texts one of checkboxes; `x`, `1` or `on` may mean something else."""


def checkbox_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a checkbox field; nothing stays nothing, which reads as unchecked."""
    return {str: _read, bool: same, int: _from_number, float: _from_number}


def _read(text: str) -> object:
    word = text.strip().casefold()
    if word in NO_VALUE:
        return None
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise not_understood("a yes or a no")


def _from_number(number: float) -> object:
    if number in (0, 1):
        return number == 1
    raise not_understood("a yes or a no")


class CheckboxGuess(Guess):
    """Nothing but true and false, yes and no, or what Airtable writes into its files."""

    def fits(self, text: str) -> bool:
        return text.casefold() in _SURE_WORDS

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        return Verdict("checkbox")
