"""The limits of an import: how far it looks, and how large one thing in a file may be."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """Every bound of an import, with its default; whoever starts an import may pass other numbers."""

    sample_rows: int = 1_000
    """Types are inferred from at least so many rows (from all of them in a shorter file)."""
    sample_cells: int = 1_000_000
    """Types are inferred from more than `sample_rows` rows as long as these are at most so many cells."""
    sniff_bytes: int = 65_536
    """How much of a file is looked at to tell its format, its delimiter and an encoding that is not Unicode."""
    max_columns: int = 500
    """A table with more columns is refused."""
    max_row_characters: int = 16 * MEBIBYTE
    """One row of a delimited file, one line of JSON Lines, one element of JSON; a longer one ends the import."""
    max_name_characters: int = 255
    """The names of columns are cut to this length."""
    max_choices: int = 30
    """A text column with more distinct values stays text; with fewer, often repeated ones, it becomes a select."""
    max_choice_characters: int = 60
    """A text column with longer values stays text."""
    max_kept_problems: int = 1_000
    """How many problems a report keeps in full; the others are only counted."""
    workbook_bytes: int = 100 * MEBIBYTE
    """A larger XLSX file is refused."""
    workbook_text_bytes: int = 128 * MEBIBYTE
    """The texts that the cells of a workbook share are in memory while it is read; more bytes of them are refused."""
    workbook_sheet_bytes: int = 2_048 * MEBIBYTE
    """A sheet with more bytes of XML is refused; it is read in pieces, so this bounds the time, not the memory."""
