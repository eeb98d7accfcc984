"""What a file format is: the classes that each file in `domain/imports/formats/` derives from."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from domain.imports.options import ImportOptions
from domain.imports.problems import Report
from domain.imports.source import ImportSource

Row = tuple[int, list[object]]
"""Where a row begins (see `ImportProblem.line`), and its cells: as many as the table has columns.

In formats without types every cell is a text and an empty one is `""`. In typed ones cells are texts, numbers,
booleans, dates, moments, times, timedeltas, lists, dicts or None.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the table lies in the file."""

    format: str
    names: tuple[str, ...]
    """One unique name a column."""
    unnamed: frozenset[int] = frozenset()
    """Positions of the columns whose name was made up, since the file has none."""
    is_typed: bool = False
    """Whether cells have types of their own."""
    has_header: bool = True
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    records_key: str | None = None


class TableReader(ABC):
    """One table of one file; reading it begins anew with each call of `rows`."""

    layout: Layout
    progress: float = 0.0
    """How much of the file the last call of `rows` has read, from 0 to 1."""

    @abstractmethod
    def rows(self, report: Report) -> Iterator[Row]:
        """The rows of the table, without its header and without empty rows.

        What can be mended or left out is reported and reading goes on; raises `BadRequest` or `PayloadTooLarge`
        where it can't.
        """


class ImportFormat(ABC):
    """A way in which a file holds a table. Instances hold no state: the registry makes one of each."""

    key: ClassVar[str]
    """Lower-case name, e.g. `csv`."""
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]
    """Endings of file names, lower case, with the dot."""
    position: ClassVar[int]
    """Formats are tried on a file's content in this order: the choosiest first."""

    @abstractmethod
    def recognises(self, head: bytes) -> bool:
        """Whether the content alone, which begins with `head`, says that a file is of this format."""

    def accepts(self, head: bytes) -> bool:
        """Whether a file whose name says that it is of this format can be; `head` is how it begins."""
        return self.recognises(head)

    @abstractmethod
    def reader(self, source: ImportSource, options: ImportOptions) -> TableReader:
        """A reader of the table in the file; raises `BadRequest` or `PayloadTooLarge` where there can be none."""
