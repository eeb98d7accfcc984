"""What the values of one column tell about its type, gathered in pieces, so that a large sample takes little memory."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import NoneType

from domain.fields.numbers import MAX_EXACT_INTEGER
from domain.imports.kinds.choices import choice_options
from domain.imports.kinds.contract import NO_VALUE, Circumstances, Verdict
from domain.imports.kinds.guesses import text_guesses, typed_guesses
from domain.imports.kinds.number_evidence import decimals_of, precision_options
from domain.imports.kinds.numbers import NumberGuess
from domain.imports.kinds.texts import LONG_TEXT_CHARACTERS
from domain.imports.limits import ImportLimits
from domain.imports.options import DecimalMark

_ROWS_A_CHOICE = 3
"""A select is suspected only where each choice is used so often on average."""


class ColumnProfile:
    """The evidence of one column. `feed` takes its cells in order; `verdict` may be asked at any time."""

    def __init__(self, name: str, *, is_typed: bool, limits: ImportLimits) -> None:
        self._name = name
        self._is_typed = is_typed
        self._limits = limits
        self._guesses = typed_guesses() if is_typed else text_guesses()
        self._texts = _TextEvidence(limits)
        self._natives = _NativeEvidence(limits)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all stands in the column."""
        return not self._texts.filled and not self._natives.types

    @property
    def proven_mark(self) -> DecimalMark | None:
        """The decimal mark, where the column holds numbers that can be read in one way only."""
        marks = (guess.evidence.proven_mark for guess in self._guesses if isinstance(guess, NumberGuess))
        return next(marks, None) if self._texts.is_meant else None

    def feed(self, cells: Sequence[object]) -> None:
        """Take more cells of the column."""
        if self._is_typed:
            self._natives.add(cells)
        texts = [cell for cell in cells if isinstance(cell, str) and cell]
        if texts:
            meant = self._texts.add(texts)
            self._guesses = [guess for guess in self._guesses if all(map(guess.fits, meant))]

    def verdict(self, circumstances: Circumstances) -> Verdict:
        """The field for the column; one of texts where nothing else fits every cell."""
        if self._natives.types:
            native = None if self._texts.is_meant else self._natives.verdict(circumstances)
            return native or Verdict("long_text" if self._natives.is_nested else self._texts.field_type)
        if self._texts.is_meant:
            for guess in self._guesses:
                verdict = guess.verdict(circumstances)
                if verdict is not None:
                    return verdict
        if self._texts.is_select(circumstances.is_complete):
            return Verdict("single_select", choice_options(self._texts.choices))
        return Verdict(self._texts.field_type)


class _TextEvidence:
    """How long the texts are, and how few different ones there are."""

    def __init__(self, limits: ImportLimits) -> None:
        self.filled = 0
        self.is_meant = False
        """Whether any text says more than that there is no value."""
        self.choices: dict[str, None] = {}
        """The different texts without blanks around them, in the order of the file, as long as they are few."""
        self._limits = limits
        self._has_many = False
        self._longest = 0
        self._has_lines = False
        self._filled_at_last_choice = 0

    def add(self, texts: list[str]) -> list[str]:
        """Take texts that are not empty; the answer is those of them that are meant as values."""
        distinct = dict.fromkeys(texts)
        self._longest = max(self._longest, max(map(len, distinct)))
        self._has_lines = self._has_lines or any("\n" in text or "\r" in text for text in distinct)
        bare: dict[str, str] = {}
        for text in distinct:
            bare.setdefault(text.strip(), text)
        bare.pop("", None)
        self._note_choices(texts, bare)
        self.filled += len(texts)
        meant = [text for text in bare if text.lower() not in NO_VALUE]
        self.is_meant = self.is_meant or bool(meant)
        return meant

    @property
    def field_type(self) -> str:
        """`text` or `long_text`."""
        return "long_text" if self._has_lines or self._longest > LONG_TEXT_CHARACTERS else "text"

    def is_select(self, is_complete: bool) -> bool:
        """Whether the texts are few, short words that come again and again; codes of digits are not."""
        names = self.choices
        return (
            not self._has_many
            and len(names) >= 2
            and len(names) == len({name.casefold() for name in names})
            and self.filled >= _ROWS_A_CHOICE * len(names)
            and not self._has_lines
            and any(not character.isascii() or character.isalpha() for name in names for character in name)
            and (is_complete or self._filled_at_last_choice * 2 <= self.filled)
        )

    def _note_choices(self, texts: list[str], bare: Mapping[str, str]) -> None:
        """Remember new choices; `bare` has each name with how it first stands in `texts`, in that order."""
        if self._has_many:
            return
        new = [name for name in bare if name not in self.choices]
        if new:
            self.choices.update(dict.fromkeys(new))
            self._filled_at_last_choice = self.filled + texts.index(bare[new[-1]]) + 1
        if len(self.choices) > self._limits.max_choices or self._longest > self._limits.max_choice_characters:
            self._has_many = True
            self.choices = {}


class _NativeEvidence:
    """The types of cells that are no texts."""

    def __init__(self, limits: ImportLimits) -> None:
        self.types: set[type] = set()
        self._limits = limits
        self._decimals = 0
        self._has_ids = False
        self._items: dict[str, None] | None = {}
        self._item_count = 0

    @property
    def is_nested(self) -> bool:
        """Whether there are lists or objects."""
        return bool(self.types & {list, dict})

    def add(self, cells: Sequence[object]) -> None:
        """Take cells of any types; texts and empty ones are left to others."""
        found = set(map(type, cells)) - {str, NoneType}
        self.types |= found
        if int in found:
            self._has_ids = self._has_ids or any(type(cell) is int and abs(cell) > MAX_EXACT_INTEGER for cell in cells)
        if float in found:
            self._decimals = max(self._decimals, max(decimals_of(cell) for cell in cells if isinstance(cell, float)))
        if list in found:
            for cell in cells:
                if isinstance(cell, list):
                    self._note_items(cell)

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        """The field for cells of these types; None where only a text can hold them all."""
        if self.types == {bool}:
            return Verdict("checkbox")
        if self.types <= {int, float} and not self._has_ids:
            return Verdict("number", precision_options(self._decimals, circumstances.is_complete))
        if self.types <= {date, datetime}:
            return Verdict("datetime" if datetime in self.types else "date")
        if self.types == {timedelta}:
            return Verdict("duration")
        if self.types == {list} and self._has_few_items():
            return Verdict("multi_select", choice_options(self._items or ()))
        return None

    def _has_few_items(self) -> bool:
        items = self._items or {}
        is_unique = len({item.casefold() for item in items}) == len(items)
        return bool(items) and is_unique and self._item_count >= _ROWS_A_CHOICE * len(items)

    def _note_items(self, items: list[object]) -> None:
        """Remember the different items of lists of short texts, as long as they are few."""
        longest = self._limits.max_choice_characters
        if self._items is None:
            return
        if not all(isinstance(item, str) and item.strip() and len(item) <= longest for item in items):
            self._items = None
            return
        self._item_count += len(items)
        self._items.update(dict.fromkeys(str(item).strip() for item in items))
        if len(self._items) > self._limits.max_choices:
            self._items = None
