"""The email field."""

import re
from typing import Final

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.emails import check_email
from domain.fields.readable import readable
from domain.fields.texts import TextLike, text_parser

MAX_LENGTH: Final = 254
"""The longest address that mail servers take (RFC 5321)."""

_WITH_NAME = re.compile(r"[^<>]*<([^<>]+)>")


class EmailType(TextLike[Options]):
    """The address of a mailbox."""

    key = "email"
    title = "Email"
    position = 140
    description = "An email address of up to 254 characters; a JSON string, kept as it is given."
    examples = (
        Example("jo@example.com", "jo@example.com"),
        Example("Jo.O'Neil+tag@mail.example.co.uk", "Jo.O'Neil+tag@mail.example.co.uk"),
        Example("jörg@bücher.example", "jörg@bücher.example"),
        Example("", None),
        Example(" mailto:jo@example.com ", "jo@example.com", typecast=True),
        Example("Jo <jo@example.com>", "jo@example.com", typecast=True),
    )
    bad_examples = (
        BadExample("jo", faults.FORMAT),
        BadExample("jo@", faults.FORMAT),
        BadExample("jo@localhost", faults.FORMAT),
        BadExample("jo..o@example.com", faults.FORMAT),
        BadExample("jo@-example.com", faults.FORMAT),
        BadExample("a b@example.com", faults.FORMAT),
        BadExample("x" * 65 + "@example.com", faults.FORMAT),
        BadExample("x@" + "a." * 130 + "com", faults.MAX_LENGTH),
        BadExample(7, faults.TYPE),
    )

    def parser(self, options: Options, *, typecast: bool = False) -> Parser:
        return _parse_loosely if typecast else _parse


_parse = text_parser(MAX_LENGTH, check_email)


def _parse_loosely(value: object) -> object:
    """Also what people paste: `Jo <jo@example.com>`, a mailto URL, blanks around it."""
    if value is None:
        return None
    text = readable(value).strip()
    if with_name := _WITH_NAME.fullmatch(text):
        text = with_name.group(1).strip()
    if text[:7].lower() == "mailto:":
        text = text[7:].partition("?")[0]
    return _parse(text)
