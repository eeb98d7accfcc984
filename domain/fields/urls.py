"""What a URL looks like."""

import re
from typing import Final

from domain.fields import faults
from domain.fields.emails import check_email
from domain.fields.faults import InvalidValue, shown

MAX_URL_LENGTH: Final = 2_048

_HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#@:\[\]\\<>\"'`{}|^%,;!$&()*+=~]+)"
_ADDRESS = re.compile(
    rf"(?:https?|ftp)://(?:[^\s/?#@\\]*@)?(?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?(?:[/?#][^\s<>\"\\^`{{|}}]*)?",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,63}(?:/[\w./~%:@!$&'()*+,;=?#-]*)?", re.ASCII
)
"""A part of what is valid, which nearly every URL is in, and which needs no further look."""
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_BARE = re.compile(r"[\w-]+(\.[\w-]+)*\.[^\W\d_]{2,63}(:\d{1,5})?([/?#]\S*)?")
_MAX_PORT: Final = 65_535


def check_url(text: str) -> str:
    """The URL itself; raises `InvalidValue` for what is none."""
    if _USUAL.fullmatch(text) is not None:
        return text
    if (address := _ADDRESS.fullmatch(text)) is not None:
        if int(address["port"] or 0) <= _MAX_PORT and _is_host(address["host"]):
            return text
    elif text[:7].lower() == "mailto:":
        check_email(text[7:].partition("?")[0])
        return text
    raise InvalidValue(f"{shown(text)} is not a URL such as https://example.com/page.", faults.FORMAT)


def _is_host(host: str) -> bool:
    """A name whose labels are no longer than DNS allows, or an address."""
    if host[0] == "[":
        return True
    name = host.removesuffix(".")
    return len(name) <= 253 and all(map(_LABEL.fullmatch, name.split(".")))


def read_url(text: str) -> str:
    """The URL that people mean who leave out the scheme; other texts as they are, without blanks around them."""
    bare = text.strip()
    if _BARE.fullmatch(bare):
        return f"https://{bare}"
    if "@" in bare and ":" not in bare and "/" not in bare:
        return f"mailto:{bare}"
    return bare
