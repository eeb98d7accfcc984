"""The cells of a sheet, row by row, and the texts that the sheets of a workbook share."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.cell_formats import Reading
from domain.imports.xml_parts import PartReader, feed, local_name, new_parser

MAX_COLUMNS: Final = 16_384
"""The columns of a sheet in Excel; what lies beyond them is not looked at."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})[0-9]{1,7}")

SheetRow = tuple[int, dict[int, object]]
"""The number of a row, from 1, and its cells that are not empty by their column, from 0."""


def shared_texts(chunks: PartReader, max_characters: int) -> list[str]:
    """The texts that cells name by their position."""
    return list(_SharedTexts(max_characters).read(chunks))


class _TextCollector:
    """Collects the text of `<v>` and `<t>` elements, but not how it is pronounced (`<rPh>`), and no formulas."""

    def __init__(self, max_characters: int) -> None:
        self._limit = max_characters
        self._parser = new_parser()
        self._pieces: list[str] = []
        self._collect = self._pieces.append
        self._characters = 0
        self._is_pronunciation = False

    def _parse(self, chunks: PartReader) -> Iterator[None]:
        """Feed the parser; the first tag decides by which of its handlers tags are looked at."""
        self._parser.StartElementHandler = self._start_root
        for _ in feed(self._parser, chunks):
            if self._pieces:  # a text that goes on in the next piece of the file
                self._pieces[:] = ["".join(self._pieces)]
                if len(self._pieces[0]) > self._limit:
                    raise self._too_long()
            yield

    def _start_root(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:  # prefixes are rare: they only cost where there are some
            self._parser.StartElementHandler = lambda name, attributes: self._start(local_name(name), attributes)
            self._parser.EndElementHandler = lambda name: self._end(local_name(name))
        else:
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v" or name == "t":
            self._parser.CharacterDataHandler = None if self._is_pronunciation else self._collect
        elif name == "rPh":
            self._is_pronunciation = True

    def _end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._parser.CharacterDataHandler = None
        elif name == "rPh":
            self._is_pronunciation = False

    def _take(self) -> str | None:
        """The text that has been collected since the last call; None for none."""
        pieces = self._pieces
        if not pieces:
            return None
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        self._characters += len(text)
        if self._characters > self._limit:
            raise self._too_long()
        return _ESCAPED.sub(_unescaped, text) if "_x" in text else text

    def _too_long(self) -> PayloadTooLarge:
        return PayloadTooLarge(f"The workbook has a row with more than {self._limit:,} characters.")


def _unescaped(found: re.Match[str]) -> str:
    """A character that XML cannot hold, as Excel writes it: `_x000D_`."""
    return chr(int(found[1], 16))


class _SharedTexts(_TextCollector):
    """The `<si>` elements of the part that holds the texts of all sheets."""

    def __init__(self, max_characters: int) -> None:
        super().__init__(max_characters)
        self._texts: list[str] = []

    def read(self, chunks: PartReader) -> list[str]:
        """All texts; raises what `workbook_errors` translates."""
        for _ in self._parse(chunks):
            pass
        return self._texts

    def _end(self, name: str) -> None:
        if name == "si":
            self._texts.append(self._take() or "")
            self._characters = 0
        else:
            super()._end(name)


class SheetParser(_TextCollector):
    """Turns the XML of a sheet into rows; `formats` says by style how numbers are read that are no plain ones."""

    def __init__(self, texts: Sequence[str], formats: Mapping[str, Reading], max_characters: int) -> None:
        super().__init__(max_characters)
        self._texts = texts
        self._formats = formats
        self._columns: dict[str, int] = {}
        self._done: list[SheetRow] = []
        self._row_number = 0
        self._cells: dict[int, object] = {}
        self._column = -1
        self._type: str | None = None
        self._style: str | None = None
        self._read_as: Mapping[str | None, Callable[[str], object]] = {
            None: self._number,
            "n": self._number,
            "s": self._shared,
            "b": _boolean,
            "e": _error,
            "d": _iso,
        }

    def rows(self, chunks: PartReader) -> Iterator[SheetRow]:
        """The rows with cells; raises what `workbook_errors` translates."""
        for _ in self._parse(chunks):
            yield from self._done
            self._done.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            get = attributes.get
            reference = get("r")
            if reference is None:
                self._column += 1
            else:
                column = self._columns.get(reference.rstrip("0123456789"))
                self._column = self._new_column(reference) if column is None else column
            self._type = get("t")
            self._style = get("s")
        elif name == "v":  # as the base class does, but most of a sheet is these
            self._parser.CharacterDataHandler = self._collect
        elif name == "row":
            self._column = -1
            number = attributes.get("r")
            self._row_number = self._row_number + 1 if number is None else int(number)
        else:
            super()._start(name, attributes)

    def _end(self, name: str) -> None:
        if name == "c":
            text = self._take()
            if text is not None and self._column < MAX_COLUMNS:
                read = self._read_as.get(self._type)
                value = text if read is None else read(text)
                if value is not None and value != "":
                    self._cells[self._column] = value
        elif name == "v":
            self._parser.CharacterDataHandler = None
        elif name == "row":
            self._characters = 0
            if self._cells:
                self._done.append((self._row_number, self._cells))
                self._cells = {}
        else:
            super()._end(name)

    def _new_column(self, reference: str) -> int:
        """The column of a reference whose letters come up for the first time."""
        if not _REFERENCE.fullmatch(reference):
            raise BadRequest(f"The workbook has a cell with the reference {reference[:20]!r}, which is none.")
        letters = reference.rstrip("0123456789")
        column = -1
        for letter in letters.upper():
            column = (column + 1) * 26 + ord(letter) - 65
        self._columns[letters] = column
        return column

    def _number(self, text: str) -> object:
        number: float = int(text) if text.isdecimal() and len(text) < 16 else _float(text)
        read = self._formats.get(self._style) if self._style is not None else None
        return number if read is None else read(number)

    def _shared(self, text: str) -> object:
        if not text.isdecimal() or int(text) >= len(self._texts):
            raise BadRequest("The workbook cannot be read: a cell names a text that is not there.")
        return self._texts[int(text)]


def _float(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRequest(f"The workbook cannot be read: {text[:20]!r} in a cell is not a number.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _boolean(text: str) -> object:
    return text in ("1", "true")


def _error(text: str) -> object:
    """Nothing for `#DIV/0!` and its kin."""


def _iso(text: str) -> object:
    """A date or a moment in ISO 8601, as strict workbooks have them; another text as it is."""
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return text
