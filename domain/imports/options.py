"""What the caller of an import may decide; whatever is left out is found out from the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from domain.fields.choices import ChoiceOptions
from domain.fields.registry import field_type
from domain.imports.limits import ImportLimits

DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalMark = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class StatedColumn:
    """A column by its name in the file, the key of the type of its new field, and the options of that as JSON."""

    name: str
    type: str
    options: object = None

    @property
    def takes_choices(self) -> bool:
        """Whether it becomes a select whose choices are to come from the file."""
        is_select = issubclass(field_type(self.type).options_model, ChoiceOptions)
        return is_select and "choices" not in self.plain_options

    @property
    def plain_options(self) -> Mapping[str, object]:
        """The options, empty where none are given."""
        return self.options if isinstance(self.options, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The choices of the caller, all of them optional."""

    format: str | None = None
    """Key of a format: `csv`, `tsv`, `json`, `jsonl` or `xlsx`."""
    encoding: str | None = None
    """Name of a text encoding, e.g. `utf-8` or `cp1252`; for formats of text."""
    delimiter: str | None = None
    """One character between the cells of a delimited file."""
    quote: str | None = None
    """One character around cells that hold delimiters or line ends."""
    has_header: bool | None = None
    """Whether the first row names the columns; for delimited files and sheets."""
    sheet: str | None = None
    """Name of the sheet of a workbook; the first one otherwise."""
    records_key: str | None = None
    """Key of the array of records in a JSON object that holds several."""
    date_order: DateOrder | None = None
    """How dates such as 05/06/2024 are read where the column does not tell; `ymd` leaves them text."""
    decimal_mark: DecimalMark | None = None
    """How numbers such as 1.234 are read where the column does not tell."""
    columns: Sequence[StatedColumn] = ()
    """Columns of new fields of which the caller says the types."""
    create_missing: bool = False
    """Importing into a table: whether columns that it lacks become new fields instead of being left out."""
    limits: ImportLimits = field(default_factory=ImportLimits)
