"""How the cells of a delimited file are set apart: the delimiter, the quote, and Excel's `sep=` line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from domain.errors import BadRequest

DELIMITERS: Final = "\t;|,"
"""Where several set all rows apart evenly, the first of them is meant: commas often are a part of values."""
_ROWS = 100
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SINGLE_QUOTED = re.compile(r"(?:^|[\t;|,])'[^'\n]*'(?=[\t;|,]|\r?$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """`skipped_lines` come before the table; `skip_blanks` drops blanks between a delimiter and a quote."""

    delimiter: str
    quote: str = '"'
    skip_blanks: bool = False
    skipped_lines: int = 0

    def rows(self, lines: Iterable[str]) -> Iterable[list[str]]:
        """The rows of the lines, by the csv module."""
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=self.skip_blanks, strict=False
        )


def find_dialect(
    sample: str, delimiter: str | None = None, quote: str | None = None, candidates: str = DELIMITERS
) -> Dialect:
    """The dialect of a file that begins with `sample`, which ends with a whole line; what is given is kept."""
    for name, mark in (("delimiter", delimiter), ("quote", quote)):
        if mark is not None and (len(mark) != 1 or mark in "\r\n\0"):
            raise BadRequest(f"The {name} must be one character, not {mark!r}.", value=mark)
    announced = _SEPARATOR_LINE.match(sample)
    if announced is not None:
        delimiter = delimiter or announced[1]
        sample = sample[announced.end() :]
    quote = quote or ("'" if '"' not in sample and len(_SINGLE_QUOTED.findall(sample)) > 1 else '"')
    delimiter = delimiter or _likeliest(sample, quote, candidates)
    if delimiter == quote:
        raise BadRequest(f"The delimiter and the quote must differ; both are {quote!r}.", value=quote)
    blanks = f"{delimiter} {quote}" in sample and delimiter != " "
    return Dialect(delimiter, quote, blanks, 1 if announced else 0)


def _likeliest(sample: str, quote: str, candidates: str) -> str:
    """The delimiter that gives the most rows the same number of cells, more than one."""
    default = "," if "," in candidates else candidates[0]
    best, best_share = default, 0.0
    for candidate in candidates:
        share = _evenness(_widths(sample, Dialect(candidate, quote)))
        if share > best_share:
            best, best_share = candidate, share
    return best


def _widths(sample: str, dialect: Dialect) -> list[int]:
    rows = dialect.rows(io.StringIO(sample, newline=""))
    return [len(row) for row in islice(rows, _ROWS) if row]


def _evenness(widths: Sequence[int]) -> float:
    """The share of the rows that have the commonest number of cells; 0 if that is one."""
    if not widths:
        return 0.0
    width, count = Counter(widths).most_common(1)[0]
    return count / len(widths) if width > 1 else 0.0
