"""The columns of an import: what each becomes, whether a new field or one that the table has."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.imports.kinds.contract import Convert, Hints
from domain.imports.kinds.moments import ORDERS, MomentGuess
from domain.imports.kinds.number_evidence import NumberEvidence
from domain.imports.kinds.number_text import without_percent, without_symbol
from domain.imports.options import DateOrder, DecimalMark


@dataclass(frozen=True, slots=True)
class TargetField:
    """A field of the table that is imported into."""

    name: str
    type: str
    """Key of its type, e.g. `single_select`."""
    options: Mapping[str, object] = field(default_factory=dict)
    is_writable: bool = True
    """False for computed fields and others that the server sets."""
    reason: str = "is set by the server"
    """Why it is not writable, where it is not."""
    is_new: bool = False
    """Whether it is yet to be made, as the caller has said."""


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column that is imported.

    `convert` turns a cell into the JSON value that a strict API call would send for the field, None for an empty
    one, and raises `InvalidValue` for what does not fit.
    """

    name: str
    """Name of the field: the new one's, or that of the field that the table has."""
    field_type: str
    options: Mapping[str, object]
    source_name: str
    """Name of the column in the file, made unique."""
    source_index: int
    is_new: bool
    convert: Convert = field(repr=False)
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column of the file that is not imported, and why."""

    name: str
    reason: str


class TargetEvidence:
    """What decides how the texts of a column are read whose field is known: the marks of numbers, the order of dates.

    The majority decides; a cell that does not follow it is a problem of its own.
    """

    def __init__(self) -> None:
        self._numbers = NumberEvidence()
        self._moments = MomentGuess()

    def feed(self, cells: Sequence[object]) -> None:
        """Take more cells of the column."""
        for text in dict.fromkeys(cell for cell in cells if isinstance(cell, str) and cell):
            bare = text.strip()
            self._numbers.add(without_percent(without_symbol(bare)))
            self._moments.fits(bare)

    def hints(
        self, options: Mapping[str, object], date_order: DateOrder | None, decimal_mark: DecimalMark | None
    ) -> Hints:
        """The hints for the field's converter; what the caller has chosen counts where the column does not tell."""
        shown = ORDERS.get(str(options.get("date_format")))
        return Hints(
            decimal_mark=self._numbers.mark(decimal_mark or "."),
            date_order=self._moments.order(date_order or shown) or "ymd",
        )


def same_name(name: str) -> str:
    """What two names have in common that mean the same column: no case, no blanks around, one Unicode form."""
    return unicodedata.normalize("NFC", name).strip().casefold()
