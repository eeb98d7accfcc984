"""Reading a JSON document value by value, so that an array of any length takes the memory of one element.

The values themselves are parsed by the standard library, which answers deep nesting and endless numbers with an
exception. The C parser of ijson was tried first: version 3.6 ended the process on both.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Final

from domain.errors import BadRequest, PayloadTooLarge

_CHUNK_CHARACTERS = 256 * 1024
_SPACE = re.compile(r"[ \t\r\n]*")
_CUT_OFF = 16
"""An error so close to the end of what has been read may only mean that more has to be read."""


def _no_value(_: str) -> None:
    """`NaN` and `Infinity`, which are no JSON but are written by many programs."""


DECODER: Final = json.JSONDecoder(parse_constant=_no_value)


def decode_error(error: Exception) -> str:
    """What is wrong with a text that is not JSON, as a part of a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return error.msg if isinstance(error, json.JSONDecodeError) else "a number in it has too many digits"


class JsonText:
    """A cursor in a JSON document; every method leaves it behind what it has read."""

    def __init__(self, text: io.TextIOWrapper, max_characters: int) -> None:
        self._text = text
        self._limit = max_characters
        self._buffer = ""
        self._at = 0
        self._lines_before = 0
        self._is_at_end = False

    def peek(self) -> str:
        """The next character that is no blank; empty at the end of the document."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            assert found is not None
            self._at = found.end()
            if self._at < len(self._buffer) or not self._read_more(_CHUNK_CHARACTERS):
                return self._buffer[self._at : self._at + 1]

    def value(self) -> object:
        """The next value, whatever it is."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if self._is_broken(error) or not self._read_more(self._remaining()):
                    raise self._broken(decode_error(error), error.pos) from error
            except (ValueError, RecursionError) as error:
                raise self._broken(decode_error(error), self._at) from error
            else:
                if end < len(self._buffer) or not self._read_more(_CHUNK_CHARACTERS):  # a number may go on
                    self._at = end
                    return value

    def elements(self) -> Iterator[object]:
        """The elements of the array that comes next."""
        return (self.value() for _ in self._items("[", "]"))

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; the caller reads the value of each before asking for another."""
        for _ in self._items("{", "}"):
            if self.peek() != '"':
                raise self._broken("Expecting a key in double quotes", self._at)
            key = str(self.value())
            self._take(":")
            yield key

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            raise self._broken("Expecting the end of the file", self._at)

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self._take(opening)
        if self.peek() == closing:
            self._take(closing)
            return
        while True:
            yield
            if self.peek() == closing:
                self._take(closing)
                return
            self._take(",")

    def _take(self, expected: str) -> None:
        if self.peek() != expected:
            raise self._broken(f"Expecting {expected!r}", self._at)
        self._at += 1

    def _remaining(self) -> int:
        """How much to read on: as much again as is there, so that a long element is not parsed too often."""
        return max(_CHUNK_CHARACTERS, len(self._buffer) - self._at)

    def _read_more(self, characters: int) -> bool:
        """Read on, and forget what lies behind the cursor; false at the end of the document."""
        if len(self._buffer) - self._at > self._limit:
            raise PayloadTooLarge(
                f"The JSON value that begins in {self._place(self._at)} has more than {self._limit:,} characters.",
                line=self._line(self._at),
            )
        more = "" if self._is_at_end else self._text.read(characters)
        self._is_at_end = not more
        self._lines_before += self._buffer.count("\n", 0, self._at)
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return bool(more)

    def _is_broken(self, error: json.JSONDecodeError) -> bool:
        """Whether the error is one of the document, not of where the buffer happens to end."""
        return not error.msg.startswith("Unterminated string") and error.pos < len(self._buffer) - _CUT_OFF

    def _line(self, position: int) -> int:
        return self._lines_before + self._buffer.count("\n", 0, position) + 1

    def _place(self, position: int) -> str:
        return f"line {self._line(position)}"

    def _broken(self, message: str, position: int) -> BadRequest:
        return BadRequest(
            f"The file is not valid JSON: {message}, in {self._place(position)}.", line=self._line(position)
        )
