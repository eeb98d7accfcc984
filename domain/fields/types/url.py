"""The URL field."""

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.readable import readable
from domain.fields.texts import TextLike, text_parser
from domain.fields.urls import MAX_URL_LENGTH, check_url, read_url


class UrlType(TextLike[Options]):
    """The address of a page, a file or a mailbox."""

    key = "url"
    title = "URL"
    position = 130
    description = "An http, https, ftp or mailto URL of up to 2,048 characters; a JSON string, kept as it is given."
    examples = (
        Example("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        Example("HTTP://user:pw@[::1]:8000", "HTTP://user:pw@[::1]:8000"),
        Example("https://bücher.example/größe", "https://bücher.example/größe"),
        Example("ftp://192.0.2.1/file", "ftp://192.0.2.1/file"),
        Example("mailto:jo@example.com", "mailto:jo@example.com"),
        Example("", None),
        Example("example.com/a", "https://example.com/a", typecast=True),
        Example("jo@example.com", "mailto:jo@example.com", typecast=True),
    )
    bad_examples = (
        BadExample("example.com", faults.FORMAT),
        BadExample("javascript:alert(1)", faults.FORMAT),
        BadExample("https://", faults.FORMAT),
        BadExample("https:///path", faults.FORMAT),
        BadExample("https://a b.example", faults.FORMAT),
        BadExample("https://-a.example", faults.FORMAT),
        BadExample("https://example.com:99999", faults.FORMAT),
        BadExample("https://example.com/" + "a" * MAX_URL_LENGTH, faults.MAX_LENGTH),
        BadExample(7, faults.TYPE),
    )

    def parser(self, options: Options, *, typecast: bool = False) -> Parser:
        return _parse_loosely if typecast else _parse


_parse = text_parser(MAX_URL_LENGTH, check_url)


def _parse_loosely(value: object) -> object:
    return None if value is None else _parse(read_url(readable(value)))
