"""The URL field's exact rules."""

import pytest

from domain.fields import faults
from tests.domain.fields.parsing import parse, refusal


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/x",
        "https://a.example.",
        "https://192.168.0.1",
        "https://xn--bcher-kva.example",
        "https://a_b.example/ü?q=ä%20b#c",
        "https://example.com?x=1",
        "FTP://example.com/file;type=a",
        "mailto:jo@example.com?subject=hi",
        "https://example.com/" + "a" * 2028,
    ],
)
def test_url_is_taken_as_it_is(url: str) -> None:
    assert parse("url", url) == url


@pytest.mark.parametrize(
    "text",
    [
        "//example.com",
        "http:example.com",
        "ssh://example.com",
        "data:text/plain,x",
        "https://exa mple.com",
        "https://example.com/a b",
        "https://.example",
        "https://a..example",
        "https://example.com:65536",
        "https://[::1",
        "https://" + "a" * 64 + ".example",
        'https://example.com/"><script>',
        "mailto:",
        "mailto:jo",
        "https://example.com\n",
        " https://example.com",
    ],
)
def test_text_that_is_no_url_is_refused(text: str) -> None:
    assert refusal("url", text).type == faults.FORMAT


def test_longest_url_is_2048_characters() -> None:
    assert refusal("url", "https://example.com/" + "a" * 2029).message == (
        "The text may have at most 2,048 characters, not 2,049."
    )


def test_typecast_adds_the_scheme() -> None:
    assert parse("url", " www.example.com/a?b ", typecast=True) == "https://www.example.com/a?b"
    assert refusal("url", "not a url", typecast=True).type == faults.FORMAT
    assert refusal("url", "javascript:alert(1)", typecast=True).type == faults.FORMAT
