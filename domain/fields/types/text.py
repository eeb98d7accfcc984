"""The text field."""

from typing import Annotated, Final

from pydantic import Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.texts import TextLike, text_parser
from domain.fields.widening import UPPER_BOUND

MAX_LENGTH: Final = 10_000
"""The most characters a text field can be told to take, and what it takes by default."""


class TextOptions(Options):
    """Options of a text field."""

    max_length: Annotated[
        int, Field(ge=1, le=MAX_LENGTH, description="How many characters a value may have."), UPPER_BOUND
    ] = MAX_LENGTH


class TextType(TextLike[TextOptions]):
    """A short text."""

    key = "text"
    title = "Text"
    position = 10
    description = "A short text, such as a name or a title; a JSON string."
    options_model = TextOptions
    examples = (
        Example("Bolt", "Bolt"),
        Example("  two\nlines 🔩 ", "  two\nlines 🔩 "),
        Example("", None),
        Example(12.5, "12.5", typecast=True),
        Example(["a", "b"], "a, b", typecast=True),
    )
    bad_examples = (
        BadExample(12, faults.TYPE),
        BadExample(True, faults.TYPE),
        BadExample("Bolts", faults.MAX_LENGTH, {"max_length": 4}),
        BadExample("a\x00b", faults.NUL),
        BadExample("a\ud800b", faults.ENCODING),
    )

    def parser(self, options: TextOptions, *, typecast: bool = False) -> Parser:
        return text_parser(options.max_length, typecast=typecast)
