"""The long text field."""

from typing import Annotated, Final

from pydantic import Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.texts import TextLike, text_parser
from domain.fields.widening import SHOWN

MAX_LENGTH: Final = 100_000
"""How many characters a value may have."""


class LongTextOptions(Options):
    """Options of a long text field."""

    enable_rich_text: Annotated[
        bool, Field(description="Whether clients edit and show the text as Markdown; it is stored as it is."), SHOWN
    ] = False


class LongTextType(TextLike[LongTextOptions]):
    """A text of many lines."""

    key = "long_text"
    title = "Long text"
    position = 20
    description = "A text of up to 100,000 characters in any number of lines, Markdown if wanted; a JSON string."
    options_model = LongTextOptions
    examples = (
        Example("# Notes\n\n* one\n* two\n", "# Notes\n\n* one\n* two\n"),
        Example("", None),
        Example("**fett**", "**fett**", {"enable_rich_text": True}),
        Example({"name": "Steel"}, "Steel", typecast=True),
        Example([1, 2.5], "1, 2.5", typecast=True),
    )
    bad_examples = (
        BadExample(["# Notes"], faults.TYPE),
        BadExample("x" * (MAX_LENGTH + 1), faults.MAX_LENGTH),
        BadExample("a\x00b", faults.NUL),
    )

    def parser(self, options: LongTextOptions, *, typecast: bool = False) -> Parser:
        return text_parser(MAX_LENGTH, typecast=typecast)
