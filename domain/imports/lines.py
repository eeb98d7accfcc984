"""The physical lines of a file of text, decoded as they are read and cleaned of what no database can store."""

import io
from collections.abc import Iterator
from functools import partial

from domain.errors import PayloadTooLarge
from domain.imports.encodings import is_unicode
from domain.imports.problems import ImportProblem, Report

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def open_text(stream: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    """The stream as text with the line ends that it has; bytes that mean nothing become U+FFFD."""
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")


class Lines:
    """An iterable of lines, each with its line end, that knows where the current row began.

    A row may span lines, and only its reader knows when it is whole: it calls `row_is_done` then.
    """

    def __init__(self, text: io.TextIOWrapper, encoding: str, max_row_characters: int, report: Report) -> None:
        self.row_start = 1
        self._text = text
        self._checks_characters = not is_unicode(encoding)
        self._encoding = encoding
        self._limit = max_row_characters
        self._report = report
        self._number = 0
        self._row_characters = 0

    def row_is_done(self) -> None:
        """The next line begins a new row."""
        self.row_start = self._number + 1
        self._row_characters = 0

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self._text.readline, self._limit), ""):
            self._number += 1
            self._row_characters += len(line)
            if self._row_characters >= self._limit:
                raise self._too_long()
            yield self._cleaned(line) if "\0" in line or (self._checks_characters and REPLACEMENT in line) else line
        if self._row_characters:
            message = "A quote that is opened in this row is never closed: the rest of the file is in it."
            self._report(ImportProblem(self.row_start, message))

    def _cleaned(self, line: str) -> str:
        if "\0" in line:
            self._report(ImportProblem(self._number, "The line holds NUL characters; they are left out."))
        if self._checks_characters and REPLACEMENT in line:
            message = f"The line holds bytes that mean nothing in {self._encoding}; they are imported as {REPLACEMENT}."
            self._report(ImportProblem(self._number, message))
        return line.replace("\0", "")

    def _too_long(self) -> PayloadTooLarge:
        return PayloadTooLarge(
            f"The row that begins in line {self.row_start} has more than {self._limit:,} characters. "
            "Perhaps a quote is opened there and never closed.",
            line=self.row_start,
        )
